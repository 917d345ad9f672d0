// Search, filters and column selection.

class Controls {
  constructor(store) {
    this.store = store;
    this.query = byId('query');
    this.query.addEventListener('input', () => store.search(this.query.value));
    byId('copy').addEventListener('click', () => copyCsv(store));
    byId('download').addEventListener('click', () => downloadCsv(store));
    this.refreshers = [];
    this.makeOnly();
    this.makeColumns();
    this.makeFilters();
    this.makeLegend();
    store.listen((changes) => {
      if (changes.has('columns')) this.makeFilters();
      if (changes.has('view') || changes.has('selection')) this.refresh();
    });
    this.refresh();
  }

  makeOnly() {
    const { store } = this;
    const isMarked = (mark) => store.rows.some((row) => row[mark]);
    const offered = { close: isMarked('not_distinguishable'), pareto: isMarked('pareto'), selected: true };
    this.only = new Map();
    for (const name of Object.keys(ONLY).filter((name) => offered[name])) {
      const label = checkbox(text(`only.${name}`), store.only.has(name), (isOn) => store.restrictTo(name, isOn));
      this.only.set(name, label.firstChild);
      byId('only').append(label);
    }
  }

  makeColumns() {
    const { store } = this;
    const boxes = store.columns.filter(({ isFixed }) => !isFixed).map((column) => {
      const box = checkbox(column.label, store.shown.has(column.key), (isOn) => store.show(column.key, isOn));
      if (column.tooltip) box.title = column.tooltip;
      return box;
    });
    byId('choose').lastElementChild.replaceChildren(element('div', { class: 'choices' }, ...boxes));
  }

  /** A field for each factor, and for each numeric column that is shown or filtered. */
  makeFilters() {
    const { store } = this;
    const isOffered = ({ key, kind, axis }) => axis && (kind === 'factor' || store.shown.has(key) || store.filters.has(key));
    this.refreshers = [];
    const fields = store.columns.filter(isOffered).map((column) => {
      const legend = element('legend', { title: column.tooltip || null }, column.label);
      if (column.unit) legend.append(' ', element('span', { class: 'unit' }, column.unit));
      const inputs = column.axis === 'levels' ? this.levelBoxes(column) : this.rangeInputs(column);
      return element('fieldset', {}, legend, ...inputs);
    });
    byId('filters').lastElementChild.replaceChildren(element('div', { class: 'fields' }, ...fields));
    this.refresh();
  }

  levelBoxes({ key, kind, levels }) {
    const { store } = this;
    const chosen = () => store.filters.get(key)?.codes ?? new Set(levels.keys());
    const labels = levels.map((_, code) => checkbox(levelText({ kind, levels }, code), true, (isOn) => {
      const codes = new Set(chosen());
      put(codes, code, isOn);
      store.filter(key, { codes });
    }));
    this.refreshers.push(() => {
      const codes = chosen();
      labels.forEach((label, code) => (label.firstChild.checked = codes.has(code)));
    });
    return [element('div', { class: 'levels' }, ...labels)];
  }

  rangeInputs({ key, kind, label, extent: [low, high] }) {
    const { store } = this;
    const input = (side, end) => {
      const field = element('input', {
        inputmode: 'decimal', size: 8, autocomplete: 'off',
        placeholder: formatted(kind, end), 'aria-label': text(`limit.${side}`, label),
      });
      field.addEventListener('input', () => {
        const limit = fromUnit(kind, field.value);
        const isInvalid = Number.isNaN(limit);
        field.setAttribute('aria-invalid', isInvalid);
        if (isInvalid) return;
        store.filter(key, { low: null, high: null, ...store.filters.get(key), [side]: limit });
      });
      this.refreshers.push(() => {
        // Do not overwrite what the reader is typing.
        if (field === document.activeElement) return;
        const limit = store.filters.get(key)?.[side] ?? null;
        field.value = limit === null ? '' : inUnit(kind, limit);
        field.removeAttribute('aria-invalid');
      });
      return field;
    };
    return [element('div', { class: 'range' }, input('low', low), '–', input('high', high))];
  }

  /** Updates all inputs, the count and the list of filters from the store. */
  refresh() {
    const { store } = this;
    if (this.query !== document.activeElement) this.query.value = store.query;
    this.only.forEach((box, name) => (box.checked = store.only.has(name)));
    this.refreshers.forEach((refresh) => refresh());
    byId('count').textContent = counted('count', store.rows.length, grouped(store.view.length), grouped(store.selected.size));
    byId('said').textContent = '';
    const chips = [...store.filters].map(([key, filter]) =>
      this.chip(filterText(store.byKey.get(key), filter), () => store.filter(key, null)));
    if (chips.length || store.only.size || store.query) chips.push(this.chip(text('clear_all'), () => store.clear()));
    const focused = [...byId('chips').children].indexOf(document.activeElement);
    byId('chips').replaceChildren(...chips);
    if (focused >= 0) (chips[Math.min(focused, chips.length - 1)] ?? this.query).focus();
  }

  chip(label, remove) {
    const cross = element('span', { 'aria-hidden': 'true' }, ' ×');
    const hidden = element('span', { class: 'hidden' }, text('remove'));
    const button = element('button', { type: 'button' }, hidden, element('bdi', {}, label), cross);
    button.addEventListener('click', remove);
    return button;
  }

  /** Explains the marks that occur. */
  makeLegend() {
    const present = Object.keys(MARKS).filter((mark) => this.store.rows.some((row) => row[mark]));
    const items = present.map((mark) => element('span', {}, `${MARKS[mark]} ${text(`mark.${mark}`)}`));
    if (this.store.rows.some(({ worse }) => worse)) items.push(element('span', { class: 'worse' }, text('mark.worse')));
    byId('legend').replaceChildren(...items);
  }
}
