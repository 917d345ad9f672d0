// Learning curves of the selected trials: losses (training dashed, validation solid) and validation
// accuracy, each with a band of one standard deviation. A table shows the values at one epoch.

const PANEL = { height: 300, left: 58, right: 14, top: 34, bottom: 36 };
/** Minimum width in pixels for two panels side by side. */
const MIN_TWO_PANELS_WIDTH = 720;

/** The quantities, in the order of the columns of the table of values. */
const QUANTITIES = [
  { key: 'train_loss', panel: 'loss', kind: 'number', isDashed: true },
  { key: 'val_loss', panel: 'loss', kind: 'number', isDashed: false },
  { key: 'val_accuracy', panel: 'accuracy', kind: 'percent', isDashed: false },
];

class LearningCurves {
  constructor(store) {
    this.store = store;
    this.section = byId('curves');
    this.panels = this.section.querySelector('.panels');
    this.reader = this.section.querySelector('.reader');
    this.epoch = Infinity;
    this.isLogarithmic = false;
    if (byId('curves-data').textContent === '[]') return withoutSection('curves');
    this.makeReader();
    store.listen((changes) => {
      if (changes.has('selection')) this.draw();
    });
    onWidth(this.panels, (width) => {
      this.width = width;
      this.draw();
    });
  }

  /** The curves of all rows; parsed on first use. */
  get all() {
    this.read ??= readJson('curves-data');
    return this.read;
  }

  makeReader() {
    this.slider = element('input', { type: 'range', min: 1, step: 1, autocomplete: 'off' });
    this.slider.addEventListener('input', () => this.showEpoch(Number(this.slider.value)));
    this.epochText = element('output', {});
    const logarithmic = checkbox(text('logarithmic_loss'), false, (isOn) => {
      this.isLogarithmic = isOn;
      this.draw();
    });
    const clear = element('button', { type: 'button' }, text('select_none'));
    clear.addEventListener('click', () => this.store.selectNone());
    this.values = element('div', { class: 'wide', role: 'group', tabindex: 0, 'aria-label': text('values_label') });
    const label = element('label', { class: 'epoch' }, text('epoch'), this.slider, this.epochText);
    this.reader.append(element('div', { class: 'controls' }, label, logarithmic, clear), this.values);
  }

  draw() {
    if (!this.width) return;
    const marked = markedRows(this.store);
    this.series = marked.filter(([row]) => this.all[row]).map(([row, marker]) => ({ row, marker, curves: this.all[row] }));
    const isEmpty = this.series.length === 0;
    this.section.querySelector('figure').hidden = isEmpty;
    byId('curves-note').textContent = this.note(marked.length);
    if (isEmpty) return this.panels.replaceChildren();
    this.epochs = Math.max(...this.series.flatMap(({ curves }) => Object.values(curves).map(({ mean }) => mean.length)));
    this.slider.max = this.epochs;
    const names = ['loss', 'accuracy'].filter((name) => this.quantities(name).length);
    const isWide = this.width >= MIN_TWO_PANELS_WIDTH && names.length > 1;
    const width = isWide ? (this.width - 16) / 2 : this.width;
    timed('curves', () => {
      this.drawn = names.map((name) => new Panel(this, name, width));
      this.panels.replaceChildren(...this.drawn.map(({ svg }) => svg));
    });
    this.showEpoch(Math.min(this.epoch, this.epochs));
  }

  note(drawable) {
    if (this.store.selected.size === 0) return text('curves_none_selected');
    if (this.series.length === 0) return text('curves_not_known');
    const left = this.store.selected.size - drawable;
    return left > 0 ? counted('curves_left_out', left, SHAPES.length) : '';
  }

  /** The quantities of a panel that at least one trial has. */
  quantities(panel = null) {
    return QUANTITIES.filter((quantity) =>
      (panel === null || quantity.panel === panel) && this.series.some(({ curves }) => curves[quantity.key]));
  }

  /** Shows the values at an epoch. */
  showEpoch(epoch) {
    this.epoch = epoch;
    this.slider.value = epoch;
    this.epochText.textContent = text('epoch_of', epoch, this.epochs);
    this.drawn.forEach((panel) => panel.moveCursor(epoch));
    const quantities = this.quantities();
    const headers = quantities.map(({ key, isDashed }) =>
      element('th', { scope: 'col', class: 'number' }, lineIcon(isDashed), ' ', text(`curve.${key}`)));
    const rows = this.series.map(({ row, marker, curves }) => element('tr', {},
      this.nameCell(row, marker),
      ...quantities.map(({ key, kind }) => element('td', { class: 'number' }, valueText(curves[key], kind, epoch)))));
    const head = element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, text('trial')), ...headers));
    this.values.replaceChildren(element('table', {}, head, element('tbody', {}, ...rows)));
  }

  nameCell(row, marker) {
    const name = reading(this.store, row, []);
    return element('th', { scope: 'row', title: name }, markerIcon(marker), ' ', element('bdi', {}, name));
  }
}

function valueText(curve, kind, epoch) {
  const mean = formatted(kind, curve?.mean[epoch - 1]);
  const deviation = curve?.deviation?.[epoch - 1];
  return typeof deviation === 'number' ? `${mean} ± ${formatted(kind, deviation)}` : mean;
}

function lineIcon(isDashed) {
  const line = shape('path', { d: 'M0 4H22', class: isDashed ? 'dashed' : null });
  return shape('svg', { class: 'line', width: 22, height: 8, viewBox: '0 0 22 8', 'aria-hidden': 'true' }, line);
}

