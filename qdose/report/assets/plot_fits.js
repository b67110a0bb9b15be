// Stage 2: the model against the data - every subject, predictive check, observed against predicted.

/** The panel of one subject; `grids` holds the time grids that subjects share. */
function individualPanel(fit, data, role, axes) {
  const {grids} = data.fit, t = grids[fit.t], ct = grids[fit.ct], [colour, plain] = [colours[0], colours[1]];
  return {
    title: `subject ${fit.id}`, description: `${measureLabel(data, role)} over time in hours`, ...axes,
    marks: [
      {kind: 'band', x: ct, low: fit.low, high: fit.high, colour, label: '90% band', legend: 'individual: 90% band'},
      {kind: 'line', x: t, y: fit.pop, colour: plain, dash: '5 3', width: 1.4, label: 'covariates only', legend: 'covariates only'},
      {kind: 'line', x: ct, y: fit.mid, colour, label: 'individual', legend: 'individual: median'},
      {kind: 'points', x: t, y: fit.obs, colour: looks.observed.colour, open: true, label: 'observed', legend: 'observed'}]};
}

function drawArm(host, data, role, width, fits, log, name) {
  const marks = fits.flatMap((fit) => individualPanel(fit, data, role, {}).marks);
  const axes = {x: timeAxis(marks), y: measureAxis(data, role, log ? marks.filter((m) => m.kind !== 'band') : marks, log)};
  facets(host, fits.map((fit) => individualPanel(fit, data, role, axes)), width,
         {least: Math.min(200, (width - 60) / 2), aspect: 0.7, name, labels: {x: 'time (h)', y: measureLabel(data, role)}});
}

plots.individuals = (host, data, width, state, redraw) => {
  const roles = ['pk', 'pd'].filter((role) => data.fit[role].length);
  tabs(host, roles.map(roleName), state, 'role', (panel, _, r) => {
    const role = roles[r], fits = data.fit[role], arms = [...new Set(fits.map((f) => f.arm))].sort((a, b) => a - b);
    if (role === 'pk') toggle(panel, 'logarithmic concentration axis', state, 'log', redraw);
    const log = role === 'pk' && state.log;
    tabs(panel, arms.map(armName), state, `arm_${role}`, (inner, name, i) =>
      drawArm(inner, data, role, width, fits.filter((f) => f.arm === arms[i]), log, `individuals_${role}_${arms[i]}mg`));
  });
};

const quantileNames = ['10%', '50%', '90%'];

function checkPanel(check, data, role, axes) {
  const colour = (k) => (k === 1 ? colours[0] : colours[5]);
  const marks = [0, 1, 2].flatMap((k) => [
    {kind: 'band', x: check.x, low: check.low[k], high: check.high[k], colour: colour(k), opacity: k === 1 ? 0.28 : 0.22,
     label: `simulated ${quantileNames[k]}`, legend: k === 1 ? 'simulated 50%' : k === 0 ? 'simulated 10% and 90%' : undefined}]);
  for (const k of [0, 1, 2])
    marks.push({kind: 'line', x: check.x, y: check.observed[k], colour: 'var(--ink)', dash: k === 1 ? undefined : '5 3',
                width: k === 1 ? 2 : 1.3, label: `observed ${quantileNames[k]}`,
                legend: k === 1 ? 'observed 50%' : k === 0 ? 'observed 10% and 90%' : undefined});
  return {title: armName(check.arm), description: `${measureLabel(data, role)} over time, observed and simulated quantiles`, marks, ...axes};
}

plots.checks = (host, data, width, state, redraw) => {
  const roles = ['pk', 'pd'].filter((role) => data.fit.checks[role].length);
  tabs(host, roles.map(roleName), state, 'role', (panel, _, r) => {
    const role = roles[r], checks = data.fit.checks[role], log = role === 'pk' && state.log;
    if (role === 'pk') toggle(panel, 'logarithmic concentration axis', state, 'log', redraw);
    const corrected = data.fit.corrected?.[role] || [];
    facets(panel, [...checks, ...corrected].map((check) => {
      const {marks} = checkPanel(check, data, role, {});
      const panel = checkPanel(check, data, role, {x: timeAxis(marks), y: measureAxis(data, role, marks, log)});
      return corrected.includes(check) ? {...panel, title: 'dosed arms, prediction-corrected'} : panel;
    }), width, {least: 280, aspect: 0.7, name: `check_${role}`, labels: {x: 'time (h)', y: measureLabel(data, role)}});
    const limited = checks.filter((check) => check.below);
    if (!limited.length) return;
    panel.append(html('p', {}, 'Values below the limit of quantification count above as half of it. Their share of all values:'));
    facets(panel, limited.map(belowPanel), width, {least: 280, aspect: 0.5, name: `below_limit_${role}`, labels: {x: 'time (h)', y: 'share below the limit'}});
  });
};

/** Observed and simulated share of values below the limit of quantification over time. */
function belowPanel({arm, x, below}) {
  const marks = [{kind: 'band', x, low: below.low, high: below.high, colour: colours[0], opacity: 0.28, label: 'simulated', legend: 'simulated'},
                 {kind: 'line', x, y: below.observed, colour: 'var(--ink)', width: 2, label: 'observed', legend: 'observed'}];
  return {title: armName(arm), description: 'share of values below the limit of quantification over time', marks, x: timeAxis(marks),
          y: {name: 'share', domain: [0, 1.04]}};
}

/** Arms of all fits, so that colours and symbols mean the same arm in every panel. */
const fittedArms = (fit) => [...new Set([...fit.pk, ...fit.pd].map((f) => f.arm))].sort((a, b) => a - b);

function observedPanel(data, role, key, title, log) {
  const fits = data.fit[role], arms = fittedArms(data.fit);
  const marks = arms.map((arm, i) => {
    const own = fits.filter((f) => f.arm === arm);
    return {kind: 'points', x: own.flatMap((f) => f[key]), y: own.flatMap((f) => f.obs), size: 2, shape: shapes[i % 5],
            ids: own.flatMap((f) => f.obs.map(() => `subject ${f.id}, ${armName(arm)}`)), colour: colours[i % 8],
            legend: armName(arm)};
  });
  const both = [...marks, ...marks.map((m) => ({...m, x: m.y, y: m.x}))];  // one range for both axes
  const domain = domainOf(both, 'x', {log, zero: !log});
  return {title, description: 'observed against predicted values', inspect: 'point', marks: [{kind: 'identity', legend: 'equal'}, ...marks],
          x: {name: 'predicted', domain, scale: log ? 'log' : 'linear'},
          y: {name: 'observed', domain, scale: log ? 'log' : 'linear'}};
}

plots.observed_predicted = (host, data, width, state, redraw) => {
  toggle(host, 'logarithmic axes', state, 'log', redraw);
  const roles = ['pk', 'pd'].filter((role) => data.fit[role].length);
  const panels = roles.flatMap((role) => [
    observedPanel(data, role, 'ind', `${role.toUpperCase()}, individual`, state.log),
    observedPanel(data, role, 'pop', `${role.toUpperCase()}, covariates only`, state.log)]);
  facets(host, panels, width, {least: 240, aspect: 1, most: 480, together: 2, name: 'observed_predicted',
                             labels: {x: 'predicted', y: 'observed'}});
};
