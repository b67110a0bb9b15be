// What the dose explorer shows: the answer in words, the attainment curve, and the people behind it.

function whoWords(population, choice) {
  const parts = [], scenario = population.scenarios.find((s) => s.own !== undefined && s.own === population.ownOf(choice));
  if (scenario) {
    const whole = choice.low <= population.spread_low && choice.high >= population.spread_high;
    return `people of ${scenario.name}: ${scenario.description}${whole ? '' : `, ${population.spread_covariate} from ${formatNumber(choice.low)} to ${formatNumber(choice.high)}`}`;
  }
  if (population.spread_covariate) {
    const whole = choice.low <= population.spread_low && choice.high >= population.spread_high;
    const name = population.spread_covariate, range = `${formatNumber(choice.low)} to ${formatNumber(choice.high)}`;
    if (choice.who === 'spread') parts.push(`${name} spread evenly from ${range}`);
    else parts.push(whole ? `${name} as in the trial` : `${name} as in the trial, from ${range}`);
  }
  if (population.level_covariate)
    parts.push(choice.level < 0 ? `${population.level_covariate} as in the trial` : `${population.level_covariate} ${formatNumber(population.levels[choice.level])} for all`);
  return parts.join(', ') || 'people as in the trial';
}

function answerWords(population, data, choice, found) {
  const {words, largest_mg: largest} = population.regimens[choice.regimen], goal = `${population.direction} ${formatNumber(population.thresholds[choice.threshold])}`;
  if (!found.curve.people) return [html('p', {class: 'flag'}, 'Nobody fits this choice.')];
  const band = (share) => `${formatPercent(share.mean)} (90% band ${formatPercent(share.low)} to ${formatPercent(share.high)})`;
  const dose = found.answer === null
    ? `No dose up to ${formatNumber(largest)} ${doseUnit} ${words} keeps ${formatPercent(choice.target)} ${goal}.`
    : `${formatNumber(found.answer, 4)} ${doseUnit} ${words} is the smallest dose that keeps ${formatPercent(choice.target)} ${goal}.`;
  const lines = [html('p', {}, html('strong', {}, dose)),
                 html('p', {}, `${formatNumber(choice.dose, 4)} ${doseUnit} ${words} keeps ${band(found.here)}.`),
                 html('p', {class: 'small'}, `${whoWords(population, choice)}; ${found.curve.people} virtual subjects.`)];
  if (found.search)
    lines.push(html('p', {class: 'small'}, `The full search, with more subjects, says ${found.search.dose === null ? 'that no dose suffices' : `${formatNumber(found.search.dose, 4)} ${doseUnit}`}.`));
  return lines;
}

const inPercent = (values) => values.map((v) => (Number.isFinite(v) ? 100 * v : null));

function explorerCurve(population, data, choice, found, end) {
  const shown = found.curve.x.map((_, i) => i).filter((i) => found.curve.x[i] <= end * 1.0001);
  const pick = (key) => inPercent(shown.map((i) => found.curve[key][i])), x = shown.map((i) => found.curve.x[i]);
  const marks = [
    {kind: 'rule', axis: 'y', at: 100 * choice.target, legend: 'share to keep'},
    {kind: 'band', x, low: pick('low'), high: pick('high'), colour: looks.posterior.colour, label: '90% band', legend: '90% band'},
    {kind: 'line', x, y: pick('mean'), colour: looks.posterior.colour, width: 2.4, label: 'share', legend: 'share of the chosen people'}];
  if (found.search)
    marks.push({kind: 'line', x: found.search.curve.x, y: inPercent(found.search.curve.y), colour: 'var(--ink)', dash: '2 4', width: 1.4,
                label: 'full search', legend: 'full search'});
  if (Number.isFinite(found.here.mean))
    marks.push({kind: 'drops', x: [choice.dose], y: [100 * found.here.mean], colour: colours[1], shape: 'diamond', ids: ['chosen dose'], legend: 'chosen dose'});
  return {title: 'Share kept', description: `share of the people kept ${population.direction} the threshold, by dose; drag to choose a dose`, marks,
          x: {label: `dose ${population.regimens[choice.regimen].words} (${doseUnit})`, name: 'dose', unit: doseUnit, domain: [0, end]},
          y: {domain: [0, 103], ticks: [0, 25, 50, 75, 100], name: 'share', format: (v) => `${formatNumber(v)}%`}};
}

