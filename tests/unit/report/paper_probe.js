// Runs in a finished report whose rules for paper hold everywhere: prints it as far as a script can, and leaves what it found
// as attributes of the root element.

/** Axis titles that lie over a legend or a panel of their figure, by plot. */
function clashes() {
  const found = new Set();
  for (const title of document.querySelectorAll('.shared-y')) {
    const figure = title.closest('figure'), box = title.getBoundingClientRect();
    for (const other of figure.querySelectorAll('.legend, svg[role=img]')) {
      const place = other.getBoundingClientRect();
      if (Math.min(box.right, place.right) - Math.max(box.left, place.left) > 1 &&
          Math.min(box.bottom, place.bottom) - Math.max(box.top, place.top) > 1) found.add(figure.dataset.plot);
    }
  }
  return [...found].join(' ');
}

addEventListener('load', () => {
  const {dataset} = document.documentElement;
  const folded = () => document.querySelectorAll('details:not([open]):not(.values)').length;
  const before = folded();
  dispatchEvent(new Event('beforeprint'));
  dataset.foldedOnPaper = folded();
  dataset.clashes = clashes();
  const cut = [...document.querySelectorAll('main table, main pre, main svg')].filter((n) => n.scrollWidth > n.clientWidth + 1 && n.tagName === 'PRE' ||
      n.getBoundingClientRect().right > innerWidth + 1);
  dataset.cutOff = cut.map((n) => n.caption?.textContent ?? n.closest('figure')?.dataset.plot ?? n.textContent.slice(0, 40)).join('\n');
  dispatchEvent(new Event('afterprint'));
  dataset.foldedAgain = before > 0 && folded() === before;
  dataset.probed = 'true';
});
