// The table of trials. Only the rows in sight are elements, so that 10,000 cost no more than 30.

/** Pixels; page.css has the same. */
const ROW_HEIGHT = 30;
/** Rows above and below those in sight. */
const SPARE_ROWS = 8;
/** Rows on paper. */
const PRINTED_ROWS = 50;
/** Widest column, in characters. */
const WIDEST = 36;

class Table {
  constructor(store) {
    this.store = store;
    this.scroller = byId('scroller');
    this.table = byId('table');
    this.body = this.table.tBodies[0];
    this.above = element('tr', { class: 'space', 'aria-hidden': 'true' }, element('td'));
    this.below = element('tr', { class: 'space', 'aria-hidden': 'true' }, element('td'));
    /** The elements of the rows in sight, by row number. */
    this.shownRows = new Map();
    /** The place of the row that the keyboard is at. */
    this.current = 0;
    this.isPrinting = false;
    this.layOut();
    this.listen();
  }

  listen() {
    const { store, scroller, body } = this;
    store.listen((changes) => {
      if (changes.has('columns')) this.layOut();
      else if (changes.has('view')) timed('table', () => this.viewChanged());
      if (changes.has('selection')) this.shownRows.forEach((line, row) => this.markSelected(line, row));
      if (changes.has('hover')) this.markHovered();
    });
    let isWaiting = false;
    scroller.addEventListener('scroll', () => {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        this.draw();
      });
    }, { passive: true });
    scroller.addEventListener('keydown', (event) => this.key(event));
    body.addEventListener('click', (event) => this.click(event));
    body.addEventListener('mouseover', (event) => store.hover(rowOf(event.target)));
    body.addEventListener('mouseleave', () => store.hover(-1));
    body.addEventListener('focusin', (event) => {
      const row = rowOf(event.target);
      if (row >= 0) this.current = this.store.view.indexOf(row);
      this.markCurrent();
    });
    new ResizeObserver(() => this.draw()).observe(scroller);
  }

  /** Header and widths, then the rows. */
  layOut() {
    const { table, store } = this;
    this.columns = store.shownColumns;
    const widths = this.columns.map((column) => widthOf(column));
    table.querySelector('colgroup').replaceChildren(
      element('col', { style: 'width:3.4em' }),
      ...widths.map((width) => element('col', { style: `width:calc(${width}ch + 1.3em)` })),
    );
    const corner = element('th', { scope: 'col' }, element('span', { class: 'hidden' }, text('select_column')));
    table.tHead.replaceChildren(
      element('tr', { 'aria-rowindex': 1 }, corner, ...this.columns.map((column) => this.header(column))),
    );
    for (const space of [this.above, this.below]) space.firstChild.colSpan = this.columns.length + 1;
    this.shownRows.clear();
    this.body.replaceChildren(this.above, this.below);
    this.viewChanged(true);
  }

  header(column) {
    const unit = column.unit ? ['\u00a0', element('span', { class: 'unit' }, column.unit)] : [];
    const arrow = element('span', { class: 'arrow', 'aria-hidden': 'true' });
    const button = element('button', { type: 'button', title: column.tooltip || null }, column.label, ...unit, arrow);
    button.addEventListener('click', () => this.store.sortBy(column.key));
    return element('th', { scope: 'col', class: alignment(column), 'data-key': column.key }, button);
  }

  viewChanged(isNew = false) {
    const { store, table, scroller } = this;
    for (const header of table.tHead.rows[0].cells) {
      const isSorted = header.dataset.key === store.sort.key;
      const direction = store.sort.isDescending ? 'descending' : 'ascending';
      if (isSorted) header.setAttribute('aria-sort', direction);
      else header.removeAttribute('aria-sort');
    }
    table.setAttribute('aria-rowcount', store.view.length + 1);
    this.current = Math.min(this.current, Math.max(0, store.view.length - 1));
    if (!isNew) scroller.scrollTop = 0;
    this.draw();
  }

  /** Makes elements of the rows in sight, keeps those that are there, removes the others. */
  draw() {
    const { store, scroller, body, shownRows } = this;
    const { view } = store;
    const [first, end] = this.isPrinting ? [0, Math.min(PRINTED_ROWS, view.length)] : this.inSight();
    const wanted = view.subarray(first, end);
    const isWanted = new Set(wanted);
    const focused = rowOf(document.activeElement);
    for (const [row, line] of shownRows) {
      if (isWanted.has(row)) continue;
      line.remove();
      shownRows.delete(row);
    }
    let next = this.above.nextSibling;
    wanted.forEach((row, index) => {
      const line = shownRows.get(row) ?? this.line(row);
      line.setAttribute('aria-rowindex', first + index + 2);
      if (line === next) next = next.nextSibling;
      else body.insertBefore(line, next);
      shownRows.set(row, line);
    });
    this.above.hidden = this.isPrinting || first === 0;
    this.below.hidden = this.isPrinting || end === view.length;
    this.above.firstChild.style.height = `${first * ROW_HEIGHT}px`;
    this.below.firstChild.style.height = `${(view.length - end) * ROW_HEIGHT}px`;
    this.markCurrent();
    // A row that moved has lost the focus; one that went out of sight leaves it to the whole.
    if (focused >= 0 && rowOf(document.activeElement) !== focused) {
      (this.box(focused) ?? scroller).focus({ preventScroll: true });
    }
  }

  /** The places of the first row in sight and of that behind the last. */
  inSight() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const end = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + SPARE_ROWS;
    return [Math.min(first, this.store.view.length), Math.min(end, this.store.view.length)];
  }

  line(row) {
    const { store } = this;
    const { name, best, progress } = store.rows[row];
    const box = element('input', { type: 'checkbox', tabindex: -1, autocomplete: 'off', 'aria-label': text('select_trial', name) });
    box.addEventListener('change', () => store.select(row, box.checked));
    const sign = element('span', { class: 'sign' });
    const classes = [best && 'best', progress !== 'finished' && 'unfinished'].filter(Boolean).join(' ');
    const cells = this.columns.map((column) => this.cell(column, row));
    const line = element('tr', { class: classes, 'data-row': row }, element('td', {}, box, sign), ...cells);
    this.markSelected(line, row);
    return line;
  }

  cell(column, row) {
    const shown = column.cell(row);
    const isLong = shown.length > WIDEST;
    const content = column.key === '#marks' ? markSigns(this.store.rows[row]) : [shown];
    const attributes = { class: alignment(column), title: isLong ? shown : null };
    return element('td', attributes, element('bdi', {}, ...content));
  }

  markSelected(line, row) {
    const marker = this.store.selected.get(row);
    line.querySelector('input').checked = marker !== undefined;
    line.classList.toggle('selected', marker !== undefined);
    line.querySelector('.sign').replaceChildren(...(marker >= 0 ? [markerIcon(marker)] : []));
  }

  markHovered() {
    this.shownRows.forEach((line, row) => line.classList.toggle('hovered', row === this.store.hovered));
  }

  /** One row alone is reached by the tabulator; arrows go to the others. */
  markCurrent() {
    const row = this.store.view[this.current];
    this.shownRows.forEach((line, shown) => (line.querySelector('input').tabIndex = shown === row ? 0 : -1));
  }

  box(row) {
    return this.shownRows.get(row)?.querySelector('input');
  }

  key(event) {
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / ROW_HEIGHT) - 2);
    const last = this.store.view.length - 1;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -last, End: last };
    if (!(event.key in steps) || event.ctrlKey || event.altKey || event.metaKey || last < 0) return;
    if (event.target.closest('thead')) return;
    event.preventDefault();
    const isAtRow = event.target !== this.scroller;
    this.goTo(Math.min(last, Math.max(0, this.current + (isAtRow ? steps[event.key] : 0))));
  }

  goTo(place) {
    const { scroller, table } = this;
    this.current = place;
    const [top, room] = [place * ROW_HEIGHT, scroller.clientHeight - table.tHead.offsetHeight - ROW_HEIGHT];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
    this.draw();
    this.box(this.store.view[place])?.focus({ preventScroll: true });
  }

  /** A click anywhere in a row selects it, unless text was marked. */
  click(event) {
    const row = rowOf(event.target);
    if (row < 0 || event.target.matches('input') || String(getSelection())) return;
    this.store.toggle(row);
  }

  print(isPrinting) {
    this.isPrinting = isPrinting;
    const isCut = isPrinting && this.store.view.length > PRINTED_ROWS;
    byId('said').textContent = isCut ? text('printed', PRINTED_ROWS) : '';
    this.draw();
  }
}

