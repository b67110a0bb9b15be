// The numbers behind a plot: as a table for reading and as CSV for taking along.

const csvCell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Rows [panel, series, x, y, low, high] of all labelled marks. */
function valueRows(panels) {
  const rows = [];
  for (const panel of panels)
    for (const m of panel.marks) {
      if (!m.label && !m.ids) continue;
      const count = (m.x || m.low || []).length, names = panel.y.scale === 'category' ? panel.y.names : null;
      for (let i = 0; i < count; ++i)
        rows.push([panel.title || '', m.ids ? m.ids[i] : m.label, m.x ? m.x[i] : '', names ? names[Math.round(m.y[i])] : m.y ? m.y[i] : '',
                   m.low ? m.low[i] : '', m.high ? m.high[i] : '']);
    }
  return rows;
}

const valueHead = ['panel', 'series', 'x', 'y', 'low', 'high'];

function csvOf(rows) {
  return [valueHead, ...rows].map((row) => row.map((v) => csvCell(String(v ?? ''))).join(',')).join('\n');
}

function saveAs(name, text, type = 'text/csv') {
  const link = html('a', {href: URL.createObjectURL(new Blob([text], {type})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** Closed at first; the table is made when it is opened, 300 rows at most (the CSV holds all). */
function valuesOf(panels, name) {
  const box = html('details', {class: 'values'}, html('summary', {}, 'Values'));
  box.addEventListener('toggle', () => {
    if (!box.open || box.childElementCount > 1) return;
    const rows = valueRows(panels), shown = rows.slice(0, 300);
    const button = html('button', {type: 'button'}, `Save ${rows.length} rows as CSV`);
    button.addEventListener('click', () => saveAs(`${name}.csv`, csvOf(rows)));
    const line = (row, tag) => html('tr', {}, ...row.map((v) => html(tag, {}, typeof v === 'number' ? formatNumber(v, 4) : String(v ?? ''))));
    const picture = html('button', {type: 'button'}, 'Save the figure as SVG');
    picture.addEventListener('click', () => saveAs(`${name}.svg`, figureSvg(drawnFigures.get(name)), 'image/svg+xml'));
    box.append(button, ' ', drawnFigures.has(name) ? picture : '', rows.length > 300 ? ' The first 300:' : '', html('div', {class: 'table'}, html('table', {},
      html('thead', {}, line(valueHead, 'th')), html('tbody', {}, ...shown.map((row) => line(row, 'td'))))));
  });
  return box;
}
