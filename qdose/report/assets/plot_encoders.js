// Stage 1: how good the encoders are (confusion, reliability, training), and the reference report's figures 2 and 3.

const ownEncoders = (data) => data.encoders.filter((e) => !e.priors.startsWith('report'));
const encoderName = (e) => `${roleName(e.role)}, ${e.priors}`;

plots.encoder_confusion = (host, data, width) => {
  const panels = ownEncoders(data).flatMap((e) => [['one subject alone', e.confusion], ['whole trial', e.trial?.confusion]]
    .filter(([, confusion]) => confusion?.length).map(([of, confusion]) => confusionPanel(`${encoderName(e)}: ${of}`, e.classes, confusion)));
  facets(host, panels, width, {least: 380, most: 560, height: 18 * Math.max(...panels.map((p) => p.y.names.length)) + 64});
  host.append(shareScale(colours[0], 'share of the true class'));
  host.append(valuesOf(panels.map((p) => ({title: p.title, y: {}, marks: p.rows})), 'encoder_confusion'));
};

/** Rows are true classes, columns answers; columns carry the numbers of the rows. */
function confusionPanel(title, classes, confusion) {
  const names = classes.map((id, i) => `${i + 1} ${id}`);
  return {title, description: 'share of each true class that got each answer', marks: [{kind: 'cells', values: confusion, colour: colours[0]}],
          rows: names.map((name, r) => ({label: name, x: classes, y: confusion[r]})),
          inspect: (x, y, atX, atY) => {
            const c = Math.round(x.invert(atX)), r = Math.round(y.invert(atY));
            if (confusion[r]?.[c] === undefined) return null;
            return {lines: [`true: ${classes[r]}`, `answer: ${classes[c]}`, formatPercent(confusion[r][c])], spots: []};
          },
          x: {label: 'answer', scale: 'category', names: classes.map((_, i) => String(i + 1))},
          y: {scale: 'category', everyName: true, names}};
}

plots.encoder_reliability = (host, data, width) => {
  const panels = ownEncoders(data).filter((e) => e.reliability.x.length).map((e) => {
    const kinds = [{name: 'one subject alone', of: e.reliability, colour: colours[0], shape: 'circle'},
                   {name: 'whole trial', of: e.trial?.reliability, colour: colours[1], shape: 'square'}].filter((k) => k.of?.x.length);
    const marks = [{kind: 'identity', legend: 'as often right as stated'}, ...kinds.flatMap(reliabilityMarks)];
    return {title: encoderName(e), description: 'share of right answers against stated probability', inspect: 'point', marks,
            x: {domain: [0, 1], label: 'stated probability of the answer'}, y: {domain: [0, 1], label: 'share of right answers'}};
  });
  facets(host, panels, width, {least: 300, aspect: 0.8, most: 460, name: 'encoder_reliability'});
};

function reliabilityMarks({name, of, colour, shape}) {
  const reach = of.y.map((p, i) => 1.645 * Math.sqrt(Math.max(p * (1 - p), 1 / (of.n[i] + 1)) / of.n[i]));
  return [{kind: 'band', x: of.x, low: of.y.map((p, i) => Math.max(0, p - reach[i])), high: of.y.map((p, i) => Math.min(1, p + reach[i])),
           colour, opacity: 0.14, label: `${name}, 90% range`},
          {kind: 'line', x: of.x, y: of.y, colour, width: 1.2, label: name},
          {kind: 'points', x: of.x, y: of.y, ids: of.n.map((n) => `${name}, ${n} answers`), colour, shape, size: 4, legend: name}];
}

const seenAxis = (marks) => ({domain: domainOf(marks, 'x', {zero: true}), label: 'samples seen', format: (v) => (v >= 1e6 ? `${formatNumber(v / 1e6)} M` : v >= 1000 ? `${formatNumber(v / 1000)} k` : formatNumber(v))});

plots.encoder_training = (host, data, width) => {
  const panels = ownEncoders(data).filter((e) => e.curve.x.length > 1).flatMap((e) => {
    const accuracy = [{kind: 'line', x: e.curve.x, y: e.curve.accuracy, colour: colours[0], label: 'one subject alone', legend: 'one subject alone'}];
    if (e.trial) accuracy.push({kind: 'line', x: e.curve.x, y: e.curve.trial, colour: colours[1], label: 'whole trial', legend: 'whole trial'});
    const error = [{kind: 'line', x: e.curve.x, y: e.curve.mse, colour: colours[0], label: 'squared error of parameters'}];
    return [{title: `${encoderName(e)}: accuracy`, marks: accuracy, x: seenAxis(accuracy), y: {domain: [0, 1], name: 'accuracy'}},
            {title: `${encoderName(e)}: parameters`, marks: error, x: seenAxis(error), y: {domain: domainOf(error, 'y', {zero: true}), name: 'squared error'}}];
  });
  facets(host, panels, width, {least: 300, aspect: 0.6, most: 480, together: 2, name: 'encoder_training'});
};

/** What the report's figures 2 and 3 end at. */
const referenceTraining = {pk: {accuracy: 0.95, mse: 0.317}, pd: {accuracy: 0.71, mse: 0.516}};

plots.reference_training = (host, data, width) => {
  const panels = ['pk', 'pd'].flatMap((role) => {
    const encoders = data.encoders.filter((e) => e.role === role && e.priors.startsWith('report') && e.curve.x.length > 1);
    if (!encoders.length) return [];
    return ['accuracy', 'mse'].map((key) => {
      const isSweep = (e) => e.encoder.startsWith('00');
      const marks = encoders.filter(isSweep).map((e) => ({kind: 'line', x: e.curve.x, y: e.curve[key], colour: 'var(--muted)', width: 1,
        label: `configuration ${e.encoder}`, legend: `configurations 000 to 004, priors ${e.priors}`}));
      marks.push(...encoders.filter((e) => !isSweep(e)).flatMap((e, i) => [
        {kind: 'line', x: e.curve.x, y: e.curve[key], colour: colours[i], label: `priors ${e.priors}`, legend: `this program, priors ${e.priors}`},
        ...(key === 'accuracy' && e.bayes !== null ? [{kind: 'line', x: [0, Math.max(...e.curve.x)], y: [e.bayes, e.bayes], colour: colours[i], dash: '2 3', width: 1.2,
          label: `ceiling, ${e.priors}`, legend: `Bayes classifier, ${e.priors}`}] : [])]));
      marks.push({kind: 'rule', axis: 'y', at: referenceTraining[role][key], legend: 'the report, after 30 epochs', makeRoom: true});
      return {title: `${roleName(role)}: ${key === 'mse' ? 'squared error of parameters' : 'accuracy'}`, marks, x: seenAxis(marks.filter((m) => m.x)),
              y: {domain: key === 'mse' ? domainOf(marks, 'y', {zero: true}) : [0, 1], name: key === 'mse' ? 'squared error' : 'accuracy'}};
    });
  });
  facets(host, panels, width, {least: 300, aspect: 0.6, most: 480, together: 2, name: 'reference_figures_2_3'});
};
