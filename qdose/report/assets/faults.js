// Faults of the scripts end up in the page itself, where tests find them.

function recordFault(text) {
  const {dataset} = document.documentElement;
  dataset.errors = `${dataset.errors || ''}${text}\n`;
}

addEventListener('error', (event) => recordFault(event.message));
