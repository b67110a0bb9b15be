// Figures 4 to 6 of the reference report with this run's numbers.

plots.reference_classes = (host, data, width) => {
  const panels = ['pk', 'pd'].filter((role) => data.classes?.[role]?.subjects.length).map((role) => {
    const {classes, subjects, selected} = data.classes[role], best = subjects.map((s) => s.p.indexOf(Math.max(...s.p)));
    const counts = classes.map((_, i) => best.filter((b) => b === i).length), rows = classes.map((_, i) => i);
    const marks = [{kind: 'bars', x: counts, y: rows, ids: classes.map((c) => c.id), colour: colours[0],
                    colours: classes.map((c) => (c.id === selected ? colours[0] : 'var(--quiet)')), legend: 'selected for the trial'}];
    return {title: roleName(role), description: 'subjects by most probable class', marks,
            inspect: (x, y, atX, atY) => {
              const i = Math.round(y.invert(atY));
              return classes[i] ? {lines: [classes[i].id, `${counts[i]} of ${subjects.length} subjects`], spots: []} : null;
            },
            x: {label: 'subjects', domain: [0, subjects.length]}, y: {scale: 'category', everyName: true, names: classes.map((c) => c.id)}};
  });
  facets(host, panels, width, {least: 360, most: 620, height: 17 * Math.max(...panels.map((p) => p.y.names.length)) + 60, name: 'reference_figure_4'});
};

plots.reference_trace = (host, data, width) => {
  const trace = data.fit.traces.find((t) => t.name === 'CL') || data.fit.traces[0];
  const isClearance = trace.name === 'CL', chains = isClearance ? trace.chains.map((c) => c.map(Math.log)) : trace.chains;
  const panel = tracePanel(isClearance ? 'log CL' : trace.name, chains, trace.step);
  const marks = isClearance ? [...panel.marks, {kind: 'rule', axis: 'y', at: -2.12, legend: 'the report: -2.12', makeRoom: true}] : panel.marks;
  facets(host, [{...panel, marks, y: {domain: domainOf(marks, 'y')}}], width, {most: 860, height: 260, name: 'reference_figure_5a', labels: {x: 'draw'}});
};

plots.reference_subjects = (host, data, width) => {
  const fits = data.fit.pd, nine = fits.filter((_, i) => Math.floor(i * 9 / fits.length) !== Math.floor((i - 1) * 9 / fits.length)).slice(0, 9);
  const marks = nine.flatMap((fit) => individualPanel(fit, data, 'pd', {}).marks);
  const axes = {x: timeAxis(marks), y: measureAxis(data, 'pd', marks, false)};
  facets(host, nine.map((fit) => ({...individualPanel(fit, data, 'pd', axes), title: `subject ${fit.id}, ${armName(fit.arm)}`})), width,
         {least: 240, aspect: 0.7, name: 'reference_figure_5b', labels: {x: 'time (h)', y: measureLabel(data, 'pd')}});
};

const rmseOf = (fit) => Math.sqrt(fit.obs.reduce((s, v, i) => s + (v - fit.ind[i]) ** 2, 0) / fit.obs.length);

plots.reference_individual = (host, data, width) => {
  const treated = data.fit.pd.filter((f) => f.arm > 0 || !data.fit.pk.length).sort((a, b) => rmseOf(a) - rmseOf(b));
  const chosen = treated[treated.length >> 1] || data.fit.pd[0];
  const panels = ['pk', 'pd'].map((role) => [role, data.fit[role].find((f) => f.id === chosen.id)]).filter(([, fit]) => fit).map(([role, fit]) => {
    const panel = individualPanel(fit, data, role, {}), marks = role === 'pd' ? [...panel.marks, ...thresholdMark(data)] : panel.marks;
    return {...panel, title: `${roleName(role)}, subject ${fit.id}, RMSE ${formatNumber(rmseOf(fit))}`, marks,
            x: {...timeAxis(marks), label: 'time (h)'}, y: {...measureAxis(data, role, marks, false), label: measureLabel(data, role)}};
  });
  facets(host, panels, width, {least: 340, aspect: 0.6, most: 620, name: 'reference_figure_6'});
};
