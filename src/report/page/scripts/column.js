// The columns of the table: rank, marks and name, then those of the page, then status.

const NUMERIC = new Set(['number', 'percent', 'seconds', 'bytes', 'count']);
/** A numeric factor with more levels is filtered by a range. */
const MAX_LEVELS = 24;

class Column {
  constructor(definition, values) {
    Object.assign(this, definition);
    this.values = values;
    this.label = this.label || this.key;
    this.unit = UNIT_NAME[this.kind] ?? '';
    const levels = ['factor', 'mark'].includes(this.kind) ? levelsOf(this) : null;
    const isRange = this.kind === 'factor' && levels.length > MAX_LEVELS && levels.every(isNumberOrNone);
    if (NUMERIC.has(this.kind) || isRange) {
      this.numbers = Float64Array.from(values, (value) => (typeof value === 'number' ? value : NaN));
      this.extent = extent(this.numbers);
    } else if (levels) {
      this.levels = levels;
      const code = new Map(levels.map((level, index) => [level, index]));
      /** The position of each row's level in `levels`. */
      this.codes = Uint16Array.from(values, (value) => code.get(value));
    }
    /** How it is filtered and drawn as an axis: `levels`, `range`, or `null` for neither. */
    this.axis = levels && !isRange ? 'levels' : this.numbers?.some(Number.isFinite) ? 'range' : null;
  }

  /** The text of a row's cell, with its standard deviation if there is one. */
  cell(row) {
    const value = this.values[row];
    // The leading ties share the range of their ranks.
    const isTied = this.tiedRanks !== undefined && value !== null && value <= this.tiedRanks;
    const shown = isTied ? `1–${formatted(this.kind, this.tiedRanks)}` : formatted(this.kind, value);
    const deviation = this.deviations?.[row];
    return typeof deviation === 'number' ? `${shown} ± ${formatted(this.kind, deviation)}` : shown;
  }

  /** The sort key of each row; `NaN` for rows without a value. */
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

/** The levels that occur: in the order of the sweep, then numbers, then texts, then `null`. */
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

/** The position of each text in natural order: numbers within texts compare as numbers. */
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
    of({ key: '#rank', label: text('rank'), kind: 'count', better: 'low', isFixed: true, tiedRanks: page.tied_ranks }, (row) => row.rank),
    of({ key: '#marks', label: text('marks'), kind: 'text', keys: rows.map(markKey) }, markText),
    of({ key: '#trial', label: text('trial'), kind: 'text', shown: !isNamedByFactors }, (row) => row.name),
    ...given,
    of({ key: '#status', label: text('status'), kind: 'text', shown: isEventful }, statusText),
  ];
}

/** The signs of the marks, distinguishable without colour; the most important first. */
const MARKS = { best: '☆', chosen: '★', not_distinguishable: '≈', pareto: '◆' };

function marksOf(row) {
  return Object.keys(MARKS).filter((mark) => row[mark]);
}

function markText(row) {
  return marksOf(row).map((mark) => MARKS[mark]).join(' ') || null;
}

/** Sort key: by the most important mark first, then by the next. */
function markKey(row) {
  const weight = Object.keys(MARKS).reduce((sum, mark) => 2 * sum + Number(!!row[mark]), 0);
  return weight ? -weight : NaN;
}

function statusText({ progress, reason }) {
  const word = text(`progress.${progress}`);
  return reason ? text('status_reason', word, reason) : word;
}
