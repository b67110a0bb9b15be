// One panel: frame, axes, marks, and what is read out when one points at it.

const ruler = document.createElement('canvas').getContext('2d');

/** Width in pixels of a text in the font of the axes (plot.css). */
function textWidth(text, font = '11px system-ui, sans-serif') {
  ruler.font = font;
  return ruler.measureText(text).width;
}

/** The text, cut with an ellipsis where it is wider than `room` pixels. */
function shortened(text, room, font) {
  if (textWidth(text, font) <= room) return text;
  let kept = text.length - 1;
  while (kept > 1 && textWidth(`${text.slice(0, kept)}…`, font) > room) --kept;
  return `${text.slice(0, kept)}…`;
}

/** The text in at most `most` lines of `room` pixels, broken between words; what is still too long ends with an ellipsis. */
function inLines(text, room, most) {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1), longer = last ? `${last} ${word}` : word;
    if (!last || lines.length === most || textWidth(longer) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => shortened(line, room));
}

/** Room that the tick texts of the left axis need, at most 45% of the width. */
function leftMargin(spec, width, height) {
  const y = makeScale(spec.y, height, 0);
  const font = y.kind === 'category' ? '650 11px system-ui, sans-serif' : undefined;  // one name may be strong
  const widest = Math.max(...y.ticks(tickCount(height, 26)).map((t) => textWidth(y.format(t), font)), 8);
  return Math.min(0.45 * width, widest + 12 + (spec.y.label ? 16 : 0));
}

const tickCount = (pixels, each) => Math.max(2, Math.floor(pixels / each));

function drawLeftAxis(spec, y, area) {
  const group = svg('g', {class: 'axis'});
  for (const tick of y.ticks(tickCount(area.bottom - area.top, y.kind === 'category' ? 13 : 26))) {
    const p = px(y.map(tick)), text = y.format(tick);
    if (y.kind !== 'category') group.append(svg('path', {class: 'grid', d: `M${area.left},${p}H${area.right}`}));
    const lines = y.kind === 'category' ? inLines(text, area.left - 8, Math.max(1, Math.floor(y.step / 12))) : [text];
    const label = svg('text', {x: area.left - 6, y: p, 'text-anchor': 'end', 'dominant-baseline': 'central'},
                      ...lines.map((line, k) => svg('tspan', {x: area.left - 6, dy: k ? 12 : -6 * (lines.length - 1)}, line)));
    if (spec.y.strong === tick) label.setAttribute('class', 'strong');
    group.append(label);
  }
  if (spec.y.label)
    group.append(svg('text', {class: 'label', transform: `translate(11,${(area.top + area.bottom) / 2})rotate(-90)`,
                              'text-anchor': 'middle'}, spec.y.label));
  return group;
}

function drawBottomAxis(spec, x, area, height) {
  const group = svg('g', {class: 'axis'});
  const widest = x.kind === 'category' ? Math.max(...spec.x.names.map((n) => textWidth(n))) + 8 : 52;
  let right = -Infinity;
  for (const tick of x.ticks(tickCount(area.right - area.left, widest))) {
    const p = px(x.map(tick)), text = x.format(tick), half = textWidth(text) / 2;
    if (x.kind !== 'category') group.append(svg('path', {class: 'grid', d: `M${p},${area.top}V${area.bottom}`}));
    if (p - half < right) continue;  // texts never overlap
    right = p + half + 4;
    group.append(svg('text', {x: p, y: area.bottom + 14, 'text-anchor': 'middle'}, text));
  }
  if (spec.x.label)
    group.append(svg('text', {class: 'label', x: (area.left + area.right) / 2, y: height - 4, 'text-anchor': 'middle'}, spec.x.label));
  return group;
}

let clipCount = 0;

/**
 * Draws a panel of `width` x `height` pixels. spec: {title, description, x, y, marks, inspect}; x and y are axes
 * (see scales.js); inspect is 'x' (everything at one x, default), 'point' (the nearest point) or a function.
 */
function drawChart(spec, width, height) {
  const top = spec.title ? 22 : 8, bottom = height - (spec.x.label ? 34 : 20);
  const area = {left: spec.left ?? leftMargin(spec, width, bottom - top), right: width - 18, top, bottom};
  const x = makeScale(spec.x, area.left, area.right);
  const y = makeScale(spec.y, ...(spec.y.scale === 'category' ? [area.top, area.bottom] : [area.bottom, area.top]));
  const clip = `clip-${++clipCount}`;
  const marks = svg('g', {'clip-path': `url(#${clip})`},
                    ...spec.marks.map((m) => markKinds[m.kind].draw(m, x, y, area)));
  const node = svg('svg', {viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', tabindex: -1,
                           'aria-label': [spec.title, spec.description].filter(Boolean).join(': ')},
    svg('clipPath', {id: clip}, svg('rect', {x: area.left - 1, y: area.top - 1, width: area.right - area.left + 2,
                                             height: area.bottom - area.top + 2})),
    spec.title && svg('text', {class: 'panel-title', x: area.left, y: 14}, shortened(spec.title, width - area.left, '600 12px system-ui, sans-serif')),
    drawLeftAxis(spec, y, area), drawBottomAxis(spec, x, area, height),
    svg('path', {class: 'frame', d: `M${area.left},${area.top}V${area.bottom}H${area.right}`}), marks);
  inspectable(node, spec, x, y, area);
  return node;
}
