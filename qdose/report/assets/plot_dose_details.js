// Behind the doses: courses over one interval, other assumptions, attainment over a covariate and the dose.

plots.profiles = (host, data, width) => {
  const panels = data.details.profiles.flatMap((p) => ['pk', 'pd'].filter((role) => p[role].mid.length).map((role) => {
    const {low, mid, high} = p[role], colour = role === 'pk' ? colours[0] : colours[2];
    const marks = [
      {kind: 'band', x: p.x, low, high, colour, label: '90% of the subjects', legend: role === 'pk' ? 'concentration: 90% of the subjects' : 'biomarker: 90% of the subjects'},
      {kind: 'line', x: p.x, y: mid, colour, width: 2.2, label: 'median', legend: role === 'pk' ? 'concentration: median' : 'biomarker: median'},
      ...(role === 'pd' ? thresholdMark(data) : [])];
    return {title: `${formatNumber(p.dose, 4)} ${data.details.unit} ${p.regimen}: ${role === 'pk' ? 'concentration' : 'biomarker'}`,
            description: `${measureLabel(data, role)} over one interval`, marks, x: {...timeAxis(marks), label: 'hours since the dose'},
            y: {...measureAxis(data, role, marks, false), label: measureLabel(data, role)}};
  }));
  facets(host, panels, width, {least: 300, aspect: 0.62, most: 480, together: 2, name: 'profiles'});
};

/** One panel a scenario; rows are assumptions, and a mark a regimen says by how much the dose changes. */
plots.sensitivity = (host, data, width) => {
  const questions = new Map();
  for (const row of data.details.sensitivity) {
    const key = `${row.scenario}, ${formatPercent(row.target)}`;
    if (!questions.has(key)) questions.set(key, []);
    questions.get(key).push(row);
  }
  facets(host, [...questions].map(([title, rows]) => sensitivityPanel(title, rows, data.details.unit)), width,
         {least: 700, most: 860, name: 'sensitivity'});
};

function sensitivityPanel(title, rows, unit) {
  const names = [...new Set(rows.map((r) => r.assumption))], regimens = [...new Set(rows.map((r) => r.regimen))];
  const line = (r) => names.indexOf(r.assumption) + (regimens.indexOf(r.regimen) - (regimens.length - 1) / 2) * 0.7 / regimens.length;
  const change = (r) => 100 * (r.crossing / r.reference - 1), words = (r) => `${r.assumption}, ${r.regimen}`;
  const marks = [{kind: 'rule', axis: 'x', at: 0, legend: 'the answer', makeRoom: true}];
  regimens.forEach((regimen, k) => {
    const found = rows.filter((r) => r.regimen === regimen && r.crossing !== null && r.reference !== null), at = found.map(line), x = found.map(change);
    marks.push({kind: 'spans', low: x.map((v) => Math.min(v, 0)), high: x.map((v) => Math.max(v, 0)), y: at, ids: found.map(words), colour: colours[k]},
               {kind: 'points', x, y: at, ids: found.map(words), size: 4.2, shape: shapes[k], colour: colours[k], legend: regimen});
  });
  const none = rows.filter((r) => r.crossing === null), domain = domainOf(marks, 'x', {pad: 0.08});
  marks.push({kind: 'words', x: none.map(() => domain[0]), y: none.map(line), words: none.map((r) => `${r.regimen}: no dose suffices`)});
  return {title, description: 'change of the dose under other assumptions', marks, height: (10 + 12 * regimens.length) * names.length + 66,
          inspect: (x, y, atX, atY) => {
            const name = names[Math.max(0, Math.min(names.length - 1, Math.round(y.invert(atY))))], own = rows.filter((r) => r.assumption === name);
            return {lines: [name, ...own.map((r) => `${r.regimen}: ${r.crossing === null ? 'no dose suffices' : `${formatNumber(r.crossing)} ${unit}`}, the answer: ${formatNumber(r.reference)}`)], spots: []};
          },
          x: {label: 'change of the dose (%)', domain},
          y: {scale: 'category', everyName: true, names}};
}

/** Rows are values of the covariate, columns are doses. */
plots.surface = (host, data, width) => {
  const {covariate, regimen, values, doses, attainment, beyond} = data.details.surface;
  const rows = values.map((_, i) => values.length - 1 - i);  // the largest value on top
  const names = rows.map((i) => (beyond[i] ? `(${formatNumber(values[i])})` : formatNumber(values[i])));
  facets(host, [{
    title: `${covariate} by dose, ${regimen}`, description: 'share of the people kept', marks: [
      {kind: 'cells', values: rows.map((i) => attainment[i]), colour: colours[0]},
      ...rows.map((i) => ({kind: 'points', x: [], y: [], label: `${covariate} ${formatNumber(values[i])}`}))],
    inspect: (x, y, atX, atY) => {
      const c = Math.round(x.invert(atX)), r = rows[Math.round(y.invert(atY))];
      if (doses[c] === undefined || r === undefined) return null;
      return {lines: [`${covariate} ${formatNumber(values[r])}, ${formatNumber(doses[c], 4)} ${data.details.unit}`, `kept: ${formatPercent(attainment[r][c])}`], spots: []};
    },
    x: {label: `dose (${data.details.unit})`, scale: 'category', names: doses.map((d) => formatNumber(d, 4))},
    y: {label: covariate, scale: 'category', everyName: true, names},
  }], width, {most: 860, height: 18 * values.length + 66});
  host.append(shareScale(colours[0], 'share kept'));
  host.append(valuesOf([{title: '', y: {}, marks: values.map((v, i) => ({label: `${covariate} ${formatNumber(v)}`, x: doses, y: attainment[i]}))}], 'surface'));
};
