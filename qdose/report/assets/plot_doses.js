// The answers: doses of all scenarios at a glance, and attainment against dose.

/** One panel a regimen; a line a question and source: where the mean curve crosses the target, with its band. */
plots.dose_overview = (host, data, width) => {
  const regimens = [...new Set(data.answers.map((a) => a.regimen))];
  const panels = regimens.map((regimen) => overviewPanel(regimen, data.answers.filter((a) => a.regimen === regimen)));
  facets(host, panels, width, {least: 380, height: 44 + 18 * Math.max(...panels.map((p) => p.y.names.length)) + 34, name: 'doses'});
};

function overviewPanel(regimen, answers) {
  const rowOf = (a) => `${a.scenario}, ${formatPercent(a.target)}, ${a.source}`;
  const marks = [];
  for (const source of ['posterior', 'kernel']) {
    const own = answers.filter((a) => a.source === source), look = looks[source];
    if (!own.length) continue;
    const rows = own.map((a) => answers.indexOf(a)), ids = own.map(rowOf);
    marks.push({kind: 'spans', low: own.map((a) => a.crossing[0]), high: own.map((a) => a.crossing[2]), y: rows, ids,
                colour: look.colour, legend: `${look.name}: 90% band`});
    marks.push({kind: 'points', x: own.map((a) => a.dose), y: rows, ids, size: 4.5, shape: source === 'kernel' ? 'diamond' : 'circle',
                colour: look.colour, legend: `${look.name}: dose of the grid`});
  }
  const without = answers.filter((a) => a.dose === null);
  marks.push({kind: 'words', x: without.map(() => 0), y: without.map((a) => answers.indexOf(a)),
              words: without.map((a) => `none up to ${formatNumber(extent(a.curve.x)[1])} mg`)});
  const largest = domainOf(marks, 'x', {zero: true, pad: 0.06});
  const inspect = (x, y, atX, atY) => {
    const i = Math.max(0, Math.min(answers.length - 1, Math.round(y.invert(atY)))), a = answers[i];
    const dose = a.dose === null ? 'no dose reaches the target' : `dose ${formatNumber(a.dose)} mg`;
    const band = a.crossing[0] === null ? null : `90% band ${formatNumber(a.crossing[0])} to ${formatNumber(a.crossing[2])} mg`;
    return {lines: [rowOf(a), a.description, dose, band], spots: a.dose === null ? [] : [[x.map(a.dose), y.map(i)]]};
  };
  return {title: regimen, description: `doses of ${answers.length} answers`, marks, inspect,
          x: {label: 'dose (mg)', domain: largest}, y: {scale: 'category', everyName: true, names: answers.map(rowOf)}};
}

/** One panel a population and regimen; targets that share both share the panel. */
plots.attainment = (host, data, width) => {
  const panels = new Map();
  for (const a of data.answers) {
    const key = `${a.scenario}, ${a.regimen}`;
    if (!panels.has(key)) panels.set(key, []);
    panels.get(key).push(a);
  }
  const drawn = [...panels].map(([title, answers]) => attainmentPanel(title, answers));
  facets(host, drawn, width, {least: 240, aspect: 0.8, together: 2, name: 'attainment',
                              labels: {x: 'dose (mg)', y: 'share of the population that reaches the goal (%)'}});
};

function attainmentPanel(title, answers) {
  const marks = [], targets = [...new Set(answers.map((a) => a.target))];
  for (const target of targets)
    marks.push({kind: 'rule', axis: 'y', at: 100 * target, legend: 'target'});
  for (const source of ['posterior', 'kernel']) {
    const own = answers.filter((a) => a.source === source), look = looks[source];
    if (!own.length) continue;
    const {x, y, low, high} = own[0].curve, share = (values) => values.map((v) => (v === null ? null : 100 * v));
    marks.push({kind: 'band', x, low: share(low), high: share(high), colour: look.colour, opacity: source === 'kernel' ? 0.13 : 0.2,
                label: `${source}, 90% band`, legend: `${look.name}: 90% band`});
    marks.push({kind: 'line', x, y: share(y), colour: look.colour, dash: look.dash, width: 2.2, label: `${source}, mean`,
                legend: `${look.name}: mean`});
    marks.push({kind: 'marker', x: own.map((a) => a.dose).filter((d) => d !== null), colour: look.colour, legend: `${look.name}: dose`});
  }
  return {title: `${title}: target ${targets.map(formatPercent).join(', ')}`, description: answers[0].description, marks,
          x: {domain: [0, extent(...answers.map((a) => a.curve.x))[1]], name: 'dose', unit: 'mg'},
          y: {domain: [0, 103], ticks: [0, 25, 50, 75, 100], format: (v) => `${formatNumber(v)}%`}};
}
