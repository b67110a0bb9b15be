// The virtual subjects in the page: which of them a reader asks for, and how many of these a dose keeps on the right side.
// The layout of the table is that of qdose/results/virtual_subjects.hpp.

function bytesOf(text) {
  const raw = atob(text), bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; ++i) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** Little-endian 16-bit numbers. */
function wordsOf(text) {
  const bytes = bytesOf(text), words = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < words.length; ++i) words[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
  return words;
}

const noChange = 32767;
const finestDose = 4096;

/** A packed dose: attained without drug or not, and the dose (mg) at which that changes; Infinity when it never does. */
function neededDose(code, largest) {
  const change = code & noChange;
  return {atZero: code > noChange,
          change: change === noChange ? Infinity : largest / finestDose * Math.expm1(change * Math.log1p(finestDose) / (noChange - 1))};
}

/** Position of the first of the ascending `doses` that is at least `dose`. */
function firstFrom(doses, dose) {
  let low = 0, high = doses.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (doses[middle] >= dose) high = middle; else low = middle + 1;
  }
  return low;
}

const logit = (p) => Math.log(p / (1 - p)), expit = (x) => 1 / (1 + Math.exp(-x));

/**
 * What the shares of the replicates (`met` of `count` subjects) vary by beyond the chance of drawing few subjects: the variance
 * between replicates by one-way analysis of variance.
 */
function varianceBetween(met, count, mean) {
  let all = 0, squares = 0, used = 0, between = 0, within = 0;
  for (let r = 0; r < count.length; ++r) {
    if (!count[r]) continue;
    const p = met[r] / count[r];
    all += count[r];
    squares += count[r] ** 2;
    ++used;
    between += count[r] * (p - mean) ** 2;
    within += count[r] * p * (1 - p);
  }
  if (used < 2 || all <= used) return 0;
  return (between / (used - 1) - within / (all - used)) / ((all - squares / all) / (used - 1));
}

/** The 90% band of a share whose uncertainty has the standard deviation `spread` on the logit scale. */
function shareBand(mean, spread) {
  if (!(mean > 0 && mean < 1)) return {mean, low: mean, high: mean};
  return {mean, low: expit(logit(mean) - 1.645 * spread), high: expit(logit(mean) + 1.645 * spread)};
}

class VirtualPopulation {
  constructor(table) {
    Object.assign(this, table);
    this.people = table.replicates * table.persons;
    this.levelCount = Math.max(1, table.levels.length);
    this.codes = wordsOf(table.doses);
    const scaled = (text) => Array.from(wordsOf(text), (w) => table.spread_low + (table.spread_high - table.spread_low) * w / 65535);
    this.value = {trial: scaled(table.natural), spread: scaled(table.spread)};
    this.naturalLevel = bytesOf(table.natural_level);
    this.variants = (table.spread_covariate ? 2 : 1) * this.levelCount;
    if (!table.own) return;
    const values = scaled(table.own_values), levels = bytesOf(table.own_level);
    this.ownLevel = [];
    for (let k = 0; k < table.own; ++k) {
      this.value[`own${k}`] = values.slice(k * this.people, (k + 1) * this.people);
      this.ownLevel.push(levels.slice(k * this.people, (k + 1) * this.people));
    }
  }

  /** The population of a scenario's own that a choice is about, or -1. */
  ownOf(choice) { return choice.who.startsWith('own') ? Number(choice.who.slice(3)) : -1; }

  /** Positions of the people of a choice {regimen, threshold, who: 'trial'|'spread'|'own0'..., low, high, level (-1: as in the trial)}. */
  chosen(choice) {
    const values = this.value[choice.who], list = [];
    const margin = 1e-4 * (this.spread_high - this.spread_low);  // values are stored in 16 bits
    for (let i = 0; i < this.people; ++i)
      if (!this.spread_covariate || (values[i] >= choice.low - margin && values[i] <= choice.high + margin)) list.push(i);
    return list;
  }

  levelOf(choice, i) {
    const own = this.ownOf(choice);
    if (own >= 0) return this.ownLevel[own][i];
    return choice.level < 0 ? this.naturalLevel[i] : choice.level;
  }

  needed(choice, i) {
    const own = this.ownOf(choice);
    const variant = own >= 0 ? this.variants + own : (choice.who === 'spread' ? 1 : 0) * this.levelCount + this.levelOf(choice, i);
    const place = (variant * this.regimens.length + choice.regimen) * this.thresholds.length + choice.threshold;
    return neededDose(this.codes[place * this.people + i], this.regimens[choice.regimen].largest_mg);
  }

  /**
   * Shares of the chosen people who attain the endpoint at each of the ascending `doses`, with bands. The uncertainty of the
   * parameters is one number a curve, their spread on the logit scale: with few people a replicate, estimates at single
   * doses are too noisy. `spread` gives it instead of estimating it.
   */
  attainment(choice, doses, spread) {
    const rows = doses.length + 1, steps = new Int32Array(this.replicates * rows), count = new Int32Array(this.replicates);
    const people = this.chosen(choice);
    for (const i of people) {
      const r = Math.floor(i / this.persons), {atZero, change} = this.needed(choice, i), from = firstFrom(doses, change);
      ++count[r];
      if (atZero) ++steps[r * rows];
      steps[r * rows + from] += atZero ? -1 : 1;
    }
    const means = [], met = new Int32Array(this.replicates);
    let variance = 0, weight = 0;
    for (let d = 0; d < doses.length; ++d) {
      for (let r = 0; r < this.replicates; ++r) met[r] += steps[r * rows + d];
      const mean = met.reduce((a, b) => a + b, 0) / people.length, slope = mean * (1 - mean);
      means.push(mean);
      if (spread !== undefined || !(mean > 0.02 && mean < 0.98)) continue;
      variance += varianceBetween(met, count, mean) / slope;
      weight += slope;
    }
    const found = spread ?? (weight > 0 ? Math.sqrt(Math.max(0, variance / weight)) : 0);
    const shares = means.map((mean) => shareBand(mean, found)), column = (key) => shares.map((share) => share[key]);
    return {x: doses, mean: means, low: column('low'), high: column('high'), people: people.length, spread: found};
  }

  /** All doses of a regimen's grid, up to 2000 of them. */
  grid(regimen) {
    const {grid_mg: grid, largest_mg: largest} = this.regimens[regimen], steps = Math.round(largest / grid);
    const stride = Math.ceil(steps / 2000);
    return Array.from({length: Math.floor(steps / stride) + 1}, (_, k) => Number((k * stride * grid).toPrecision(12)));
  }
}
