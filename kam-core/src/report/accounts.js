// The master table: all its rows stand in the page as data, those that are looked at as cells.
(() => {
'use strict';
const held = document.getElementById('kam-accounts');
if (!held) return;
const { rows, columns } = JSON.parse(held.textContent);
const section = document.getElementById('accounts');
const table = section.querySelector('table');
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const STEP = body.rows.length;
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
// Letters without their accents and in one case, so that `oresund` finds Öresund.
const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const grouped = (number, decimals) =>
  number.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }).replace('-', '−');
// What all words of a column have in common is said once.
const of = (all, place) => Array.isArray(all) ? all[place] : all;

const cell = (column, row, isFirst) => {
  const value = column.values[row];
  const made = document.createElement(isFirst ? 'th' : 'td');
  if (isFirst) made.scope = 'row';
  const text = document.createElement('bdi');
  if (column.kind === 'words') {
    if (value === null) {
      made.className = 'none';
      text.textContent = '–';
    } else {
      const [shade, dossier] = [of(column.shades, value), of(column.dossiers, value)];
      made.className = of(column.classes, value) || '';
      text.textContent = column.words[value];
      if (typeof shade === 'number') {
        const badge = document.createElement('span');
        badge.className = `badge s${shade}`;
        badge.textContent = column.words[value];
        made.append(badge);
        return made;
      }
      if (typeof dossier === 'number') {
        const link = document.createElement('a');
        link.href = `#dossier-${dossier}`;
        link.append(text);
        made.append(link);
        return made;
      }
    }
  } else if (value === null) {
    made.className = 'num none';
    text.textContent = '–';
  } else {
    made.className = value < 0 ? 'num minus' : 'num';
    text.textContent = grouped(value, column.decimals);
    if (column.kind === 'share') {
      text.textContent += '%';
      if (value >= 0 && value <= 100) {
        made.className = 'num part';
        made.style.setProperty('--part', `${value.toFixed(1)}%`);
      }
    }
  }
  made.append(text);
  return made;
};

const say = section.querySelector('.search output');
const note = section.querySelector('.more-rows');
const more = note.querySelector('button');
let order = Array.from({ length: rows }, (_, row) => row);
let found = order;
let words = [];
let limit = STEP;

const render = () => {
  const shown = found.slice(0, limit);
  body.replaceChildren(...shown.map((row) => {
    const line = document.createElement('tr');
    line.append(...columns.map((column, at) => cell(column, row, at === 0)));
    return line;
  }));
  say.textContent = words.length ? `${grouped(found.length, 0)} of ${grouped(rows, 0)}` : '';
  const left = found.length - shown.length;
  note.hidden = left === 0 && found.length > 0;
  note.querySelector('span').textContent = found.length === 0 ? 'No account has all of these words.' : `${grouped(shown.length, 0)} of ${grouped(found.length, 0)} are shown. `;
  more.hidden = left === 0;
  more.textContent = `Show ${grouped(Math.min(left, STEP), 0)} more`;
};

let texts = null;
const search = () => {
  if (words.length && !texts) {
    const ours = columns.filter((column) => column.kind === 'words').map((column) => ({ values: column.values, plain: column.words.map(plain) }));
    texts = Array.from({ length: rows }, (_, row) => ours.map((column) => column.values[row] === null ? '' : column.plain[column.values[row]]).join('\n'));
  }
  found = words.length ? order.filter((row) => words.every((word) => texts[row].includes(word))) : order;
};

const sort = (head, at) => {
  const { kind, values, words } = columns[at];
  const was = head.getAttribute('aria-sort');
  const down = was === null ? kind !== 'words' : was === 'ascending';
  for (const other of heads) other.removeAttribute('aria-sort');
  head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  let keys = values;
  if (kind === 'words') {
    const ranks = [];
    words.map((word, place) => ({ word, place })).sort((a, b) => collator.compare(a.word, b.word)).forEach(({ place }, rank) => { ranks[place] = rank; });
    keys = values.map((value) => value === null ? null : ranks[value]);
  }
  // What is missing stands last, whichever way the rest goes; equals keep the order of the review.
  order = Array.from({ length: rows }, (_, row) => row).sort((a, b) => keys[a] === null || keys[b] === null
    ? (keys[a] === null) - (keys[b] === null) || a - b
    : (down ? keys[b] - keys[a] : keys[a] - keys[b]) || a - b);
  limit = STEP;
  search();
  render();
};

heads.forEach((head, at) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.append(...head.childNodes);
  button.addEventListener('click', () => sort(head, at));
  head.append(button);
});
more.addEventListener('click', () => {
  const at = limit;
  limit += STEP;
  render();
  // The keyboard goes on where the new rows begin.
  if (more.hidden) section.querySelector('.scroll').focus();
  else body.rows[at].scrollIntoView({ block: 'nearest' });
});
const field = section.querySelector('.search input');
field.closest('.search').hidden = false;
field.addEventListener('input', () => {
  words = plain(field.value).split(/\s+/).filter(Boolean);
  limit = STEP;
  search();
  render();
});
render();
})();
