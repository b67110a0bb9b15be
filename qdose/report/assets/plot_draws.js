// Stage 2: priors beside posteriors, pairs of quantities, calibration.

plots.priors = (host, data, width) => {
  const panels = data.draws.priors.map(({name, x, prior, posterior}) => {
    const marks = [{kind: 'band', x, low: x.map(() => 0), high: posterior, colour: colours[0], opacity: 0.25, legend: 'posterior'},
                   {kind: 'line', x, y: posterior, colour: colours[0], label: 'posterior'},
                   {kind: 'line', x, y: prior, colour: colours[1], dash: '5 3', label: 'prior', legend: 'prior'}];
    return {title: name, description: 'prior and posterior density', marks, x: {name, domain: extent(x)},
            y: {name: 'density', domain: [0, 1.08 * Math.max(...posterior)]}};
  });
  facets(host, panels, width, {least: 200, aspect: 0.55, name: 'priors', labels: {y: 'density'}});
};

/** One panel a pair; draws that ended a divergent transition are crosses. */
plots.pairs = (host, data, width) => {
  const panels = data.draws.pairs.map(({names: [a, b], correlation, x, y, divergent}) => {
    const marks = [{kind: 'points', x, y, size: 1.5, colour: colours[0], label: 'draw', legend: 'draw'}];
    if (divergent.x.length) marks.push({kind: 'points', ...divergent, size: 4, shape: 'cross', colour: colours[1],
                                        label: 'divergent', legend: 'after a divergence'});
    return {title: `rank correlation ${formatNumber(correlation, 2)}`, description: `draws of ${b} against ${a}`, inspect: 'point', marks,
            x: {name: a, label: a, domain: domainOf(marks, 'x')}, y: {name: b, label: b, domain: domainOf(marks, 'y')}};
  });
  facets(host, panels, width, {least: 230, aspect: 0.85, most: 380, name: 'pairs'});
};

/** One panel a quantity: counts of the truth's rank, and the range that even ranks would keep to. */
plots.calibration = (host, data, width) => {
  const {fitted, quantities} = data.calibration;
  const panels = quantities.map(({name, counts, p}) => {
    const bins = counts.length, even = fitted / bins, reach = 2.576 * Math.sqrt(even * (1 - 1 / bins));
    const x = counts.flatMap((_, b) => [b / bins * 100, (b + 1) / bins * 100]), y = counts.flatMap((n) => [n, n]);
    const marks = [{kind: 'band', x: [0, 100], low: [even - reach, even - reach].map((v) => Math.max(0, v)), high: [even + reach, even + reach],
                    colour: colours[5], legend: '99% of even ranks'},
                   {kind: 'line', x, y, colour: colours[0], label: 'count', legend: 'refits'}];
    return {title: `${name}, p ${formatNumber(p, 2)}`, description: 'ranks of the true value', marks, x: {domain: [0, 100], name: 'rank', unit: '%'},
            y: {name: 'refits', domain: [0, domainOf(marks, 'y', {zero: true})[1]]}};
  });
  facets(host, panels, width, {least: 200, aspect: 0.5, name: 'calibration', labels: {x: 'rank of the true value (%)', y: 'refits'}});
};
