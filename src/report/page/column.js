// The columns of the table: those of the page, and rank, marks, name and status in front and behind.

const NUMERIC = new Set(['number', 'percent', 'seconds', 'bytes', 'count']);
/** A factor with more levels than this, all of them numbers, is filtered by a range. */
const MOST_LEVELS = 24;

class Column {
  constructor(definition, values) {
    Object.assign(this, definition);
    this.values = values;
    this.label = this.label || this.key;
    this.unit = UNIT_NAME[this.kind] ?? '';
    const levels = ['factor', 'mark'].includes(this.kind) ? levelsOf(this) : null;
    const isRange = this.kind === 'factor' && levels.length > MOST_LEVELS && levels.every(isNumberOrNone);
    if (NUMERIC.has(this.kind) || isRange) {
      this.numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? value : NaN));
      this.extent = extent(this.numbers);
    } else if (levels) {
      this.levels = levels;
      const code = new Map(levels.map((level, index) => [level, index]));
      /** For each row the position of its level. */
      this.codes = Uint16Array.from(values, (value) => code.get(value));
    }
    /** What filters it and what its axis is like: `levels`, `range`, or nothing. */
    this.axis = levels && !isRange ? 'levels' : this.numbers?.some(Number.isFinite) ? 'range' : null;
  }

  /** The cell of a row as text, with its deviation where there is one. */
  cell(row) {
    const shown = formatted(this.kind, this.values[row]);
    const deviation = this.deviations?.[row];
    return typeof deviation === 'number' ? `${shown} ± ${formatted(this.kind, deviation)}` : shown;
  }

  /** A number for each row by which rows are sorted; `NaN` for those without a value. */
  get sortKeys() {
    this.keys ??= this.numbers ?? (this.codes ? levelKeys(this) : textKeys(this.values));
    return this.keys;
  }
}

/** The label with the unit. */
function titled({ label, unit }) {
  return unit ? `${label} (${unit})` : label;
}

function isNumberOrNone(value) {
  return typeof value === 'number' || value === null;
}

/** Levels that occur: in the order of the sweep, then numbers, then texts, then none. */
function levelsOf({ kind, values, levels = [] }) {
  const present = new Set(values);
  if (kind === 'mark') return [true, false, null].filter((level) => present.has(level));
  const listed = levels.filter((level) => level !== null && present.has(level));
  const others = [...present].filter((level) => level !== null && !listed.includes(level));
  const numbers = others.filter((level) => typeof level === 'number').sort((a, b) => a - b);
  const texts = others.filter((level) => typeof level !== 'number');
  return [...new Set(listed), ...numbers, ...texts, ...(present.has(null) ? [null] : [])];
}

function levelKeys({ codes, levels }) {
  return Float64Array.from(codes, (code) => (levels[code] === null ? NaN : code));
}

/** The position of each text among all of them, numbers within compared as numbers. */
function textKeys(values) {
  const padded = (_, whole, fraction = '') => whole.padStart(12, '0') + fraction;
  const comparable = values.map((value) => value?.toLowerCase().replace(/(\d+)(\.\d+)?/g, padded));
  const distinct = [...new Set(comparable)].filter((value) => value !== undefined).sort();
  const position = new Map(distinct.map((value, index) => [value, index]));
  return Float64Array.from(comparable, (value) => position.get(value) ?? NaN);
}

/** All columns of a page, in the order of the table. */
function columnsOf(page) {
  const { rows } = page;
  const of = (definition, value) => new Column({ better: 'none', shown: true, ...definition }, rows.map(value));
  const given = page.columns.map((definition, index) => of(definition, (row) => row.values[index] ?? null));
  for (const column of given) {
    column.deviations = given.find(({ key }) => key === column.deviation)?.values;
  }
  const isNamedByFactors = page.columns.some(({ kind, shown }) => kind === 'factor' && shown);
  const isEventful = rows.some(({ progress }) => progress !== 'finished');
  return [
    of({ key: '#rank', label: text('rank'), kind: 'count', better: 'low', isFixed: true }, (row) => row.rank),
    of({ key: '#marks', label: text('marks'), kind: 'text', keys: rows.map(markKey) }, markText),
    of({ key: '#trial', label: text('trial'), kind: 'text', shown: !isNamedByFactors }, (row) => row.name),
    ...given,
    of({ key: '#status', label: text('status'), kind: 'text', shown: isEventful }, statusText),
  ];
}

/** The signs of a row's marks, told apart without colour; the weightiest first. */
const MARKS = { best: '☆', chosen: '★', not_distinguishable: '≈', pareto: '◆' };

function marksOf(row) {
  return Object.keys(MARKS).filter((mark) => row[mark]);
}

function markText(row) {
  return marksOf(row).map((mark) => MARKS[mark]).join(' ') || null;
}

/** Ascending by the weightiest mark, then by the next. */
function markKey(row) {
  const weight = Object.keys(MARKS).reduce((sum, mark) => 2 * sum + Number(!!row[mark]), 0);
  return weight ? -weight : NaN;
}

function statusText({ progress, reason }) {
  const word = text(`progress.${progress}`);
  return reason ? text('status_reason', word, reason) : word;
}
