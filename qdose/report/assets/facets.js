// Small multiples with one legend, shared axis titles, a table of their values, and roving keyboard focus.

/** As many columns of at least `least` pixels as fit; a multiple of `together` when more than one, so that panels which
 * belong together share a line. */
function columnsFor(width, least, count, together = 1) {
  const most = Math.max(1, Math.min(count, Math.floor((width + 12) / (least + 12))));
  return most > together ? most - (most % together) : most;
}

function legend(marks) {
  const seen = new Map();
  for (const m of marks) if (m.legend && !seen.has(m.legend)) seen.set(m.legend, m);
  if (!seen.size) return null;
  return html('ul', {class: 'legend'}, ...[...seen].map(([name, m]) =>
    html('li', {}, svg('svg', {width: 22, height: 12, viewBox: '0 0 22 12', 'aria-hidden': 'true'}, markKinds[m.kind].key(m)), name)));
}

/** Arrow keys up and down go from panel to panel; only one of them is a stop of the Tab key. */
function roving(nodes) {
  nodes.forEach((node, i) => {
    node.setAttribute('tabindex', i === 0 ? 0 : -1);
    node.addEventListener('keydown', (event) => {
      const move = {ArrowDown: 1, ArrowUp: -1}[event.key];
      const next = move && nodes[i + move];
      if (!next) return;
      event.preventDefault();
      node.setAttribute('tabindex', -1);
      next.setAttribute('tabindex', 0);
      next.focus();
    });
  });
}

/**
 * Draws panels side by side. options: least (smallest panel width), aspect (height / width), height (instead of aspect),
 * most (largest panel width), together (panels that belong in one line), labels {x, y} shared by all panels, name (of the
 * file of values).
 */
function facets(host, panels, width, options = {}) {
  const {least = 260, aspect = 0.62, labels = {}} = options;
  const room = width - (labels.y ? 18 : 0), columns = columnsFor(room, least, panels.length, options.together);
  const each = Math.floor(Math.min((room - 12 * (columns - 1)) / columns, options.most || 1e9));
  const height = options.height || Math.round(Math.max(110, each * aspect));
  const left = options.labels ? Math.max(...panels.map((p) => leftMargin(p, each, height - 42))) : undefined;
  const nodes = panels.map((panel) => drawChart({left, ...panel}, each, panel.height || height));
  roving(nodes);
  const grid = html('div', {class: 'facets', role: 'group', style: `grid-template-columns:repeat(${columns},minmax(0,${each}px))`}, ...nodes);
  const framed = html('div', {class: 'framed'}, labels.y && html('div', {class: 'shared-y', 'aria-hidden': 'true'}, labels.y),
                      html('div', {class: 'grown'}, grid, labels.x && html('div', {class: 'shared-x', 'aria-hidden': 'true'}, labels.x)));
  const keys = legend(panels.flatMap((p) => p.marks));
  host.append(...[keys, framed].filter(Boolean));
  if (!options.name) return;
  const tallest = Math.max(...panels.map((p) => p.height || height));
  drawnFigures.set(options.name, {panels, nodes, legend: keys, labels, columns, each, height: tallest});
  host.append(valuesOf(panels, options.name));
}
