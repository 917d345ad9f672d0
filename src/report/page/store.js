// What the reader has chosen. Every part of the page reads it here and changes it here; what changed
// is told once in a frame, however many changes there were.

class Store {
  constructor(page) {
    this.page = page;
    this.rows = page.rows;
    this.columns = columnsOf(page);
    this.byKey = new Map(this.columns.map((column) => [column.key, column]));
    this.filters = new Map();
    this.only = new Set();
    this.query = '';
    this.sort = { key: '#rank', isDescending: false };
    this.shown = new Set(this.columns.filter(({ shown }) => shown).map(({ key }) => key));
    /** Selected rows, each with its marker (see marker.js), or -1 where all are taken. */
    this.selected = new Map();
    this.hovered = -1;
    this.listeners = [];
    this.changes = new Set();
    this.look();
  }

  /** Calls back with the set of changes: `view`, `selection`, `columns`, `hover`. */
  listen(listener) {
    this.listeners.push(listener);
  }

  changed(what) {
    if (this.changes.size === 0) requestAnimationFrame(() => this.tell());
    this.changes.add(what);
  }

  tell() {
    const changes = this.changes;
    this.changes = new Set();
    if (changes.has('selection') && this.only.has('selected')) changes.add('view');
    if (changes.has('view')) timed('filter and sort', () => this.look());
    for (const listener of this.listeners) listener(changes);
  }

  /** The rows that are shown, in their order. */
  look() {
    const { key, isDescending } = this.sort;
    const wanted = `${key} ${isDescending}`;
    if (this.sorted !== wanted) {
      this.order = sortedRows(this.byKey.get(key), isDescending);
      this.sorted = wanted;
    }
    this.pass = passing(this);
    this.view = this.order.filter((row) => this.pass[row]);
  }

  get searchable() {
    this.texts ??= searchableTexts(this);
    return this.texts;
  }

  get shownColumns() {
    return this.columns.filter(({ key }) => this.shown.has(key));
  }

  /** Sorts by a column: the better end first; once more turns it round. */
  sortBy(key) {
    const isDescending = this.sort.key === key ? !this.sort.isDescending : this.byKey.get(key).better === 'high';
    this.sort = { key, isDescending };
    this.changed('view');
  }

  search(query) {
    this.query = query;
    this.changed('view');
  }

  restrictTo(name, isOn) {
    put(this.only, name, isOn);
    this.changed('view');
  }

  /** Sets the filter of a column; one that asks nothing is none. */
  filter(key, filter) {
    const { levels } = this.byKey.get(key);
    const asks = filter && (filter.codes ? filter.codes.size < levels.length : filter.low !== null || filter.high !== null);
    if (asks) this.filters.set(key, filter);
    else this.filters.delete(key);
    this.changed('view');
  }

  clear() {
    this.filters.clear();
    this.only.clear();
    this.query = '';
    this.changed('view');
  }

  show(key, isShown) {
    put(this.shown, key, isShown);
    this.changed('columns');
  }

  select(row, isSelected) {
    if (isSelected && !this.selected.has(row)) this.selected.set(row, freeMarker(this.selected));
    if (!isSelected) this.selected.delete(row);
    // A marker that has become free goes to the first that waits for one.
    for (const [waiting, marker] of this.selected) {
      if (marker < 0) this.selected.set(waiting, freeMarker(this.selected));
    }
    this.changed('selection');
  }

  toggle(row) {
    this.select(row, !this.selected.has(row));
  }

  selectNone() {
    this.selected.clear();
    this.changed('selection');
  }

  hover(row) {
    if (row === this.hovered) return;
    this.hovered = row;
    this.changed('hover');
  }
}

/** Puts a value into a set, or takes it out. */
function put(set, value, isIn) {
  if (isIn) set.add(value);
  else set.delete(value);
}

/** What is known of a row in one line, for reading beside a chart. */
function reading(store, row, columns) {
  const { rank, name } = store.rows[row];
  const values = columns.map((column) => `${column.label} ${column.cell(row)}${column.unit && ` ${column.unit}`}`);
  return [rank === null ? name : text('ranked', rank, name), ...values].join(' · ');
}