/** The number of the row that an element is in; -1 for none. */
function rowOf(node) {
  return Number(node?.closest?.('tr[data-row]')?.dataset.row ?? -1);
}

function alignment({ kind, numbers }) {
  if (kind === 'mark') return 'centred';
  return numbers ? 'number' : null;
}

/** Signs for the eye, words for the ear. */
function markSigns(row) {
  return marksOf(row).map((mark) => element('span', { title: text(`mark.${mark}`) },
    element('span', { 'aria-hidden': 'true' }, MARKS[mark]), element('span', { class: 'hidden' }, text(`mark.${mark}`))));
}

/** Characters that a column needs; its header may break between words. */
function widthOf(column) {
  if (column.key === '#marks') return 6;
  // Headers are bold, and the last word has the unit beside it.
  const words = `${column.label}\u00a0${column.unit}`.split(' ').map((word) => Math.ceil(1.15 * word.length));
  let widest = Math.max(...words, column.label.length / 2);
  // Texts are measured all; numbers of a column are of like width.
  const step = column.kind === 'text' ? 1 : Math.ceil(column.values.length / 400);
  for (let row = 0; row < column.values.length; row += step) {
    widest = Math.max(widest, column.kind === 'text' ? (column.values[row] ?? '').length : column.cell(row).length);
  }
  return Math.min(WIDEST, widest);
}