/** One chart over the epochs. */
class Panel {
  constructor(curves, name, width) {
    const { series, epochs } = curves;
    const quantities = curves.quantities(name);
    this.curves = curves;
    this.width = width;
    const drawn = quantities.flatMap((quantity) => series.map((one) => ({ ...one, quantity, curve: one.curves[quantity.key] })));
    const known = drawn.filter(({ curve }) => curve);
    const { left, right, top, bottom, height } = PANEL;
    const { kind } = quantities[0];
    const isLogarithmic = name === 'loss' && curves.isLogarithmic;
    this.y = scaleOf(known.flatMap(({ curve }) => curve.mean.map((mean) => mean ?? NaN)), height - bottom, top,
      { unit: UNIT[kind], margin: 0.06, logarithmic: isLogarithmic });
    this.x = (epoch) => left + (epochs > 1 ? (epoch - 1) / (epochs - 1) : 0.5) * (width - left - right);
    this.svg = shape('svg', {
      viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': text(`panel.${name}`),
    });
    this.frame(text(`panel.${name}`), kind);
    // Bands are clipped slightly outside the frame.
    const clip = { id: `clip-${name}` };
    this.svg.append(shape('clipPath', clip, shape('rect', { x: left, y: top - 6, width: width - left - right + 6, height: height - top - bottom + 12 })));
    const within = shape('g', { 'clip-path': `url(#${clip.id})` });
    known.forEach((one) => within.append(...this.band(one)));
    known.forEach((one) => within.append(...this.line(one)));
    this.svg.append(within);
    this.cursor = shape('path', { class: 'cursor' });
    this.svg.append(this.cursor);
    this.svg.addEventListener('pointermove', (event) => this.point(event));
  }

  frame(title, kind) {
    const { left, right, top, bottom, height } = PANEL;
    const { svg, width, x, y } = this;
    for (const { value, label } of y.ticks(5)) {
      const place = y.place(value);
      svg.append(shape('path', { class: 'grid', d: `M${left} ${place}H${width - right}` }));
      svg.append(shape('text', { x: left - 8, y: place, class: 'up' }, label));
    }
    const { epochs } = this.curves;
    const perTick = Math.max(1, Math.ceil(epochs / Math.max(2, Math.floor(width / 70))));
    for (let epoch = 1; epoch <= epochs; epoch += epoch === 1 && perTick > 1 ? perTick - 1 : perTick) {
      svg.append(shape('text', { x: x(epoch), y: height - bottom + 16, class: 'across' }, String(epoch)));
    }
    svg.append(shape('path', { class: 'axis', d: `M${left} ${height - bottom}H${width - right}` }));
    svg.append(shape('text', { x: width - right, y: height - 4, class: 'name end' }, text('epoch')));
    const unit = UNIT_NAME[kind] ? ` (${UNIT_NAME[kind]})` : '';
    svg.append(shape('text', { x: 0, y: 14, class: 'name title' }, title + unit));
  }

  /** From mean − deviation to mean + deviation, where both exist. */
  band({ marker, curve }) {
    return stretches(curve.mean, (index) => curve.deviation?.[index] ?? null).map((run) => {
      const edge = (sign) => run.map((index) => {
        // A logarithmic scale has no values at or below 0.
        const value = Math.max(curve.mean[index] + sign * curve.deviation[index], this.y.low / 1000 || -Infinity);
        return `${round(this.x(index + 1))} ${round(this.y.place(value))}`;
      });
      const path = `M${edge(1).join('L')}L${edge(-1).reverse().join('L')}z`;
      return shape('path', { class: 'band', d: path, fill: `var(--series-${marker})` });
    });
  }

  line({ marker, curve, quantity }) {
    const colour = `var(--series-${marker})`;
    const place = (index) => `${round(this.x(index + 1))} ${round(this.y.place(curve.mean[index]))}`;
    const lines = stretches(curve.mean).map((run) =>
      shape('path', { class: quantity.isDashed ? 'curve dashed' : 'curve', d: `M${run.map(place).join('L')}`, stroke: colour }));
    const known = [...curve.mean.keys()].filter((index) => typeof curve.mean[index] === 'number');
    const every = Math.max(1, Math.round(known.length / 7));
    const markers = known.filter((_, place) => (place + marker) % every === 0 || place === known.length - 1).map((index) =>
      shape('path', { class: 'point', d: SHAPES[marker], transform: `translate(${place(index)})`, fill: colour }));
    return [...lines, ...markers];
  }

  moveCursor(epoch) {
    const x = round(this.x(epoch));
    this.cursor.setAttribute('d', `M${x} ${PANEL.top}V${PANEL.height - PANEL.bottom}`);
  }

  point(event) {
    const { epochs } = this.curves;
    const { left, right } = PANEL;
    const box = this.svg.getBoundingClientRect();
    const share = ((event.clientX - box.left) * (this.width / box.width) - left) / (this.width - left - right);
    const epoch = Math.round(1 + share * (epochs - 1));
    if (epoch >= 1 && epoch <= epochs && epoch !== this.curves.epoch) this.curves.showEpoch(epoch);
  }
}

/** Consecutive indices at which the mean is a number and `also` is not `null`. */
function stretches(means, also = () => 0) {
  const found = [];
  let current = null;
  means.forEach((mean, index) => {
    const isKnown = typeof mean === 'number' && also(index) !== null;
    if (!isKnown) current = null;
    else if (current) current.push(index);
    else found.push((current = [index]));
  });
  return found;
}

function round(place) {
  return Math.round(place * 10) / 10;
}
