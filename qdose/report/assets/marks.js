// What can be drawn in a panel. A mark is {kind, label, colour, ...}; each kind knows how to draw itself, which values it
// needs room for, and how the legend shows it. Add a kind here and nowhere else.

const cellOpacity = (share) => Math.round(1000 * (0.03 + 0.97 * share)) / 1000;

const markKinds = {
  /** {x[], y[], dash, width, faint} */
  line: {
    room: (m) => ({x: m.x, y: m.y}),
    draw: (m, x, y) => svg('path', {
      class: m.faint ? 'line faint' : 'line', d: linePath(m.x, m.y, x, y),
      style: `stroke:${m.colour};stroke-width:${m.width || 1.8}`, 'stroke-dasharray': m.dash}),
    key: (m) => svg('path', {class: 'line', d: 'M0,6H22', style: `stroke:${m.colour};stroke-width:${Math.max(1.5, m.width || 1.8)}`,
                             'stroke-dasharray': m.dash}),
  },
  /** {x[], low[], high[]} */
  band: {
    room: (m) => ({x: m.x, y: [...m.low, ...m.high]}),
    draw: (m, x, y, area) => svg('path', {class: 'band', d: bandPath(m.x, m.low, m.high, x, y, area.bottom),
                                          style: `fill:${m.colour};fill-opacity:${m.opacity || 0.2}`}),
    key: (m) => svg('rect', {class: 'band', width: 22, height: 12, style: `fill:${m.colour};fill-opacity:${m.opacity || 0.2}`}),
  },
  /** {x[], y[], shape, size, open} */
  points: {
    room: (m) => ({x: m.x, y: m.y}),
    draw: (m, x, y) => svg('path', {
      class: m.open ? 'points open' : 'points', style: `--colour:${m.colour}`,
      d: m.x.map((v, i) => (x.shows(v) && y.shows(m.y[i]) ? symbolPath(m.shape, x.map(v), y.map(m.y[i]), m.size || 2.2) : ''))
          .join('')}),
    key: (m) => svg('path', {class: m.open ? 'points open' : 'points', style: `--colour:${m.colour}`,
                             d: symbolPath(m.shape, 11, 6, 3.5)}),
  },
  /** A horizontal or vertical reference line {at, axis: 'x'|'y'}. */
  rule: {
    room: (m) => (m.makeRoom ? {[m.axis]: [m.at]} : {}),
    draw: (m, x, y, area) => {
      const p = px(m.axis === 'x' ? x.map(m.at) : y.map(m.at));
      const d = m.axis === 'x' ? `M${p},${area.top}V${area.bottom}` : `M${area.left},${p}H${area.right}`;
      return svg('path', {class: 'rule', d});
    },
    key: () => svg('path', {class: 'rule', d: 'M0,6H22'}),
  },
  /** The line y = x {}. */
  identity: {
    room: () => ({}),
    draw: (m, x, y, area) => {
      const low = Math.max(x.invert(area.left), y.invert(area.bottom)), high = Math.min(x.invert(area.right), y.invert(area.top));
      return svg('path', {class: 'rule', d: `M${px(x.map(low))},${px(y.map(low))}L${px(x.map(high))},${px(y.map(high))}`});
    },
    key: () => svg('path', {class: 'rule', d: 'M0,6H22'}),
  },
  /** Ticks inside the lower edge {x[]}. */
  rug: {
    room: (m) => ({x: m.x}),
    draw: (m, x, y, area) => svg('path', {class: 'rug', d: m.x.map((v) => `M${px(x.map(v))},${area.bottom}v-5`).join('')}),
    key: () => svg('path', {class: 'rug', d: 'M4,12v-7M11,12v-7M18,12v-7'}),
  },
  /** Symbols with a line down to the axis {x[], y[], shape}. */
  drops: {
    room: (m) => ({x: m.x, y: m.y}),
    draw: (m, x, y, area) => svg('g', {style: `--colour:${m.colour}`},
      svg('path', {class: 'drop', d: m.x.map((v, i) => `M${px(x.map(v))},${px(y.map(m.y[i]))}V${area.bottom}`).join('')}),
      svg('path', {class: 'points', d: m.x.map((v, i) => symbolPath(m.shape, x.map(v), y.map(m.y[i]), 4.5)).join('')})),
    key: (m) => svg('path', {class: 'points', style: `--colour:${m.colour}`, d: symbolPath(m.shape, 11, 6, 4.5)}),
  },
  /** Horizontal bars on a category axis {x[] (ends), y[] (categories), from, height}. */
  bars: {
    room: (m) => ({x: [...m.x, m.from || 0]}),
    draw: (m, x, y) => svg('g', {}, ...m.x.map((v, i) => {
      if (!x.shows(v)) return null;
      const a = x.map(m.from || 0), b = x.map(v), h = y.step * (m.height || 0.66);
      return svg('rect', {class: 'bar', x: px(Math.min(a, b)), y: px(y.map(m.y[i]) - h / 2), width: px(Math.max(1, Math.abs(b - a))),
                          height: px(h), style: `fill:${m.colours ? m.colours[i] : m.colour};fill-opacity:${m.opacity || 1}`});
    })),
    key: (m) => svg('rect', {width: 22, height: 12, style: `fill:${m.colour};fill-opacity:${m.opacity || 1}`}),
  },
  /** Horizontal intervals {low[], high[], y[]}. */
  spans: {
    room: (m) => ({x: [...m.low, ...m.high]}),
    draw: (m, x, y) => svg('path', {
      class: 'span', style: `stroke:${m.colour}`,
      d: m.y.map((v, i) => (x.shows(m.low[i]) && x.shows(m.high[i]) ? `M${px(x.map(m.low[i]))},${px(y.map(v))}H${px(x.map(m.high[i]))}` : ''))
          .join('')}),
    key: (m) => svg('path', {class: 'span', d: 'M1,6H21', style: `stroke:${m.colour}`}),
  },
  /** Words at a place {x[], y[], words[]}. */
  words: {
    room: () => ({}),
    draw: (m, x, y) => svg('g', {}, ...m.words.map((text, i) => svg('text', {
      class: 'words', x: px(x.map(m.x[i])) + 5, y: px(y.map(m.y[i])), 'dominant-baseline': 'central'}, text))),
    key: () => null,
  },
  /** A grid of shares 0..1 on two category axes {values[row][column]}. */
  cells: {
    room: () => ({}),
    draw: (m, x, y) => svg('g', {}, ...m.values.flatMap((row, r) => row.map((share, c) => svg('rect', {
      x: px(x.map(c) - x.step / 2), y: px(y.map(r) - y.step / 2), width: px(Math.max(0.5, x.step - (x.step > 5 ? 1 : 0))),
      height: px(y.step - 1), style: `fill:${m.colour};fill-opacity:${cellOpacity(share)}`})))),
    key: (m) => svg('rect', {width: 22, height: 12, style: `fill:${m.colour}`}),
  },
};

/** Domain of one axis that holds all marks: from zero when `zero`, only positive values when logarithmic. */
function domainOf(marks, axis, {log = false, zero = false, pad = 0.04} = {}) {
  const values = marks.map((m) => markKinds[m.kind].room(m)[axis] || []);
  if (log) {
    const [low, high] = extent(...values.map((v) => v.filter((u) => u > 0)));
    const margin = Math.max((high / low) ** pad, 1.05);
    return [low / margin, high * margin];
  }
  const [low, high] = extent(...values);
  if (!zero) return padded([low, high], pad);
  return low < 0 ? padded([low, Math.max(0, high)], pad) : [0, (high || 1) * (1 + pad)];
}
