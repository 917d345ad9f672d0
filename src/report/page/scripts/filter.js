// Which rows are visible. The filter of a column is `{ codes: Set }` (positions of levels) or
// `{ low, high }`, where `null` means no limit.

/** The conditions of the check boxes above the table. */
const ONLY = {
  close: (row) => row.best || row.not_distinguishable,
  pareto: (row) => row.pareto,
  selected: (_, index, store) => store.selected.has(index),
};

/** 1 for each row that passes all filters, otherwise 0. */
function passing(store) {
  const { rows, filters, byKey, only, query } = store;
  const pass = new Uint8Array(rows.length).fill(1);
  for (const [key, filter] of filters) restrict(pass, byKey.get(key), filter);
  for (const name of only) {
    for (let row = 0; row < pass.length; row++) pass[row] &= Number(!!ONLY[name](rows[row], row, store));
  }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) {
    const texts = store.searchable;
    for (let row = 0; row < pass.length; row++) {
      if (pass[row] && !words.every((word) => texts[row].includes(word))) pass[row] = 0;
    }
  }
  return pass;
}

function restrict(pass, { numbers, codes }, filter) {
  if (codes) {
    for (let row = 0; row < pass.length; row++) pass[row] &= Number(filter.codes.has(codes[row]));
    return;
  }
  const [low, high] = [filter.low ?? -Infinity, filter.high ?? Infinity];
  for (let row = 0; row < pass.length; row++) pass[row] &= Number(numbers[row] >= low && numbers[row] <= high);
}

/** The searchable text of each row: name, factors, other texts and status. */
function searchableTexts({ columns, rows }) {
  const searched = columns.filter(({ kind }) => kind === 'text' || kind === 'factor');
  return rows.map((_, row) => searched.map((column) => column.cell(row)).join('\n').toLowerCase());
}

/** A description of a filter. */
function filterText(column, filter) {
  const label = titled(column);
  if (filter.codes) {
    const levels = [...filter.codes].sort((a, b) => a - b).map((code) => levelText(column, code));
    return text('is', label, levels.join(', ') || MISSING);
  }
  const [low, high] = [filter.low, filter.high].map((limit) => limit !== null && inUnit(column.kind, limit));
  if (low === false) return text('at_most', label, high);
  return high === false ? text('at_least', label, low) : text('between', label, low, high);
}

/** The text of a level at check boxes and axes. */
function levelText({ kind, levels }, code) {
  const level = levels[code];
  if (kind === 'mark') return level === null ? MISSING : text(level ? 'yes' : 'no');
  return level === '' ? '""' : formatted(kind, level);
}
