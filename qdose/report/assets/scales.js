// Scales: from values to pixels and back. An axis is {label, scale, domain, ticks, format, names}.

/**
 * scale: 'linear' (default), 'log', 'time' (linear, in hours) or 'category' (names; value i is names[i]).
 * Returns {map, invert, ticks(count), format} for pixels [from, to].
 */
function makeScale(axis, from, to) {
  const kind = axis.scale || 'linear';
  if (kind === 'category') return categoryScale(axis, from, to);
  const forward = kind === 'log' ? Math.log10 : (v) => v, back = kind === 'log' ? (v) => 10 ** v : (v) => v;
  const low = forward(axis.domain[0]), high = forward(axis.domain[1]);
  const pick = kind === 'log' ? logTicks : kind === 'time' ? timeTicks : roundTicks;
  return {
    kind,
    map: (v) => from + ((forward(v) - low) / (high - low)) * (to - from),
    invert: (p) => back(low + ((p - from) / (to - from)) * (high - low)),
    ticks: (count) => axis.ticks || pick(axis.domain[0], axis.domain[1], count),
    format: axis.format || ((v) => formatNumber(v, 3)),
    shows: (v) => v !== null && Number.isFinite(v) && (kind !== 'log' || v > 0),
  };
}

function categoryScale(axis, from, to) {
  const step = (to - from) / axis.names.length;
  return {
    kind: 'category',
    step: Math.abs(step),
    map: (i) => from + (i + 0.5) * step,
    invert: (p) => (p - from) / step - 0.5,
    ticks: (count) => {
      const stride = axis.everyName ? 1 : Math.max(1, Math.ceil(axis.names.length / count));
      return axis.names.map((_, i) => i).filter((i) => i % stride === 0);
    },
    format: (i) => axis.names[Math.round(i)] ?? '',
    shows: (v) => v !== null && Number.isFinite(v),
  };
}
