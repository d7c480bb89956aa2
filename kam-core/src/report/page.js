(() => {
'use strict';
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

// What a cell sorts by: a number, a text, or null where there is nothing.
const value = (cell) => {
  const text = cell.textContent.trim();
  if (cell.classList.contains('none')) return null;
  if (!cell.classList.contains('num')) return text;
  const number = Number(text.replace(/−/g, '-').replace(/[,%\s]/g, ''));
  return Number.isNaN(number) ? text : number;
};

const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));

const sort = (table, head, column) => {
  const numeric = head.classList.contains('num');
  const was = head.getAttribute('aria-sort');
  const down = was === null ? numeric : was === 'ascending';
  for (const other of head.parentNode.cells) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row, place) => ({ row, place, value: value(row.cells[column]) }));
  rows.sort((a, b) => {
    // What is missing stands last, whichever way the rest goes.
    if (a.value === null || b.value === null) return (a.value === null) - (b.value === null) || a.place - b.place;
    return (down ? -1 : 1) * compare(a.value, b.value) || a.place - b.place;
  });
  body.append(...rows.map(({ row }) => row));
};

for (const table of document.querySelectorAll('table')) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    button.addEventListener('click', () => sort(table, head, column));
    head.append(button);
  });
}

// Letters without their accents and in one case, so that `oresund` finds Öresund.
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

for (const search of document.querySelectorAll('.search')) {
  const field = search.querySelector('input');
  const said = search.querySelector('output');
  const rows = [...search.parentNode.querySelector('tbody').rows].map((row) => ({ row, text: plain(row.textContent) }));
  search.hidden = false;
  field.addEventListener('input', () => {
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let found = 0;
    for (const { row, text } of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      found += row.hidden ? 0 : 1;
    }
    said.textContent = words.length ? `${found} of ${rows.length}` : '';
  });
}

// Whoever follows a link into a closed part finds it open.
const open = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === 'DETAILS') target.open = true;
};
addEventListener('hashchange', open);
open();

const held = document.getElementById('kam-charts');
if (!held || typeof vegaEmbed !== 'function') return;
const { config, charts } = JSON.parse(held.textContent);
const draw = async () => {
  for (const plot of document.querySelectorAll('[data-chart]')) {
    const narrow = plot.clientWidth < 480;
    const here = { ...config, axis: { ...config.axis, labelLimit: narrow ? 96 : 170 }, legend: { ...config.legend, columns: narrow ? 2 : undefined } };
    try {
      await vegaEmbed(plot, charts[Number(plot.dataset.chart)], {
        mode: 'vega-lite', renderer: 'svg', ast: true, actions: false, defaultStyle: false, config: here, tooltip: { disableDefaultStyle: true },
      });
      plot.dataset.drawn = 'yes';
    } catch (error) {
      plot.textContent = `This chart could not be drawn: ${error.message}`;
    }
  }
  document.documentElement.dataset.charts = 'drawn';
};
draw();
})();
