// The answers: doses of all scenarios at a glance, and attainment against dose.

/** One panel a regimen; a line a question and source: where the mean curve crosses the target, with its band. */
plots.dose_overview = (host, data, width) => {
  const regimens = [...new Set(data.answers.map((a) => a.regimen))];
  const panels = regimens.map((regimen) => overviewPanel(regimen, bySource(data.answers.filter((a) => a.regimen === regimen))));
  facets(host, panels, width, {least: 380, height: 44 + 18 * Math.max(...panels.map((p) => p.y.names.length)) + 34, name: 'doses'});
};

/** The same answers, both sources of a question next to each other. */
function bySource(answers) {
  const questions = [...new Set(answers.map((a) => `${a.scenario}|${a.target}`))];
  const place = (a) => questions.indexOf(`${a.scenario}|${a.target}`);
  return [...answers].sort((a, b) => place(a) - place(b));
}

function overviewPanel(regimen, answers) {
  const rowOf = (a) => `${a.scenario}, ${formatPercent(a.target)}, ${a.source}`;
  const marks = [];
  for (const source of ['posterior', 'kernel']) {
    const own = answers.filter((a) => a.source === source), look = looks[source];
    if (!own.length) continue;
    const rows = own.map((a) => answers.indexOf(a)), ids = own.map(rowOf);
    marks.push({kind: 'spans', low: own.map((a) => a.crossing[0]), high: own.map((a) => a.crossing[2]), y: rows, ids,
                colour: look.colour, legend: `${look.name}: 90% band`});
    marks.push({kind: 'points', x: own.map((a) => a.dose), y: rows, ids, size: 4.5, shape: look.shape,
                colour: look.colour, legend: `${look.name}: dose of the grid`});
  }
  const without = answers.filter((a) => a.dose === null);
  marks.push({kind: 'words', x: without.map(() => 0), y: without.map((a) => answers.indexOf(a)),
              words: without.map((a) => `none up to ${formatNumber(extent(a.curve.x)[1])} ${doseUnit}`)});
  const largest = domainOf(marks, 'x', {zero: true, pad: 0.06});
  const inspect = (x, y, atX, atY) => {
    const i = Math.max(0, Math.min(answers.length - 1, Math.round(y.invert(atY)))), a = answers[i];
    const dose = a.dose === null ? 'no dose reaches the target' : `dose ${formatNumber(a.dose)} ${doseUnit}`;
    const band = a.crossing[0] === null ? null : `90% band ${formatNumber(a.crossing[0])} to ${formatNumber(a.crossing[2])} ${doseUnit}`;
    return {lines: [rowOf(a), a.description, dose, band], spots: a.dose === null ? [] : [[x.map(a.dose), y.map(i)]]};
  };
  return {title: regimen, description: `doses of ${answers.length} answers`, marks, inspect,
          x: {label: `dose (${doseUnit})`, domain: largest}, y: {scale: 'category', everyName: true, names: answers.map(rowOf)}};
}

/** One panel a population and regimen; questions that differ in their target share the panel. */
plots.attainment = (host, data, width) => {
  const panels = new Map();
  for (const a of data.answers) {
    const key = `${a.description || a.scenario}, ${a.regimen}`;
    if (!panels.has(key)) panels.set(key, []);
    panels.get(key).push(a);
  }
  const regimens = new Set(data.answers.map((a) => a.regimen)).size;
  facets(host, [...panels.values()].map(attainmentPanel), width, {
    least: regimens > 2 ? 300 : 400, aspect: 0.5, together: regimens, name: 'attainment',
    labels: {x: `dose (${doseUnit})`, y: 'share of the population that reaches the goal (%)'}});
};

/** Doses up to well above the answers; all that were searched when one of them is missing. */
function dosesOfInterest(answers) {
  const end = extent(...answers.map((a) => a.curve.x))[1];
  if (answers.some((a) => a.dose === null)) return [0, end];
  return [0, Math.min(end, Math.max(...answers.map((a) => Math.max(1.8 * a.dose, 1.15 * (a.crossing[2] || 0))))) || end];
}

function attainmentPanel(answers) {
  const marks = [], distinct = (key) => [...new Set(answers.map(key))];
  const targets = distinct((a) => a.target), share = (values) => values.map((v) => (v === null ? null : 100 * v));
  for (const target of targets) marks.push({kind: 'rule', axis: 'y', at: 100 * target, legend: 'target'});
  for (const source of ['posterior', 'kernel']) {
    const own = answers.filter((a) => a.source === source), look = looks[source], found = own.filter((a) => a.dose !== null);
    if (!own.length) continue;
    const {x, y, low, high} = own[0].curve;
    marks.push({kind: 'band', x, low: share(low), high: share(high), colour: look.colour, opacity: source === 'kernel' ? 0.13 : 0.2,
                label: `${source}, 90% band`, legend: `${look.name}: 90% band`});
    marks.push({kind: 'line', x, y: share(y), colour: look.colour, dash: look.dash, width: 2.2, label: `${source}, mean`,
                legend: `${look.name}: mean`});
    marks.push({kind: 'drops', x: found.map((a) => a.dose), y: share(found.map((a) => a.attained)), colour: look.colour,
                shape: look.shape, legend: `${look.name}: dose of the grid`});
  }
  return {title: `${distinct((a) => a.scenario).join(' and ')}, ${answers[0].regimen}: target ${targets.map(formatPercent).join(', ')}`,
          description: answers[0].description, marks,
          x: {domain: dosesOfInterest(answers), name: 'dose', unit: doseUnit},
          y: {domain: [0, 103], ticks: [0, 25, 50, 75, 100], name: 'share', format: (v) => `${formatNumber(v)}%`}};
}
