// The state of the page, shared by all of its parts. Listeners are notified of all changes once per
// animation frame.

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
    /** The marker of each selected row (see marker.js), or -1 if all are in use. */
    this.selected = new Map();
    this.hovered = -1;
    this.listeners = [];
    this.changes = new Set();
    this.updateView();
  }

  /** Calls back with the set of changes: `view`, `selection`, `columns`, `hover`. */
  listen(listener) {
    this.listeners.push(listener);
  }

  changed(what) {
    if (this.changes.size === 0) requestAnimationFrame(() => this.notify());
    this.changes.add(what);
  }

  notify() {
    const changes = this.changes;
    this.changes = new Set();
    if (changes.has('selection') && this.only.has('selected')) changes.add('view');
    if (changes.has('view')) timed('filter and sort', () => this.updateView());
    for (const listener of this.listeners) listener(changes);
  }

  /** Updates the visible rows and their order. */
  updateView() {
    const { key, isDescending } = this.sort;
    const sortKey = `${key} ${isDescending}`;
    if (this.sorted !== sortKey) {
      this.order = sortedRows(this.byKey.get(key), isDescending);
      this.sorted = sortKey;
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

  /** Sorts by a column, better values first; a second call reverses the order. */
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

  /** Sets the filter of a column; a filter without effect is removed. */
  filter(key, filter) {
    const { levels } = this.byKey.get(key);
    const isEffective = filter && (filter.codes ? filter.codes.size < levels.length : filter.low !== null || filter.high !== null);
    if (isEffective) this.filters.set(key, filter);
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
    // A free marker goes to the first selected row without one.
    for (const [selected, marker] of this.selected) {
      if (marker < 0) this.selected.set(selected, freeMarker(this.selected));
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

/** Adds a value to a set or removes it. */
function put(set, value, isIn) {
  if (isIn) set.add(value);
  else set.delete(value);
}

/** The values of a row in one line, for the caption of a chart. */
function reading(store, row, columns) {
  const { rank, name } = store.rows[row];
  const values = columns.map((column) => `${column.label} ${column.cell(row)}${column.unit && ` ${column.unit}`}`);
  return [rank === null ? name : text('ranked', rank, name), ...values].join(' · ');
}
