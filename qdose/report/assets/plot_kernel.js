// Stage 3: how well covariates predict, next to the baselines, and what the predictions look like.

/** One row an output: a symbol a method, one below the other, and a grey bar up to the ceiling. */
plots.scores = (host, data, width) => {
  const {outputs} = data.kernel, rows = outputs.map((_, i) => i), names = outputs.map((o) => o.name);
  const baselines = [...new Set(outputs.flatMap((o) => Object.keys(o.baselines)))];
  const methods = [
    {name: 'quantum kernel', colour: colours[0], shape: 'circle', size: 5.5, value: (o) => o.r2},
    ...baselines.map((name, i) => ({name: name.replaceAll('_', ' '), colour: colours[(i + 1) % 8], shape: shapes[1 + (i % 4)], size: 4, value: (o) => o.baselines[name] ?? null}))];
  const line = (i) => (i - (methods.length - 1) / 2) * 0.84 / methods.length;  // in rows
  const points = methods.map((m, k) => ({kind: 'points', x: outputs.map(m.value), y: rows.map((row) => row + line(k)), ids: names.map((n) => `${n}, ${m.name}`),
                                      colour: m.colour, shape: m.shape, size: m.size, open: m.name !== 'quantum kernel', legend: m.name}));
  const ceiling = {kind: 'bars', x: outputs.map((o) => o.ceiling), y: rows, ids: names.map((n) => `${n}, ceiling`), colour: 'var(--quiet)',
                   opacity: 0.45, legend: 'ceiling'};
  const marks = [ceiling, {kind: 'rule', axis: 'x', at: 0}, ...points];
  const [low, high] = domainOf(marks, 'x');
  facets(host, [{
    description: 'R squared by output and method', marks,
    inspect: (x, y, atX, atY) => {
      const o = outputs[Math.round(y.invert(atY))];
      if (!o) return null;
      return {lines: [o.name, ...methods.map((m) => `${m.name}: ${formatNumber(m.value(o))}`), `ceiling: ${formatNumber(o.ceiling)}`], spots: []};
    },
    x: {label: 'R² (leave-one-subject-out)', domain: [Math.max(-1, Math.min(low, -0.05)), Math.min(1.02, Math.max(high, 0.1))]},
    y: {scale: 'category', everyName: true, names},
  }], width, {most: 760, height: Math.max(26, 9 * methods.length) * names.length + 46, name: 'scores'});
};

/** One panel an output and covariate; a pair of lines a level of the categorical covariate. */
plots.covariate_curves = (host, data, width) => {
  const panels = new Map();
  for (const c of data.kernel.curves) {
    const key = `${c.output} against ${c.covariate}`;
    if (!panels.has(key)) panels.set(key, []);
    panels.get(key).push(c);
  }
  facets(host, [...panels].map(([title, curves]) => covariatePanel(title, curves, data.kernel)), width,
         {least: 270, aspect: 0.7, name: 'covariate_curves', labels: {y: 'log (or logit) of the parameter'}});
};

function covariatePanel(title, curves, kernel) {
  const {output, covariate} = curves[0], levels = [...new Set(curves.map((c) => c.level))];
  const several = levels.length > 1, marks = [];
  const points = kernel.estimates[output], xs = kernel.covariates[covariate];
  if (points && xs)
    marks.push({kind: 'points', x: xs, y: points.map((p) => p[0]), ids: points.map((p) => `subject ${p[1]}`), colour: 'var(--muted)',
                open: true, legend: 'estimate of a subject'});
  for (const c of curves) {
    const suffix = several ? `, ${c.held || 'level'} ${formatNumber(c.level)}` : '', colour = colours[levels.indexOf(c.level) % 8];
    marks.push({kind: 'line', x: c.x, y: c.kernel, colour, width: 2.4, label: `kernel${suffix}`, legend: `quantum kernel${suffix}`});
    marks.push({kind: 'line', x: c.x, y: c.baseline, colour: 'var(--ink)', dash: '5 4', width: 1.2, label: `baseline${suffix}`,
                legend: 'baseline (log-linear)'});
  }
  return {title, description: `predictions of ${output} over ${covariate}`, marks,
          x: {label: covariate, domain: domainOf(marks, 'x')}, y: {domain: domainOf(marks, 'y')}};
}
