// Tabs as the ARIA practices describe them: arrow keys move, all panels print. The choice survives a new drawing.

let tabCount = 0;

/** `draw(panel, name)` fills the panel of every name; `state[key]` keeps the position of the one shown. */
function tabs(host, names, state, key, draw) {
  const group = ++tabCount, list = html('div', {class: 'tabs', role: 'tablist'});
  const buttons = [], panels = [];
  const select = (chosen, focus) => {
    state[key] = chosen;
    buttons.forEach((button, i) => {
      button.setAttribute('aria-selected', i === chosen);
      button.setAttribute('tabindex', i === chosen ? 0 : -1);
      panels[i].hidden = i !== chosen;
    });
    if (focus) buttons[chosen].focus();
  };
  names.forEach((name, i) => {
    const button = html('button', {type: 'button', role: 'tab', id: `tab-${group}-${i}`, 'aria-controls': `panel-${group}-${i}`}, name);
    button.addEventListener('click', () => select(i));
    button.addEventListener('keydown', (event) => {
      const to = {ArrowRight: i + 1, ArrowLeft: i - 1, Home: 0, End: names.length - 1}[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select((to + names.length) % names.length, true);
    });
    const panel = html('div', {role: 'tabpanel', id: `panel-${group}-${i}`, 'aria-labelledby': `tab-${group}-${i}`},
                       html('p', {class: 'print-only'}, name));
    buttons.push(button);
    panels.push(panel);
  });
  list.append(...buttons);
  host.append(list, ...panels);
  names.forEach((name, i) => draw(panels[i], name, i));
  select(Math.min(state[key] || 0, names.length - 1));
}

/** A check box; `state[key]` keeps its value and `redraw` follows a change. */
function toggle(host, text, state, key, redraw) {
  const box = html('input', {type: 'checkbox'});
  box.checked = Boolean(state[key]);
  box.addEventListener('change', () => { state[key] = box.checked; redraw(); });
  host.append(html('label', {class: 'toggle'}, box, ` ${text}`));
}
