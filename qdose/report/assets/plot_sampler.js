// Stage 2: did the sampler work? Energies and traces.

const chainDash = [undefined, undefined, undefined, undefined, '4 2', '4 2', '4 2', '4 2'];

function chainLines(chains, step) {
  return chains.map((values, c) => ({
    kind: 'line', x: values.map((_, i) => i * step + 1), y: values, width: 0.8, colour: colours[c % 8], dash: chainDash[c % 8],
    label: `chain ${c + 1}`, legend: `chain ${c + 1}`}));
}

function tracePanel(title, chains, step) {
  const marks = chainLines(chains, step);
  return {title, description: 'sampled values in order, by chain', marks,
          x: {domain: [0, domainOf(marks, 'x')[1]], name: 'draw'}, y: {domain: domainOf(marks, 'y')}};
}

plots.traces = (host, data, width) => {
  const step = data.fit.traces[0].step;
  facets(host, data.fit.traces.map((t) => tracePanel(t.name, t.chains, t.step)), width,
         {least: 250, aspect: 0.45, name: 'traces', labels: {x: step > 1 ? `draw (every ${step}th is shown)` : 'draw'}});
};

plots.energy = (host, data, width) => {
  const e = data.fit.energy, zero = e.x.map(() => 0);
  const outline = (y, colour, label, dash) => [
    {kind: 'band', x: e.x, low: zero, high: y, colour, opacity: 0.18}, {kind: 'line', x: e.x, y, colour, dash, label, legend: label}];
  const marks = [...outline(e.energy, colours[0], 'energy around its mean'), ...outline(e.change, colours[1], 'change from draw to draw', '6 3')];
  facets(host, [{title: 'Energy and its changes', marks, x: {label: 'energy', domain: extent(e.x)},
                 y: {label: 'density', domain: domainOf(marks, 'y', {zero: true})}},
                {...tracePanel('Energy of every chain', e.chains, e.step), x: {...tracePanel('', e.chains, e.step).x, label: 'draw'}}],
         width, {least: 320, aspect: 0.55, name: 'energy'});
};
