// Stage 2: weighted residuals, random effects against covariates, ranks of the chains.

/** Residuals of one role as points by arm; `place(fit)` gives their x values. */
function residualMarks(data, role, place, values = data.diagnostics.residuals) {
  const fits = data.fit[role], arms = fittedArms(data.fit);
  return arms.map((arm, i) => {
    const own = fits.map((f, k) => [f, values[role][k]]).filter(([f]) => f.arm === arm);
    return {kind: 'points', x: own.flatMap(([f]) => place(f)), y: own.flatMap(([, r]) => r), size: 1.8, shape: shapes[i % 5], colour: colours[i % 8],
            ids: own.flatMap(([f, r]) => r.map(() => `subject ${f.id}, ${armName(arm)}`)), legend: armName(arm)};
  });
}

/** Medians of the residuals in ten groups of equal size along x: they should stay near 0. */
function residualTrend(marks, log) {
  const points = marks.flatMap((m) => m.x.map((x, i) => [x, m.y[i]])).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (!log || x > 0));
  points.sort((a, b) => a[0] - b[0]);
  const middle = (values) => [...values].sort((a, b) => a - b)[values.length >> 1], x = [], y = [];
  for (let g = 0; g < 10; ++g) {
    const group = points.slice(Math.floor(g * points.length / 10), Math.floor((g + 1) * points.length / 10));
    if (group.length) { x.push(middle(group.map((p) => p[0]))); y.push(middle(group.map((p) => p[1]))); }
  }
  return {kind: 'line', x, y, colour: 'var(--ink)', width: 2, label: 'median', legend: 'median'};
}

function residualPanel(title, marks, x) {
  const lines = [{kind: 'rule', axis: 'y', at: 0, legend: 'no error'}, residualTrend(marks, x.scale === 'log')];
  const domain = domainOf(marks, 'y');
  return {title, description: 'weighted residuals', inspect: 'point', marks: [...marks, ...lines], x,
          y: {name: 'weighted residual', domain: [Math.min(-3.2, domain[0]), Math.max(3.2, domain[1])]}};
}

/** Sorted residuals against the quantiles of a normal distribution. */
function normalPanel(title, marks) {
  const values = marks.flatMap((m) => m.y).filter(Number.isFinite).sort((a, b) => a - b);
  const x = values.map((_, i) => normalQuantile((i + 0.5) / values.length));
  const points = {kind: 'points', x, y: values, size: 1.6, colour: colours[0], label: 'residual', legend: 'residual'};
  return {title, description: 'quantiles of weighted residuals against those of a normal distribution', inspect: 'point',
          marks: [{kind: 'identity', legend: 'normal'}, points], x: {name: 'normal quantile', domain: [-3.5, 3.5], label: 'normal quantile'},
          y: {name: 'residual', domain: [Math.min(-3.5, values[0]), Math.max(3.5, values[values.length - 1])]}};
}

/** Inverse of the standard normal distribution (Acklam's rational approximation, relative error 1e-9). */
function normalQuantile(p) {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const poly = (k, x) => k.reduce((sum, v) => sum * x + v, 0);
  if (p < 0.02425) { const q = Math.sqrt(-2 * Math.log(p)); return poly(c, q) / (poly(d, q) * q + 1); }
  if (p > 1 - 0.02425) return -normalQuantile(1 - p);
  const q = p - 0.5, r = q * q;
  return poly(a, r) * q / (poly(b, r) * r + 1);
}

/** Normalised prediction distribution errors: like residuals, of a new subject; standard normal when the model is right. */
function predictionErrorPanels(data, role) {
  if (!data.diagnostics.npde?.[role]?.length) return [];
  const marks = residualMarks(data, role, (f) => data.fit.grids[f.t], data.diagnostics.npde);
  return [residualPanel('NPDE over time', marks, {...timeAxis(marks), label: 'time (h)'}), normalPanel('NPDE, distribution', marks)];
}

