// Parallel coordinates: an axis for each factor and number of the table, a line for each trial.
// Three layers: all trials, faint; the filtered trials; axes, brushes and selected trials.

const PLOT_HEIGHT = 300;
const AXES = { top: 50, bottom: PLOT_HEIGHT - 30, missing: PLOT_HEIGHT - 12 };
/** Minimum distance between axes in pixels; a wider chart is scrolled. */
const MIN_AXIS_DISTANCE = 92;
const MAX_AXES = 16;

class Parallel {
  constructor(store) {
    this.store = store;
    this.plot = byId('parallel').querySelector('.plot');
    this.inner = element('div', { class: 'layers' });
    this.lines = element('canvas', { 'aria-hidden': 'true' });
    this.overlay = element('canvas', { 'aria-hidden': 'true' });
    this.strips = element('div', { class: 'strips', 'aria-hidden': 'true' });
    this.inner.append(this.lines, this.overlay, this.strips);
    this.plot.append(this.inner);
    this.summary = element('p', { class: 'hidden' });
    this.plot.append(this.summary);
    store.listen((changes) => {
      if (changes.has('columns')) this.layOut();
      else if (changes.has('view')) this.draw();
      else if (changes.has('selection') || changes.has('hover')) this.drawOverlay();
    });
    onWidth(this.plot, (width) => {
      this.width = width;
      this.layOut();
    });
    pickRows(this.overlay, store, (event) => this.rowAt(event));
  }

  /** Computes the positions of the axes and of each row on them. */
  layOut() {
    if (!this.width) return;
    const columns = this.store.shownColumns.filter(({ key, axis }) => axis && !key.startsWith('#')).slice(0, MAX_AXES);
    const width = Math.max(this.width, columns.length * MIN_AXIS_DISTANCE);
    this.apart = width / columns.length;
    this.axes = columns.map((column, index) => axisOf(column, (index + 0.5) * this.apart));
    this.size = [width, PLOT_HEIGHT];
    this.inner.style.width = `${width}px`;
    this.background = null;
    byId('parallel').hidden = this.axes.length < 2;
    makeStrips(this);
    this.draw();
  }

  draw() {
    if (!this.axes?.length) return;
    timed('parallel', () => {
      this.palette = colours();
      this.drawLines();
      this.drawOverlay();
    });
    const names = this.axes.map(({ column }) => column.label).join(', ');
    this.summary.textContent = counted('parallel_summary', this.store.view.length, names);
  }

  drawLines() {
    const { store, palette } = this;
    const context = blank(this.lines, ...this.size);
    const total = store.rows.length;
    if (store.view.length < total) {
      this.background ??= this.faint();
      context.drawImage(this.background, 0, 0, ...this.size);
    }
    // The best fifth has the darkest of five shades and is drawn last. Rows are in order of rank.
    const shades = palette.ranks.length;
    context.globalAlpha = Math.min(0.9, Math.max(0.25, 15 / Math.sqrt(store.view.length + 1)));
    for (let shade = shades - 1; shade >= 0; shade--) {
      const from = Math.ceil((shade * total) / shades);
      const to = Math.ceil(((shade + 1) * total) / shades);
      context.strokeStyle = palette.ranks[shade];
      this.strokeRows(context, from, to, store.pass);
    }
    context.globalAlpha = 1;
  }

  /** All rows, drawn once per layout and theme. */
  faint() {
    const canvas = element('canvas');
    const context = blank(canvas, ...this.size);
    context.strokeStyle = this.palette.faint;
    this.strokeRows(context, 0, this.store.rows.length, null);
    return canvas;
  }

  /** Draws rows from the last to the first, so that the best are on top. */
  strokeRows(context, from, to, pass) {
    // Many lines are drawn as thin as possible, which is many times faster.
    context.lineWidth = to - from > 400 ? 1 / context.getTransform().a : 1;
    for (let row = to - 1; row >= from; row--) {
      if (pass && !pass[row]) continue;
      context.beginPath();
      this.trace(context, row);
      context.stroke();
    }
  }

  trace(context, row) {
    const { axes } = this;
    context.moveTo(axes[0].x, axes[0].places[row]);
    for (let index = 1; index < axes.length; index++) context.lineTo(axes[index].x, axes[index].places[row]);
  }

  drawOverlay() {
    const { store, palette } = this;
    if (!palette || !this.axes.length) return;
    const over = blank(this.overlay, ...this.size);
    for (const [row, marker] of markedRows(store)) this.drawMarked(over, row, palette.series[marker], marker);
    if (store.hovered >= 0) this.drawMarked(over, store.hovered, palette.ink, -1);
    for (const axis of this.axes) drawAxis(over, axis, palette, this.apart, store.filters.get(axis.column.key));
    const { hovered } = store;
    const columns = this.axes.map(({ column }) => column);
    byId('parallel-reading').textContent = hovered < 0 ? '' : reading(store, hovered, columns);
  }

  drawMarked(over, row, colour, marker) {
    const { palette } = this;
    over.beginPath();
    this.trace(over, row);
    over.lineJoin = 'round';
    for (const [width, stroke] of [[4, palette.paper], [2, colour]]) {
      over.lineWidth = width;
      over.strokeStyle = stroke;
      over.stroke();
    }
    if (marker < 0) return;
    for (const { x, places } of this.axes) drawMarker(over, marker, x, places[row], palette);
  }

