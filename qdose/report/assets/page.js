// The page around the plots: colours, and explanations of terms.

/** The button goes round automatic, light, dark; nothing is stored. */
function makeThemeButton() {
  const names = ['automatic', 'light', 'dark'], button = document.getElementById('theme');
  let at = 0;
  button.hidden = false;
  button.addEventListener('click', () => {
    at = (at + 1) % names.length;
    document.documentElement.dataset.theme = names[at];
    button.textContent = `Colours: ${names[at]}`;
  });
}

function explainTerms() {
  for (const link of document.querySelectorAll('a.term')) {
    const text = document.querySelector(link.getAttribute('href'))?.textContent;
    if (!text) continue;
    const show = () => { const box = link.getBoundingClientRect(); showTip([link.textContent, text], box.left, box.bottom - 6); };
    link.addEventListener('pointerenter', show);
    link.addEventListener('focus', show);
    link.addEventListener('pointerleave', hideTip);
    link.addEventListener('blur', hideTip);
  }
}

const unfolded = [];  // what paper shows open and the reader had closed

function unfold() {
  for (const details of document.querySelectorAll('details:not([open]):not(.values)')) {
    details.open = true;
    unfolded.push(details);
  }
}

function foldAgain() {
  for (const details of unfolded.splice(0)) details.open = false;
}
