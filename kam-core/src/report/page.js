// Tables sort by a click on a heading; dossiers open where a link leads to them, and print one by one.
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

for (const table of document.querySelectorAll('section:not(#accounts):not(#dossiers) table')) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...head.childNodes);
    button.addEventListener('click', () => sort(table, head, column));
    head.append(button);
  });
}
// Whoever can sort is told what is sorted where a table shows its first rows alone.
for (const note of document.querySelectorAll('.cut span')) note.hidden = false;

// Whoever follows a link into a closed part finds it open.
const show = (hash) => {
  const target = hash.length > 1 && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (!target) return;
  const part = target.closest('details');
  if (part) part.open = true;
  if (part === target) target.querySelector('summary').focus({ preventScroll: true });
};
addEventListener('hashchange', () => show(location.hash));
// A link to where one is already changes no address.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link) show(link.getAttribute('href'));
});
show(location.hash);

const dossiers = [...document.querySelectorAll('details.dossier')];
const all = document.querySelector('button[data-open-all]');
if (all) {
  all.hidden = false;
  all.addEventListener('click', () => {
    const open = dossiers.some((dossier) => !dossier.open);
    for (const dossier of dossiers) dossier.open = open;
    all.textContent = open ? 'Close all' : 'Open all';
  });
}
for (const button of document.querySelectorAll('button[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const dossier = button.closest('details');
    document.documentElement.classList.add('one');
    dossier.classList.add('printed');
    print();
    document.documentElement.classList.remove('one');
    dossier.classList.remove('printed');
  });
}
})();
