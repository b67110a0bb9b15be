// Reading values off a panel: with the pointer, or with the arrow keys once it has the focus.

const tip = {node: null, live: null};

function makeTip() {
  tip.node = html('div', {class: 'tip', hidden: ''});
  tip.live = html('div', {class: 'unseen', 'aria-live': 'polite'});
  document.body.append(tip.node, tip.live);
}

function showTip(lines, clientX, clientY) {
  tip.node.replaceChildren(...lines.map((text, i) => html('div', {class: i ? '' : 'tip-head'}, text)));
  tip.node.hidden = false;
  const {offsetWidth: w, offsetHeight: h} = tip.node;
  const left = clientX + 14 + w > innerWidth ? clientX - w - 14 : clientX + 14;
  tip.node.style.left = `${Math.max(4, left)}px`;
  tip.node.style.top = `${Math.max(4, Math.min(innerHeight - h - 4, clientY + 12))}px`;
}

const hideTip = () => { tip.node.hidden = true; };

/** Index of the value nearest to `at` in pixels, or -1. */
function nearest(values, scale, at) {
  let best = -1, distance = Infinity;
  values.forEach((v, i) => {
    if (!scale.shows(v)) return;
    const d = Math.abs(scale.map(v) - at);
    if (d < distance) { best = i; distance = d; }
  });
  return best;
}

const axisName = (axis) => (axis.name || axis.label || '').replace(/ \(.*\)$/, '');
const withUnit = (axis, text) => (axis.unit ? `${text} ${axis.unit}` : text);

/** What every labelled curve says at pixel `at`, and where. */
function readAtX(spec, x, y, at) {
  const lines = [], spots = [];
  let shown = null;
  for (const m of spec.marks) {
    if (!m.label || !m.x || !(m.y || m.low)) continue;
    const i = nearest(m.x, x, at);
    if (i < 0 || Math.abs(x.map(m.x[i]) - at) > 40) continue;
    if (shown === null || Math.abs(x.map(m.x[i]) - at) < Math.abs(x.map(shown) - at)) shown = m.x[i];
    lines.push(m.y ? `${m.label}: ${y.format(m.y[i])}` : `${m.label}: ${y.format(m.low[i])} to ${y.format(m.high[i])}`);
    if (m.y && y.shows(m.y[i])) spots.push([x.map(m.x[i]), y.map(m.y[i])]);
  }
  if (!lines.length) return null;
  return {lines: [`${axisName(spec.x)} ${withUnit(spec.x, x.format(shown))}`, ...lines], spots};
}

/** The single point nearest to (px, py). */
function readPoint(spec, x, y, atX, atY) {
  let best = null, distance = 900;  // 30 pixels
  for (const m of spec.marks) {
    if (!m.x || !m.y) continue;
    m.x.forEach((v, i) => {
      if (!x.shows(v) || !y.shows(m.y[i])) return;
      const d = (x.map(v) - atX) ** 2 + (y.map(m.y[i]) - atY) ** 2;
      if (d < distance) { distance = d; best = [m, i]; }
    });
  }
  if (!best) return null;
  const [m, i] = best, name = m.ids ? m.ids[i] : m.label;
  return {lines: [name || '', `${axisName(spec.x)}: ${withUnit(spec.x, x.format(m.x[i]))}`,
                  `${axisName(spec.y)}: ${y.format(m.y[i])}`],
          spots: [[x.map(m.x[i]), y.map(m.y[i])]]};
}

function read(spec, x, y, atX, atY) {
  if (typeof spec.inspect === 'function') return spec.inspect(x, y, atX, atY);
  return spec.inspect === 'point' ? readPoint(spec, x, y, atX, atY) : readAtX(spec, x, y, atX);
}

function inspectable(node, spec, x, y, area) {
  const spots = svg('g', {class: 'spots'});
  node.append(spots);
  const show = (found, clientX, clientY) => {
    spots.replaceChildren(...found.spots.map(([cx, cy]) => svg('circle', {cx: px(cx), cy: px(cy), r: 4})));
    showTip(found.lines.filter(Boolean), clientX, clientY);
  };
  const clear = () => { spots.replaceChildren(); hideTip(); };
  node.addEventListener('pointermove', (event) => {
    const box = node.getBoundingClientRect(), k = node.viewBox.baseVal.width / box.width;
    const found = read(spec, x, y, (event.clientX - box.left) * k, (event.clientY - box.top) * k);
    if (found) show(found, event.clientX, event.clientY); else clear();
  });
  node.addEventListener('pointerleave', clear);
  node.addEventListener('blur', clear);

  const stops = keyboardStops(spec, x, y, area);
  let stop = -1;
  node.addEventListener('keydown', (event) => {
    const move = {ArrowRight: 1, ArrowLeft: -1}[event.key];
    if (event.key === 'Escape') clear();
    if (!move || !stops.length) return;
    event.preventDefault();
    stop = Math.max(0, Math.min(stops.length - 1, stop + move));
    const found = read(spec, x, y, ...stops[stop]), box = node.getBoundingClientRect();
    if (!found) return;
    show(found, box.left + stops[stop][0] * box.width / node.viewBox.baseVal.width, box.top + 20);
    tip.live.textContent = found.lines.filter(Boolean).join('; ');
  });
}

/** Pixel positions that the arrow keys visit, from left to right (or along the categories). */
function keyboardStops(spec, x, y, area) {
  if (y.kind === 'category') return y.ticks(1e9).map((i) => [area.left + 2, y.map(i)]);
  const marks = spec.marks.filter((m) => m.x && (m.y || m.low) && (m.label || m.ids));
  if (spec.inspect === 'point')
    return marks.filter((m) => m.y).flatMap((m) => m.x.map((v, i) => [x.map(v), y.map(m.y[i])])).filter((p) => p.every(Number.isFinite))
        .sort((a, b) => a[0] - b[0]);
  const longest = marks.reduce((a, m) => (m.x.length > a.length ? m.x : a), []);
  return longest.filter((v) => x.shows(v)).map((v) => [x.map(v), (area.top + area.bottom) / 2]);
}
