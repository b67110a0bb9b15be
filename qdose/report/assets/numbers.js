// Numbers as people read them, and where axes put their ticks.

/** "0.0123", "3.14", "1200": `digits` significant digits, no exponent from 0.001 to a million. */
function formatNumber(value, digits = 3) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return value.toExponential(digits - 1).replace('e+', 'e').replace(/\.?0+e/, 'e');
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return String(Number(value.toFixed(decimals)));
}

const formatPercent = (share) => (Number.isFinite(share) ? `${formatNumber(100 * share, 3)}%` : '–');

const finite = (values) => values.filter((v) => v !== null && Number.isFinite(v));

/** Smallest and largest finite value of any number of arrays; [0, 1] when there is none. */
function extent(...arrays) {
  let low = Infinity, high = -Infinity;
  for (const array of arrays)
    for (const v of array)
      if (v !== null && Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
  return low <= high ? [low, high] : [0, 1];
}

/** The extent with a margin of `share` of its width on both sides; never empty. */
function padded([low, high], share = 0.05) {
  const margin = high > low ? share * (high - low) : Math.abs(high) * 0.1 || 1;
  return [low - margin, high + margin];
}

/** About `count` round numbers within [low, high]; at least two, however short the axis. */
function roundTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count), power = 10 ** Math.floor(Math.log10(raw));
  const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * 0.999);
  if (count < 6 && Math.floor(high / step) - Math.ceil(low / step) < 1) return roundTicks(low, high, count + 1);
  const ticks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; ++i) ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/** Hours fall on half days, days and weeks once the axis is long enough. */
function timeTicks(low, high, count) {
  const steps = [6, 12, 24, 48, 72, 168, 336, 504, 672, 1344, 2688], raw = (high - low) / Math.max(1, count);
  const step = steps.find((s) => s >= raw);
  if (raw < 3 || !step) return roundTicks(low, high, count);
  const ticks = [];
  for (let t = Math.ceil(low / step) * step; t <= high; t += step) ticks.push(t);
  return ticks;
}

/** Powers of ten, with 2 and 5 between them when there is room. */
function logTicks(low, high, count) {
  const all = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.ceil(Math.log10(high)); ++e)
    for (const m of [1, 2, 5]) all.push(Number((m * 10 ** e).toPrecision(6)));
  const inside = all.filter((t) => t >= low * 0.999 && t <= high * 1.001);
  if (inside.length <= count + 1) return inside;
  const powers = inside.filter((t) => Math.abs(Math.log10(t) - Math.round(Math.log10(t))) < 1e-9);
  const stride = Math.ceil(powers.length / Math.max(1, count));
  return powers.length >= 2 ? powers.filter((_, i) => i % stride === 0) : inside;
}
