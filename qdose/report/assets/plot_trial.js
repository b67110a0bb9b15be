// The data as they came: every subject and the median of each arm.

plots.trial_pk = (host, data, width, state, redraw) => {
  toggle(host, 'logarithmic concentration axis', state, 'log', redraw);
  spaghetti(host, data, width, 'pk', state.log);
};

plots.trial_pd = (host, data, width) => spaghetti(host, data, width, 'pd', false);

function spaghetti(host, data, width, role, log) {
  const {subjects, medians, doses} = data.trial;
  const colourOf = (arm) => colours[armOf(data.trial.arms, arm) % 8];
  const all = subjects.filter((s) => s[role].x.length).map((s) => ({kind: 'line', ...s[role]}));
  const threshold = role === 'pd' ? thresholdMark(data) : [];
  const x = timeAxis(all), y = measureAxis(data, role, all, log);
  const panels = medians[role].map((median) => {
    const own = subjects.filter((s) => s.arm === median.arm && s[role].x.length);
    const lines = own.map((s) => ({kind: 'line', ...s[role], faint: true, width: 1, colour: colourOf(median.arm), label: `subject ${s.id}`,
                                   legend: 'one subject'}));
    const given = doses.find((d) => d.arm === median.arm);
    return {title: `${armName(median.arm)} (${median.n} subjects)`, inspect: 'point', x, y,
            description: `${measureLabel(data, role)} over time in hours`,
            marks: [...lines, ...threshold,
                    ...(given && given.x.length ? [{kind: 'rug', x: given.x, legend: 'dose'}] : []),
                    {kind: 'line', x: median.x, y: median.y, width: 3, colour: colourOf(median.arm), label: `median of ${armName(median.arm)}`,
                     legend: 'median of the arm'}]};
  });
  facets(host, panels, width, {least: medians[role].length > 3 ? 230 : 300, aspect: 0.75, name: `trial_${role}`,
                               labels: {x: 'time since first dose (h)', y: measureLabel(data, role)}});
}
