// Stage 1: probabilities of the model classes for the trial and for every subject, and where the parameters lie.

for (const role of ['pk', 'pd']) {
  plots[`classes_${role}`] = (host, data, width) => classBars(host, data.classes[role], width, role);
  plots[`subjects_${role}`] = (host, data, width) => subjectCells(host, data.classes[role], width, role);
  plots[`ranges_${role}`] = (host, data, width) => rangeSpans(host, data.classes[role], width, role);
}

/** Classes by falling probability, the selected one in colour. */
function classBars(host, role, width, name) {
  const sorted = [...role.classes].sort((a, b) => b.p - a.p), rows = sorted.map((_, i) => i);
  const colour = (c) => (c.id === role.selected ? colours[0] : 'var(--quiet)');
  facets(host, [{
    description: 'probability of every class', marks: [
      {kind: 'bars', x: sorted.map((c) => c.p), y: rows, ids: sorted.map((c) => c.id), colours: sorted.map(colour), colour: colours[0],
       legend: 'selected class'}],
    inspect: (x, y, atX, atY) => {
      const i = Math.round(y.invert(atY)), c = sorted[i];
      return c ? {lines: [c.id, `probability ${formatNumber(c.p)}`], spots: []} : null;
    },
    x: {label: 'probability for the trial', domain: [0, 1]},
    y: {scale: 'category', everyName: true, names: sorted.map((c) => c.id), strong: sorted.findIndex((c) => c.id === role.selected)},
  }], width, {most: 720, height: 18 * sorted.length + 44, name: `classes_${name}`});
}

/** Rows are classes, columns are subjects in the order of the file. */
function subjectCells(host, role, width, name) {
  const classes = role.classes.map((c) => c.id), subjects = role.subjects.map((s) => s.id);
  const values = classes.map((_, row) => role.subjects.map((s) => s.p[row]));
  const inspect = (x, y, atX, atY) => {
    const c = Math.round(x.invert(atX)), r = Math.round(y.invert(atY));
    if (!subjects[c] || !classes[r]) return null;
    return {lines: [`subject ${subjects[c]}`, `${classes[r]}: ${formatNumber(values[r][c])}`], spots: [[x.map(c), y.map(r)]]};
  };
  facets(host, [{
    description: 'probability of every class for every subject', inspect,
    marks: [{kind: 'cells', values, colour: colours[0]}, ...classes.map((id, row) => ({
      kind: 'points', x: [], y: [], label: id, row}))],
    x: {label: 'subject', scale: 'category', names: subjects},
    y: {scale: 'category', everyName: true, names: classes, strong: classes.indexOf(role.selected)},
  }], width, {height: 17 * classes.length + 44});
  host.append(shareScale(colours[0]));
  host.append(valuesOf([{title: '', y: {}, marks: role.subjects.map((s) => ({label: `subject ${s.id}`, x: classes, y: s.p}))}],
                       `subjects_${name}`));
}

/** What the shades of a heat map mean. */
function shareScale(colour, what = 'probability') {
  const steps = [0, 0.25, 0.5, 0.75, 1];
  return html('p', {class: 'small share-scale'}, `${what}: `, ...steps.flatMap((share) => [
    html('span', {class: 'nowrap'}, html('span', {class: 'swatch', style: `background:${colour};opacity:${cellOpacity(share)}`}), ` ${share}`), ' ']));
}

function rangeSpans(host, role, width, name) {
  const rows = role.ranges.map((_, i) => i), ids = role.ranges.map((r) => r.name), q = (k) => role.ranges.map((r) => r.q[k]);
  const marks = [{kind: 'spans', low: q(0), high: q(2), y: rows, ids, colour: colours[0], legend: '5% to 95% of subjects'},
                 {kind: 'points', x: q(1), y: rows, ids, colour: colours[0], size: 4, legend: 'median'}];
  facets(host, [{
    description: 'ranges of the parameters', marks,
    inspect: (x, y, atX, atY) => {
      const r = role.ranges[Math.round(y.invert(atY))];
      return r ? {lines: [r.name, `median ${formatNumber(r.q[1])}`, `5% to 95%: ${formatNumber(r.q[0])} to ${formatNumber(r.q[2])}`],
                  spots: []} : null;
    },
    x: {label: 'value, each in its own unit', scale: 'log', domain: domainOf(marks, 'x', {log: true})},
    y: {scale: 'category', everyName: true, names: ids},
  }], width, {most: 720, height: 22 * ids.length + 46, name: `ranges_${name}`});
}
