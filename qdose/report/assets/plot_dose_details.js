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

/** One panel a question; a line from the answer to what the assumption makes of it. */
plots.sensitivity = (host, data, width) => {
  const questions = new Map();
  for (const row of data.details.sensitivity) {
    const key = `${row.scenario}, ${row.regimen}, ${formatPercent(row.target)}`;
    if (!questions.has(key)) questions.set(key, []);
    questions.get(key).push(row);
  }
  const panels = [...questions].map(([title, rows]) => {
    const found = rows.filter((r) => r.crossing !== null), at = found.map((r) => rows.indexOf(r)), reference = rows[0].reference;
    const marks = [{kind: 'spans', low: found.map((r) => Math.min(r.crossing, reference)), high: found.map((r) => Math.max(r.crossing, reference)), y: at,
                    ids: found.map((r) => r.assumption), colour: colours[0]},
                   {kind: 'points', x: found.map((r) => r.crossing), y: at, ids: found.map((r) => r.assumption), size: 4.5, colour: colours[0],
                    legend: 'under the assumption'},
                   {kind: 'words', x: rows.filter((r) => r.crossing === null).map(() => 0), y: rows.map((r, i) => (r.crossing === null ? i : -1)).filter((i) => i >= 0),
                    words: rows.filter((r) => r.crossing === null).map(() => 'no dose suffices')},
                   ...(reference === null ? [] : [{kind: 'rule', axis: 'x', at: reference, legend: 'the answer', makeRoom: true}])];
    return {title, description: 'dose under other assumptions', marks,
            inspect: (x, y, atX, atY) => {
              const r = rows[Math.max(0, Math.min(rows.length - 1, Math.round(y.invert(atY))))];
              return r ? {lines: [r.assumption, `${formatNumber(r.crossing)} ${data.details.unit}, the answer: ${formatNumber(r.reference)}`], spots: []} : null;
            },
            x: {label: `dose (${data.details.unit})`, domain: domainOf(marks, 'x', {zero: true, pad: 0.06})},
            y: {scale: 'category', everyName: true, names: rows.map((r) => r.assumption)}};
  });
  facets(host, panels, width, {least: 460, most: 760, height: 20 * Math.max(...panels.map((p) => p.y.names.length)) + 70, name: 'sensitivity'});
};

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