  /** The row whose line is nearest to the pointer, or -1 if none is within 8 pixels. */
  rowAt(event) {
    const { axes, store } = this;
    const [x, y] = [event.offsetX, event.offsetY];
    const right = axes.findIndex((axis) => axis.x >= x);
    if (right < 1) return -1;
    const [from, to] = [axes[right - 1], axes[right]];
    const share = (x - from.x) / (to.x - from.x);
    let [nearest, closest] = [-1, 8];
    for (const row of store.view) {
      const distance = Math.abs(from.places[row] * (1 - share) + to.places[row] * share - y);
      if (distance < closest) [nearest, closest] = [row, distance];
    }
    return nearest;
  }

  restyle() {
    this.background = null;
    this.layOut();
  }
}

/** An axis: its ticks, the position of each row, and conversions between positions and filters. */
function axisOf(column, x) {
  const axis = column.axis === 'levels' ? levelAxis(column) : rangeAxis(column);
  return { ...axis, column, x };
}

function levelAxis({ kind, codes, levels }) {
  const { top, bottom } = AXES;
  const apart = (bottom - top) / Math.max(1, levels.length - 1);
  // Numbers grow upward, texts are listed downward.
  const isNumeric = levels.every(isNumberOrNone);
  const place = (code) => (levels.length === 1 ? (top + bottom) / 2 : isNumeric ? bottom - code * apart : top + code * apart);
  const ticks = levels.map((_, code) => ({ place: place(code), label: levelText({ kind, levels }, code) }));
  return {
    ticks,
    places: Float32Array.from(codes, place),
    filter: (from, to) => {
      const within = [...levels.keys()].filter((code) => place(code) >= from && place(code) <= to);
      return within.length ? { codes: new Set(within) } : null;
    },
    brushed: ({ codes: chosen }) => [...chosen].map((code) => [place(code) - 7, place(code) + 7]),
  };
}

function rangeAxis({ kind, numbers }) {
  const { top, bottom, missing } = AXES;
  const scale = scaleOf(numbers, bottom, top, { unit: UNIT[kind] });
  const limit = (place) => Number((scale.value(place) * (UNIT[kind] ?? 1)).toPrecision(5)) / (UNIT[kind] ?? 1);
  const clamped = (value, none) => (value === null ? none : Math.min(bottom + 6, Math.max(top - 6, scale.place(value))));
  const ticks = scale.ticks(5).map(({ value, label }) => ({ place: scale.place(value), label }));
  const places = Float32Array.from(numbers, (value) => (Number.isNaN(value) ? missing : scale.place(value)));
  if (places.includes(missing)) ticks.push({ place: missing, label: MISSING });
  return {
    ticks,
    places,
    filter: (from, to) => ({ low: to >= bottom ? null : limit(to), high: from <= top ? null : limit(from) }),
    brushed: ({ low, high }) => [[clamped(high, top - 6), clamped(low, bottom + 6)]],
  };
}

function drawAxis(context, axis, palette, apart, filter) {
  const { column, x, ticks } = axis;
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, AXES.top - 6);
  context.lineTo(x, AXES.bottom + 6);
  context.stroke();
  if (filter) drawBrush(context, axis, palette, filter);
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.font = `11px ${FONT}`;
  let last = Infinity;
  for (const { place, label } of [...ticks].sort((a, b) => b.place - a.place)) {
    context.fillStyle = palette.muted;
    context.fillRect(x - 3, place - 0.5, 6, 1);
    // Skips labels that would overlap.
    if (last - place < 11) continue;
    last = place;
    haloText(context, shortened(context, label, apart - 14), x + 6, place, palette);
  }
  context.textAlign = 'center';
  context.font = `600 12px ${FONT}`;
  const unit = column.unit && `\u00a0${column.unit}`;
  wrapped(context, column.label + unit, apart - 8).forEach((line, index, lines) => {
    haloText(context, line, x, AXES.top - 18 - 14 * (lines.length - 1 - index), palette);
  });
}

function drawBrush(context, axis, palette, filter) {
  for (const [from, to] of axis.brushed(filter)) {
    context.fillStyle = palette.accent;
    context.globalAlpha = 0.22;
    context.fillRect(axis.x - 8, from, 16, to - from);
    context.globalAlpha = 1;
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5;
    context.strokeRect(axis.x - 8, from, 16, to - from);
  }
}

const FONT = 'system-ui, sans-serif';

/** Text with a halo, legible on top of lines. */
function haloText(context, label, x, y, palette) {
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeStyle = palette.paper;
  context.strokeText(label, x, y);
  context.fillStyle = palette.ink;
  context.fillText(label, x, y);
}

function shortened(context, label, room) {
  // Avoids measuring very long texts letter by letter.
  let kept = label.slice(0, 60);
  if (kept === label && context.measureText(kept).width <= room) return label;
  while (kept.length > 1 && context.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return `${kept}…`;
}

/** Two lines at most. */
function wrapped(context, label, room) {
  const words = label.slice(0, 80).split(' ');
  let first = words.shift();
  while (words.length && context.measureText(`${first} ${words[0]}`).width <= room) first += ` ${words.shift()}`;
  const lines = words.length ? [first, words.join(' ')] : [first];
  return lines.map((line) => shortened(context, line, room));
}