plots.residuals = (host, data, width, state) => {
  const roles = ['pk', 'pd'].filter((role) => data.fit[role].length);
  tabs(host, roles.map(roleName), state, 'role', (panel, _, r) => {
    const role = roles[r], byTime = residualMarks(data, role, (f) => data.fit.grids[f.t]), byValue = residualMarks(data, role, (f) => f.ind);
    const log = role === 'pk';
    facets(panel, [
      residualPanel('Over time', byTime, {...timeAxis(byTime), label: 'time (h)'}),
      residualPanel('Over the individual prediction', byValue, {
        name: 'prediction', label: measureLabel(data, role), scale: log ? 'log' : 'linear', domain: domainOf(byValue, 'x', {log})}),
      normalPanel('Distribution', byTime), ...predictionErrorPanels(data, role)],
           width, {least: 260, aspect: 0.85, most: 460, name: `residuals_${role}`, labels: {y: 'weighted residual'}});
  });
};

/** One panel a random effect and covariate: without a trend the covariate has nothing more to say. */
plots.effects = (host, data, width) => {
  const {ids, effects, covariates} = data.diagnostics.effects;
  const panels = covariates.flatMap((covariate) => effects.map((effect) => {
    const points = {kind: 'points', x: covariate.x, y: effect.eta, ids: ids.map((id) => `subject ${id}`), size: 2.4, colour: colours[0],
                    open: true, legend: 'subject'};
    const marks = [{kind: 'rule', axis: 'y', at: 0}, points, trendOf(covariate, effect.eta)].filter(Boolean);
    const reach = 1.1 * Math.max(...effect.eta.filter(Number.isFinite).map(Math.abs), effect.omega);
    return {title: `${effect.name} over ${covariate.name}`, description: `random effect of ${effect.name} against ${covariate.name}`, inspect: 'point',
            marks, x: {name: covariate.name, label: covariate.name, domain: domainOf([points], 'x', {pad: covariate.categorical ? 0.3 : 0.05}),
                       ticks: covariate.categorical ? [...new Set(covariate.x)].sort((a, b) => a - b) : undefined},
            y: {name: 'random effect', domain: [-reach, reach]}};
  }));
  facets(host, panels, width, {least: 210, aspect: 0.8, most: 330, name: 'random_effects', labels: {y: 'random effect (eta)'}});
};

/** Least-squares line, or the means of the levels of a categorical covariate. */
function trendOf(covariate, eta) {
  const pairs = covariate.x.map((x, i) => [x, eta[i]]).filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y));
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const look = {colour: colours[1], label: 'trend', legend: 'trend (least squares, or means of levels)'};
  if (covariate.categorical) {
    const levels = [...new Set(pairs.map((p) => p[0]))].sort((a, b) => a - b);
    return {kind: 'points', x: levels, y: levels.map((l) => mean(pairs.filter((p) => p[0] === l).map((p) => p[1]))), size: 5, shape: 'diamond', ...look};
  }
  const mx = mean(pairs.map((p) => p[0])), my = mean(pairs.map((p) => p[1]));
  const sxx = pairs.reduce((s, [x]) => s + (x - mx) ** 2, 0), sxy = pairs.reduce((s, [x, y]) => s + (x - mx) * (y - my), 0);
  if (!(sxx > 0)) return null;
  const ends = extent(pairs.map((p) => p[0]));
  return {kind: 'line', x: ends, y: ends.map((x) => my + (x - mx) * sxy / sxx), width: 2, ...look};
}

/** One panel a quantity, one step line a chain. */
plots.ranks = (host, data, width) => {
  const panels = data.diagnostics.ranks.map(({name, chains}) => {
    const bins = chains[0].length, x = chains[0].flatMap((_, b) => [b / bins * 100, (b + 1) / bins * 100]);
    const even = chains.flat().reduce((a, b) => a + b, 0) / chains.length / bins;
    const marks = [{kind: 'rule', axis: 'y', at: 1, legend: 'chains agree'}, ...chains.map((counts, c) => ({
      kind: 'line', x, y: counts.flatMap((n) => [n / even, n / even]), colour: colours[c % 8], dash: chainDash[c % 8], width: 1.2,
      label: `chain ${c + 1}`, legend: `chain ${c + 1}`}))];
    return {title: name, description: 'ranks of the draws of every chain among all draws', marks, x: {domain: [0, 100], name: 'rank', unit: '%'},
            y: {domain: [0, Math.max(2, domainOf(marks, 'y', {zero: true})[1])], name: 'relative frequency'}};
  });
  facets(host, panels, width, {least: 200, aspect: 0.5, name: 'ranks', labels: {x: 'rank among all draws (%)', y: 'relative frequency'}});
};
