// Draws every plot of the page, again when its width changes, and tells tests what was drawn.

const paperWidth = 1000;  // plots are drawn as wide and shrink with the paper: several panels a line
const states = new Map();  // choices of a plot's controls, by plot

function contentWidth() {
  const main = document.querySelector('main'), style = getComputedStyle(main);
  return Math.max(240, main.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight));
}

function drawPlot(figure, data, width) {
  const name = figure.dataset.plot, host = figure.querySelector('.drawing');
  if (!states.has(name)) states.set(name, {});
  const redraw = () => {
    host.replaceChildren();
    plots[name](host, data, width, states.get(name), redraw);
    figure.dataset.charts = host.querySelectorAll('svg[role=img]').length;
  };
  try {
    redraw();
  } catch (fault) {
    host.replaceChildren(html('p', {class: 'flag'}, 'This plot could not be drawn.'));
    recordFault(`${name}: ${fault.message}`);
  }
}

function start() {
  const data = JSON.parse(document.getElementById('data').textContent);
  doseUnit = data.units.dose || doseUnit;
  makeTip();
  makeThemeButton();
  explainTerms();
  let drawn = 0;
  const drawAll = (given) => {
    const width = given || contentWidth();
    if (Math.abs(width - drawn) < 2) return;
    drawn = width;
    for (const figure of document.querySelectorAll('figure[data-plot]')) {
      drawPlot(figure, data, width);
      document.body.dataset.firstPlot ??= performance.now().toFixed(0);  // milliseconds since the page was asked for
    }
    document.body.dataset.allPlots ??= performance.now().toFixed(0);
  };
  drawAll();
  addEventListener('beforeprint', () => { unfold(); drawAll(paperWidth); });
  addEventListener('afterprint', () => { foldAgain(); drawAll(); });
  const redrawOnScreen = () => { if (!matchMedia('print').matches) drawAll(); };
  let pending = 0;
  new ResizeObserver(() => { clearTimeout(pending); pending = setTimeout(redrawOnScreen, 100); }).observe(document.querySelector('main'));
  exportWhenAsked();
  document.body.dataset.ready = 'true';
}

addEventListener('DOMContentLoaded', start);
