// Controls of the dose explorer: native inputs, so that keyboard and screen reader work as everywhere.

let controlCount = 0;

/** A slider and a number field for one value; `set(value)` follows both. Returns {node, show(value)}. */
function sliderField(text, {min, max, step, unit}, set) {
  const id = `control-${++controlCount}`;
  const slider = html('input', {type: 'range', id, min, max, step});
  const field = html('input', {type: 'number', min, max, step, 'aria-label': `${text}${unit ? `, ${unit}` : ''}, as a number`});
  const follow = (event) => {
    const value = Number(event.target.value);
    if (event.target.value === '' || !Number.isFinite(value)) return;
    set(Math.min(max, Math.max(min, value)));
  };
  slider.addEventListener('input', follow);
  field.addEventListener('input', follow);
  const node = html('div', {class: 'control'}, html('label', {for: id}, text),
                    html('span', {class: 'slider'}, slider, field, unit ? html('span', {class: 'unit'}, unit) : null));
  const show = (value) => {
    slider.value = value;
    if (document.activeElement !== field) field.value = String(Number(value.toPrecision(6)));
    slider.setAttribute('aria-valuetext', `${formatNumber(value, 4)}${unit ? ` ${unit}` : ''}`);
  };
  return {node, show};
}

/** One of a few: radio buttons in a field set. */
function radioField(text, names, set) {
  const group = `control-${++controlCount}`;
  const boxes = names.map((_, i) => {
    const box = html('input', {type: 'radio', name: group, value: i});
    box.addEventListener('change', () => { if (box.checked) set(i); });
    return box;
  });
  const node = html('fieldset', {class: 'control'}, html('legend', {}, text),
                    ...names.map((name, i) => html('label', {class: 'choice'}, boxes[i], ` ${name}`)));
  return {node, show: (chosen) => boxes.forEach((box, i) => { box.checked = i === chosen; })};
}

/** One of several: a list that opens. */
function listField(text, names, set) {
  const id = `control-${++controlCount}`;
  const list = html('select', {id}, ...names.map((name, i) => html('option', {value: i}, name)));
  list.addEventListener('change', () => set(Number(list.value)));
  return {node: html('div', {class: 'control'}, html('label', {for: id}, text), list), show: (chosen) => { list.value = chosen; }};
}
