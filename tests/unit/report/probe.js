// Runs in a finished report under test: uses every control, points at every plot, measures every text, and leaves what it
// found as attributes of the root element.

function overlap(a, b) {
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 2.5;
}

/** Texts that run into each other or out of their plot, as "plot: text". */
function badTexts() {
  const bad = [];
  for (const plot of document.querySelectorAll('svg[role=img]')) {
    const frame = plot.getBoundingClientRect();
    if (!frame.width) continue;  // in a tab that is not shown
    const name = plot.closest('figure').dataset.plot;
    const boxes = [...plot.querySelectorAll('text')].map((text) => [text.textContent, text.getBoundingClientRect()]);
    boxes.forEach(([text, box], i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1 || box.top < frame.top - 1)
        bad.push(`${name}: ${text} leaves its plot`);
      for (const [other, place] of boxes.slice(i + 1)) if (overlap(box, place)) bad.push(`${name}: ${text} on ${other}`);
    });
  }
  return bad;
}

/** What the tooltip says when one points at the middle of every shown plot, and when one walks through it by keyboard. */
function readings() {
  const silent = [];
  for (const plot of document.querySelectorAll('svg[role=img]')) {
    const box = plot.getBoundingClientRect(), name = plot.closest('figure').dataset.plot, tip = document.querySelector('.tip');
    if (!box.width) continue;
    plot.dispatchEvent(new PointerEvent('pointermove', {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2}));
    plot.dispatchEvent(new PointerEvent('pointerleave'));
    plot.focus();
    plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
    if (tip.hidden || tip.textContent.length < 3) silent.push(name);
    plot.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'}));
  }
  return silent;
}

location.hash = '#export';  // the page then adds its files when it starts

/** Exported figures that are higher than their panels: gaps between them. */
function looseFigures() {
  const files = JSON.parse(decodeURIComponent(escape(atob(document.getElementById('exported').textContent))));
  return Object.keys(files).filter((name) => name.endsWith('.svg')).filter((name) => {
    const figure = new DOMParser().parseFromString(files[name], 'image/svg+xml').documentElement, of = (n, a) => Number(n.getAttribute(a));
    const ends = [...figure.children].filter((n) => n.tagName === 'svg').map((n) => of(n, 'y') + of(n, 'height'));
    return of(figure, 'height') - Math.max(...ends) > 40;  // one gap and the shared axis title
  }).join(' ');
}

addEventListener('load', () => {
  const {dataset} = document.documentElement;
  dataset.badTexts = badTexts().slice(0, 20).join('\n');
  dataset.cutTexts = [...document.querySelectorAll('svg[role=img] text')].map((t) => t.textContent).filter((t) => t.endsWith('…')).join('\n');
  dataset.loose = looseFigures();
  dataset.silent = [...new Set(readings())].join(' ');
  const tabs = () => [...document.querySelectorAll('[role=tab]')];
  for (let i = 0; i < tabs().length; ++i) tabs()[i].click();
  tabs()[0]?.dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
  dataset.badTextsTabs = badTexts().slice(0, 20).join('\n');
  const boxes = () => [...document.querySelectorAll('input[type=checkbox]')];
  for (let i = 0; i < boxes().length; ++i) boxes()[i].click();
  dataset.checked = `${boxes().filter((box) => box.checked).length} of ${boxes().length}`;
  dataset.badTextsLog = badTexts().slice(0, 20).join('\n');
  for (const details of document.querySelectorAll('details')) details.open = true;
  for (const term of document.querySelectorAll('a.term')) term.dispatchEvent(new PointerEvent('pointerenter'));
  document.getElementById('theme').click();
  dataset.wide = document.documentElement.scrollWidth > innerWidth + 1;
  setTimeout(() => {  // "toggle" events of details arrive later
    dataset.emptyTables = [...document.querySelectorAll('details.values')].filter((d) => d.querySelectorAll('tbody tr').length < 1)
        .map((d) => d.closest('figure').dataset.plot).join(' ');
    dataset.probed = 'true';
  }, 300);
});
