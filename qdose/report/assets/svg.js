// Building blocks of HTML and SVG. Text always goes in as text, never as markup.

const svgSpace = 'http://www.w3.org/2000/svg';

function setAttributes(node, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value);
  return node;
}

function svg(name, attributes = {}, ...children) {
  const node = setAttributes(document.createElementNS(svgSpace, name), attributes);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

function html(name, attributes = {}, ...children) {
  const node = setAttributes(document.createElement(name), attributes);
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

const px = (v) => Math.round(v * 10) / 10;

/** "M..L.." through the points that both scales show; a gap starts a new piece. */
function linePath(xs, ys, x, y) {
  let path = '', pen = 'M';
  for (let i = 0; i < xs.length; ++i) {
    if (!x.shows(xs[i]) || !y.shows(ys[i])) { pen = 'M'; continue; }
    path += `${pen}${px(x.map(xs[i]))},${px(y.map(ys[i]))}`;
    pen = 'L';
  }
  return path;
}

/** Closed outline between two curves; where a log axis cannot show the lower one it runs along `floor` pixels. */
function bandPath(xs, lows, highs, x, y, floor) {
  const shown = xs.map((_, i) => i).filter((i) => x.shows(xs[i]) && y.shows(highs[i]) && lows[i] !== null);
  if (!shown.length) return '';
  const at = (i, v) => `${px(x.map(xs[i]))},${px(y.shows(v) ? y.map(v) : floor)}`;
  const forth = shown.map((i) => at(i, highs[i])), back = shown.reverse().map((i) => at(i, lows[i]));
  return `M${forth.join('L')}L${back.join('L')}Z`;
}

/** One path with a symbol at every point: arms stay distinguishable without colour. */
function symbolPath(shape, cx, cy, r) {
  const [a, b] = [px(cx), px(cy)];
  switch (shape) {
    case 'triangle': return `M${a},${px(b - 1.2 * r)}l${1.1 * r},${2 * r}h${-2.2 * r}z`;
    case 'square': return `M${px(a - 0.9 * r)},${px(b - 0.9 * r)}h${1.8 * r}v${1.8 * r}h${-1.8 * r}z`;
    case 'diamond': return `M${a},${px(b - 1.3 * r)}l${1.2 * r},${1.3 * r}l${-1.2 * r},${1.3 * r}l${-1.2 * r},${-1.3 * r}z`;
    case 'cross': return `M${px(a - r)},${px(b - r)}l${2 * r},${2 * r}m0,${-2 * r}l${-2 * r},${2 * r}`;
    default: return `M${px(a - r)},${b}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0z`;
  }
}
