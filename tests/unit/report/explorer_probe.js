// Runs in a finished report under test: uses the dose explorer as a reader does (list, click, type, slide, drag, keys) and leaves
// what it answered after each step as an attribute of the root element.

addEventListener('load', () => {
  const figure = document.querySelector('figure[data-plot=explorer]'), steps = [];
  const labelled = (text) => [...figure.querySelectorAll('label')].find((l) => l.textContent.trim() === text);
  const inputOf = (text) => labelled(text).querySelector('input') || document.getElementById(labelled(text).htmlFor);
  const fieldBeside = (text) => inputOf(text).parentNode.querySelector('input[type=number]');
  const say = (node, value) => { node.value = value; node.dispatchEvent(new Event('input', {bubbles: true})); };
  const record = (step) => steps.push({step, ...JSON.parse(figure.dataset.answer), words: figure.querySelector('output').textContent});
  const list = figure.querySelector('select');
  const choose = (i) => { list.value = i; list.dispatchEvent(new Event('change', {bubbles: true})); };

  record('start');
  choose(1);
  record('scenario B');
  choose(2);
  record('scenario C');
  choose(4);
  record('own people');
  inputOf('all 1').click();
  record('own people, then all 1');
  inputOf('3.3').click();
  inputOf('as in the trial').click();
  choose(0);
  inputOf('once weekly').click();
  record('click weekly');
  inputOf('once daily').click();
  say(fieldBeside('Dose once daily'), 7.5);
  record('type dose');
  say(inputOf('Share of the people to keep there'), 60);
  record('slide share');
  inputOf('4.1').click();
  record('click threshold');
  say(fieldBeside('BW from'), 80);
  record('type weight');
  inputOf('every value equally often').click();
  inputOf('all 1').click();
  record('spread, all 1');

  const curve = figure.querySelector('svg[role=img]'), box = curve.getBoundingClientRect();
  const at = (share) => ({clientX: box.left + share * box.width, clientY: box.top + box.height / 2, bubbles: true, cancelable: true});
  curve.dispatchEvent(new PointerEvent('pointerdown', at(0.4)));
  record('press');
  dispatchEvent(new PointerEvent('pointermove', at(0.7)));
  record('drag');
  dispatchEvent(new PointerEvent('pointerup', at(0.7)));
  dispatchEvent(new PointerEvent('pointermove', at(0.3)));
  record('after the drag');

  const start = performance.now();
  for (let i = 0; i < 20; ++i) say(inputOf('Dose once daily'), 2 + 0.5 * i);
  const {dataset} = document.documentElement;
  dataset.milliseconds = ((performance.now() - start) / 20).toFixed(1);
  dataset.unnamed = [...figure.querySelectorAll('input, select')].filter((i) =>
    !i.getAttribute('aria-label') && !i.closest('label') && !figure.querySelector(`label[for="${i.id}"]`)).length;
  dataset.steps = JSON.stringify(steps);
});
