// The dose explorer: any population, threshold, target and dose, counted at once from the virtual subjects of the page.

plots.explorer = (host, data, width, state) => {
  const population = state.population ??= new VirtualPopulation(data.explorer);
  state.choice ??= startingChoice(population, data);
  const drawing = html('div', {}), answer = html('output', {class: 'explorer-answer', 'aria-live': 'polite'});
  const controls = explorerControls(population, data, state, () => show());
  host.append(html('div', {class: 'controls', role: 'group', 'aria-label': 'Choices of the dose explorer'}, ...controls.map((c) => c.node)),
              answer, drawing);
  const setDose = (dose) => { state.choice.dose = dose; show(); };
  const show = () => {
    for (const control of controls) control.refresh();
    const found = explored(population, data, state.choice);
    answer.replaceChildren(...answerWords(population, data, state.choice, found));
    drawExplorer(drawing, population, data, state.choice, found, width, setDose);
    host.parentNode.dataset.answer = JSON.stringify({dose: found.answer, at: state.choice.dose, ...found.here, people: found.curve.people});
  };
  show();
};

/** The first scenario, once daily, the search's threshold, at the dose that was found for it. */
function startingChoice(population, data) {
  const choice = {regimen: 0, threshold: Math.max(0, population.thresholds.findIndex((t) => Math.abs(t / data.threshold - 1) < 1e-3)), dose: 0};
  applyScenario(population, choice, 0);
  choice.dose = explored(population, data, choice).answer ?? population.regimens[0].largest_mg / 10;
  return choice;
}

function applyScenario(population, choice, index) {
  const scenario = population.scenarios[index] || {target: 0.9, spread: false, level: null};
  Object.assign(choice, {scenario: population.scenarios.length ? index : -1, target: scenario.target,
                         who: scenario.own !== undefined ? `own${scenario.own}` : scenario.spread ? 'spread' : 'trial',
                         low: scenario.spread ? scenario.low : population.spread_low,
                         high: scenario.spread ? scenario.high : population.spread_high, level: scenario.level ?? -1});
  const own = population.thresholds.indexOf(scenario.threshold);
  if (own >= 0) choice.threshold = own;
}

/** All controls; each has its node and refresh(), which shows the state. */
function explorerControls(population, data, state, changed) {
  const {choice} = state, list = [];
  const add = (field, value) => list.push({node: field.node, refresh: () => field.show(value())});
  const own = (key) => (value) => { choice[key] = value; choice.scenario = -1; changed(); };
  const ofTrial = () => { if (population.ownOf(choice) >= 0) choice.who = 'trial'; };  // other people than a scenario's own
  const scenarios = population.scenarios.map((s) => `${s.name}: ${s.description}, ${formatPercent(s.target)}`);
  add(listField('Scenario', [...scenarios, 'your own choice'], (i) => {
    if (i < scenarios.length) applyScenario(population, choice, i); else choice.scenario = -1;
    changed();
  }), () => (choice.scenario < 0 ? scenarios.length : choice.scenario));
  add(radioField('Regimen', population.regimens.map((r) => r.words), (i) => {
    choice.regimen = i;
    choice.dose = explored(population, data, choice).answer ?? choice.dose;
    list.find((c) => c.isDose).rebuild();
    changed();
  }), () => choice.regimen);
  add(radioField(`Biomarker ${population.direction}`, population.thresholds.map((t) => formatNumber(t)),
                 (i) => { choice.threshold = i; changed(); }), () => choice.threshold);
  add(sliderField('Share of the people to keep there', {min: 50, max: 99, step: 1, unit: '%'}, (v) => own('target')(v / 100)),
      () => Math.round(100 * choice.target));
  if (population.spread_covariate) addRangeControls(population, choice, own, changed, add);
  if (population.level_covariate)
    add(radioField(population.level_covariate, ['as in the trial', ...population.levels.map((l) => `all ${formatNumber(l)}`)],
                   (i) => { ofTrial(); own('level')(i - 1); }), () => (population.ownOf(choice) >= 0 ? -1 : choice.level + 1));
  list.push(doseControl(population, data, choice, changed));
  return list;
}

function addRangeControls(population, choice, own, changed, add) {
  const name = population.spread_covariate, span = {min: Math.floor(population.spread_low), max: Math.ceil(population.spread_high), step: 1};
  add(radioField(`${name} of the people`, ['as in the trial', 'every value equally often'], (i) => own('who')(i ? 'spread' : 'trial')),
      () => ['trial', 'spread'].indexOf(choice.who));
  const bound = (key, other, pick) => (value) => {
    choice[key] = value;
    choice[other] = pick(choice[other], value);
    choice.scenario = -1;
    changed();
  };
  add(sliderField(`${name} from`, span, bound('low', 'high', Math.max)), () => choice.low);
  add(sliderField(`${name} to`, span, bound('high', 'low', Math.min)), () => choice.high);
}

/** The dose slider is made again when the regimen changes its range. */
function doseControl(population, data, choice, changed) {
  const control = {isDose: true, node: html('div', {class: 'dose-control'})};
  let field;
  control.rebuild = () => {
    const {grid_mg: step, words} = population.regimens[choice.regimen];
    field = sliderField(`Dose ${words}`, {min: 0, max: lastShownDose(population, data, choice.regimen), step, unit: doseUnit},
                        (dose) => { choice.dose = dose; changed(); });
    control.node.replaceChildren(field.node);
  };
  control.rebuild();
  control.refresh = () => field.show(choice.dose);
  return control;
}

/** Where the plots end: well above all answers of the regimen, so that the axis stands still while one explores. */
function lastShownDose(population, data, regimen) {
  const {name, largest_mg: largest, grid_mg: grid} = population.regimens[regimen];
  const answers = (data.answers || []).filter((a) => a.regimenName === name && a.source === 'posterior');
  if (!answers.length || answers.some((a) => a.dose === null)) return largest;
  const end = 2 * Math.max(...answers.map((a) => Math.max(a.dose, a.crossing[2] || 0)));
  return Math.min(largest, Math.max(4 * grid, Math.ceil(end / grid) * grid));
}

/** What the choice leads to: the curve on the dose grid, the smallest dose that suffices (null: none), the share here. */
function explored(population, data, choice) {
  const doses = population.grid(choice.regimen), curve = population.attainment(choice, doses);
  const met = curve.mean.findIndex((share) => share >= choice.target);
  const here = population.attainment(choice, [choice.dose], curve.spread);
  return {curve, answer: met < 0 ? null : doses[met], here: {mean: here.mean[0], low: here.low[0], high: here.high[0]},
          search: searchAnswer(population, data, choice)};
}

/** The answer of the full search when the choice is one of its questions. */
function searchAnswer(population, data, choice) {
  const scenario = population.scenarios[choice.scenario], regimen = population.regimens[choice.regimen].name;
  if (!scenario || Math.abs(population.thresholds[choice.threshold] / (scenario.threshold || data.threshold) - 1) > 1e-3) return null;
  return (data.answers || []).find((a) => a.scenario === scenario.name && a.regimenName === regimen && a.source === 'posterior') || null;
}