/** At most `most` of the people, evenly over all replicates. */
function peopleShown(list, most) {
  return list.length <= most ? list : Array.from({length: most}, (_, k) => list[Math.floor((k + 0.5) * list.length / most)]);
}

function explorerPeople(population, choice, end) {
  const {largest_mg: largest} = population.regimens[choice.regimen], values = population.value[choice.who];
  const bottom = end / 200, top = end * 1.6, groups = new Map();
  peopleShown(population.chosen(choice), 500).forEach((i, place) => {
    const {atZero, change} = population.needed(choice, i), level = population.levelOf(choice, i);
    const met = atZero !== (choice.dose >= change), key = `${met}|${level}`;
    if (!groups.has(key)) groups.set(key, {met, level, x: [], y: [], ids: []});
    const group = groups.get(key), x = population.spread_covariate ? values[i] : place;
    group.x.push(x);
    group.y.push(Math.min(top, Math.max(bottom, atZero ? bottom : change)));
    group.ids.push(atZero ? 'needs no drug (drawn at the lower edge)' : change === Infinity ? `not kept up to ${formatNumber(largest)} ${doseUnit} (drawn at the upper edge)` : `needs ${formatNumber(change)} ${doseUnit}`);
  });
  const named = (g) => (population.level_covariate ? `, ${population.level_covariate} ${formatNumber(population.levels[g.level])}` : '');
  const marks = [{kind: 'rule', axis: 'y', at: Math.max(choice.dose, bottom), legend: 'chosen dose'},
                 ...[...groups.values()].sort((a, b) => b.met - a.met || a.level - b.level).map((g) => ({
                   kind: 'points', x: g.x, y: g.y, ids: g.ids, size: 2.4, shape: shapes[g.level % 5], open: !g.met,
                   colour: g.met ? colours[0] : colours[1], legend: `${g.met ? 'kept' : 'not kept'}${named(g)}`}))];
  const domain = population.spread_covariate ? padded(extent(...marks.map((m) => m.x || [])), 0.03) : [0, 500];
  return {title: 'The people, one symbol each', description: 'needed dose of up to 500 virtual subjects', inspect: 'point', marks,
          x: {label: population.spread_covariate || 'virtual subject', name: population.spread_covariate || 'subject', domain},
          y: {label: `needed dose (${doseUnit})`, name: 'needed dose', scale: 'log', domain: [bottom * 0.9, top * 1.1]}};
}

function drawExplorer(drawing, population, data, choice, found, width, setDose) {
  if (!found.curve.people) { drawing.replaceChildren(); return; }
  const end = lastShownDose(population, data, choice.regimen);
  const made = html('div', {});
  facets(made, [explorerCurve(population, data, choice, found, end), explorerPeople(population, choice, end)], width,
         {least: 340, aspect: 0.62, most: 640, name: 'explorer'});
  drawing.replaceChildren(made);
  draggable(made.querySelector('svg[role=img]'), population.regimens[choice.regimen].grid_mg, end, setDose);
}

/** Pressing and dragging on the curve chooses the dose below the pointer, on the grid. */
function draggable(node, grid, end, setDose) {
  const area = node.querySelector('clipPath rect'), left = Number(area.getAttribute('x')) + 1, wide = Number(area.getAttribute('width')) - 2;
  let box = null;  // as it was when the drag began: every step draws a new plot
  const doseAt = (event) => {
    const x = (event.clientX - box.left) * node.viewBox.baseVal.width / box.width;
    return Number((Math.round(Math.min(1, Math.max(0, (x - left) / wide)) * end / grid) * grid).toPrecision(12));
  };
  node.classList.add('draggable');
  node.addEventListener('pointerdown', (event) => {
    event.preventDefault();
    box = node.getBoundingClientRect();
    const move = (moved) => setDose(doseAt(moved));
    const stop = () => { removeEventListener('pointermove', move); removeEventListener('pointerup', stop); };
    addEventListener('pointermove', move);
    addEventListener('pointerup', stop);
    setDose(doseAt(event));
  });
}
