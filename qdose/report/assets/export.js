// Figures and tables as files: one SVG a figure that needs no style sheet, one CSV a figure and a table.

const drawnFigures = new Map();  // by name: {panels, nodes, legend, labels, columns, each, height}

const inlined = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'stroke-linejoin', 'stroke-linecap',
                 'opacity', 'font-size', 'font-weight', 'font-family', 'dominant-baseline', 'text-anchor'];

/** A copy of a drawn node that looks the same without the page's style sheet. */
function withLooks(node) {
  const copy = node.cloneNode(true), from = [node, ...node.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((source, i) => {
    const style = getComputedStyle(source), target = to[i];
    target.removeAttribute('style');
    target.removeAttribute('class');
    for (const name of inlined) {
      const value = style.getPropertyValue(name);
      if (value && value !== 'none' || name === 'fill') target.setAttribute(name, value);
    }
  });
  copy.querySelectorAll('[tabindex]').forEach((n) => n.removeAttribute('tabindex'));
  return copy;
}

/** The legend's entries in lines of at most `width` pixels, beginning at (0, 0). */
function legendGroup(legend, width) {
  const group = svg('g', {'font-family': 'sans-serif', 'font-size': 11, fill: '#444444'});
  let x = 0, y = 0;
  for (const item of legend ? legend.querySelectorAll('li') : []) {
    const text = item.textContent, wide = 30 + textWidth(text) + 14;
    if (x > 0 && x + wide > width) { x = 0; y += 16; }
    const key = withLooks(item.querySelector('svg'));
    setAttributes(key, {x, y, width: 22, height: 12, overflow: 'visible'});
    group.append(key, svg('text', {x: x + 28, y: y + 10}, text));
    x += wide;
  }
  return {group, height: legend ? y + 22 : 0};
}

/** The whole figure as one SVG document. */
function figureSvg({nodes, legend, labels, columns, each, height}) {
  const left = labels.y ? 20 : 0, wide = left + columns * each + 12 * (columns - 1), rows = Math.ceil(nodes.length / columns);
  const top = legendGroup(legend, wide), high = top.height + rows * (height + 12) + (labels.x ? 18 : 0);
  const out = svg('svg', {xmlns: svgSpace, width: wide, height: high, viewBox: `0 0 ${wide} ${high}`},
                  svg('rect', {width: wide, height: high, fill: getComputedStyle(document.body).backgroundColor}), top.group);
  nodes.forEach((node, i) => out.append(setAttributes(withLooks(node), {
    x: left + (i % columns) * (each + 12), y: top.height + Math.floor(i / columns) * (height + 12)})));
  const words = {'font-family': 'sans-serif', 'font-size': 12, 'text-anchor': 'middle', fill: '#444444'};
  if (labels.y) out.append(svg('text', {...words, transform: `translate(13,${(top.height + high) / 2})rotate(-90)`}, labels.y));
  if (labels.x) out.append(svg('text', {...words, x: (left + wide) / 2, y: high - 5}, labels.x));
  return new XMLSerializer().serializeToString(out);
}

/** Every cell's text; cells that span columns are followed by empty ones. */
function tableCsv(table) {
  return [...table.rows].map((row) => [...row.cells].flatMap((cell) =>
    [cell.textContent.replace(/\s+/g, ' ').trim(), ...Array(cell.colSpan - 1).fill('')]).map(csvCell).join(',')).join('\n');
}

const fileName = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_|_$/g, '').slice(0, 60);

/** All files of the page: {name: text}. */
function exportedFiles() {
  const files = {};
  for (const [name, figure] of drawnFigures) {
    files[`figures/${fileName(name)}.svg`] = figureSvg(figure);
    files[`figures/${fileName(name)}.csv`] = csvOf(valueRows(figure.panels));
  }
  for (const section of document.querySelectorAll('main section'))
    [...section.querySelectorAll('table')].filter((t) => t.caption).forEach((table, i) => {
      files[`tables/${fileName(`${section.id}_${i + 1}_${table.caption.textContent}`)}.csv`] = tableCsv(table);
    });
  return files;
}

/** Asked for by `qdose report --figures`, which opens the page with this fragment and reads the element. */
function exportWhenAsked() {
  if (location.hash !== '#export') return;
  document.body.append(html('script', {type: 'application/json', id: 'exported'}, btoa(unescape(encodeURIComponent(JSON.stringify(exportedFiles()))))));
}
