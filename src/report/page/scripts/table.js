// The table of trials. Only visible rows are elements, so that 10,000 rows cost no more than 30.

/** Row height in pixels, as in page.css. */
const ROW_HEIGHT = 30;
/** Extra rows above and below the visible ones. */
const SPARE_ROWS = 8;
/** Rows in print. */
const MAX_PRINTED_ROWS = 50;
/** Widths in pixels: the column of check boxes, a cell's padding, the widest text. */
const [FIRST_COLUMN, CELL_PADDING, MAX_TEXT_WIDTH] = [48, 18, 300];

class Table {
  constructor(store) {
    this.store = store;
    this.scroller = byId('scroller');
    this.table = byId('table');
    this.body = this.table.tBodies[0];
    this.above = element('tr', { class: 'space', 'aria-hidden': 'true' }, element('td'));
    this.below = element('tr', { class: 'space', 'aria-hidden': 'true' }, element('td'));
    /** The elements of the visible rows, by row number. */
    this.shownRows = new Map();
    /** The position of the row with the keyboard focus. */
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
    const measure = measureIn(table);
    const widths = [FIRST_COLUMN, ...this.columns.map((column) => widthOf(column, measure))];
    const columns = widths.map((width) => element('col', { style: `width:${width}px` }));
    table.querySelector('colgroup').replaceChildren(...columns);
    table.style.minWidth = `${widths.reduce((sum, width) => sum + width)}px`;
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

  /** Creates elements for newly visible rows and removes those of hidden rows. */
  draw() {
    const { store, scroller, body, shownRows } = this;
    const { view } = store;
    const [first, end] = this.isPrinting ? [0, Math.min(MAX_PRINTED_ROWS, view.length)] : this.visibleRange();
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
    // A moved row loses the focus; a row that is scrolled out passes it to the table.
    if (focused >= 0 && rowOf(document.activeElement) !== focused) {
      (this.box(focused) ?? scroller).focus({ preventScroll: true });
    }
  }

  /** The positions of the first visible row and of the row after the last. */
  visibleRange() {
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - SPARE_ROWS);
    const end = Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + SPARE_ROWS;
    return [Math.min(first, this.store.view.length), Math.min(end, this.store.view.length)];
  }

  line(row) {
    const { store } = this;
    const { name, best, worse, progress } = store.rows[row];
    const box = element('input', { type: 'checkbox', tabindex: -1, autocomplete: 'off', 'aria-label': text('select_trial', name) });
    box.addEventListener('change', () => store.select(row, box.checked));
    const sign = element('span', { class: 'sign' });
    const classes = [best && 'best', worse && 'worse', progress !== 'finished' && 'unfinished'].filter(Boolean).join(' ');
    const cells = this.columns.map((column) => this.cell(column, row));
    const line = element('tr', { class: classes, 'data-row': row }, element('td', {}, box, sign), ...cells);
    this.markSelected(line, row);
    return line;
  }

  cell(column, row) {
    const shown = column.cell(row);
    const content = column.key === '#marks' ? markSigns(this.store.rows[row]) : [shown];
    const attributes = { class: alignment(column), title: shown.length > 24 ? shown : null };
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

  /** Only one row is in the tab order; arrow keys reach the others. */
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

  /** A click anywhere in a row toggles its selection, unless text is selected. */
  click(event) {
    const row = rowOf(event.target);
    if (row < 0 || event.target.matches('input') || String(getSelection())) return;
    this.store.toggle(row);
  }

  print(isPrinting) {
    this.isPrinting = isPrinting;
    const isCut = isPrinting && this.store.view.length > MAX_PRINTED_ROWS;
    byId('said').textContent = isCut ? text('printed', MAX_PRINTED_ROWS) : '';
    this.draw();
  }
}

/** The number of the row that contains an element, or -1. */
function rowOf(node) {
  return Number(node?.closest?.('tr[data-row]')?.dataset.row ?? -1);
}

function alignment({ kind, numbers }) {
  if (kind === 'mark') return 'centred';
  return numbers ? 'number' : null;
}

/** Signs with hidden text for screen readers. */
function markSigns(row) {
  return marksOf(row).map((mark) => element('span', { title: text(`mark.${mark}`) },
    element('span', { 'aria-hidden': 'true' }, MARKS[mark]), element('span', { class: 'hidden' }, text(`mark.${mark}`))));
}

/** The width of a column in pixels; its header may wrap between words. */
function widthOf(column, measure) {
  // The unit stays on the line of the last word.
  const words = `${column.label}\u00a0${column.unit}`.split(' ');
  const header = Math.max(measure(column.label, 600) / 2 + 8, ...words.map((word) => measure(word, 600)));
  const widest = Math.max(header, measure(longestCell(column), 400));
  return Math.ceil(Math.min(MAX_TEXT_WIDTH, widest) + CELL_PADDING);
}

function longestCell(column) {
  let longest = '';
  // Numbers have similar lengths, so a sample is enough.
  const step = column.numbers ? Math.ceil(column.values.length / 400) : 1;
  for (let row = 0; row < column.values.length; row += step) {
    const cell = column.cell(row);
    if (cell.length > longest.length) longest = cell;
  }
  return longest;
}

/** Returns a function that measures text in the font of an element. */
function measureIn(node) {
  const { fontSize, fontFamily } = getComputedStyle(node);
  const context = element('canvas').getContext('2d');
  return (label, weight) => {
    context.font = `${weight} ${fontSize} ${fontFamily}`;
    return context.measureText(label).width;
  };
}
