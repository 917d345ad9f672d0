// One column against another: the score against the seconds per epoch.

const SCATTER = { height: 360, left: 58, right: 20, top: 40, bottom: 44 };

class ScatterChart {
  constructor(store) {
    this.store = store;
    this.section = byId('scatter');
    const { scatter } = store.page;
    this.xColumn = store.byKey.get(scatter?.across);
    this.yColumn = store.byKey.get(scatter?.up);
    if (!this.xColumn?.numbers || !this.yColumn?.numbers) {
      withoutSection('scatter');
      return;
    }
    this.plot = this.section.querySelector('.plot');
    this.canvas = element('canvas', { role: 'img', 'aria-label': this.summary() });
    this.plot.append(this.canvas);
    store.listen((changes) => {
      if (['view', 'selection', 'hover'].some((change) => changes.has(change))) this.draw();
    });
    onWidth(this.plot, (width) => {
      this.width = width;
      this.layOut();
    });
    pickRows(this.canvas, store, (event) => this.rowAt(event));
  }

  /** A description of the front for screen readers. */
  summary() {
    const { store, xColumn, yColumn } = this;
    const front = this.front().slice(0, 12).map((row) => reading(store, row, [yColumn, xColumn]));
    return text('scatter_summary', yColumn.label, xColumn.label, front.join('; ') || MISSING);
  }

  /** Rows on the Pareto front, from left to right. */
  front() {
    const [x, y] = [this.xColumn.numbers, this.yColumn.numbers];
    const rows = [...this.store.rows.keys()].filter((row) => this.store.rows[row].pareto && x[row] - y[row] === x[row] - y[row]);
    return rows.sort((a, b) => x[a] - x[b] || y[a] - y[b]);
  }

  /** Those rows of the front that no row of it beats in both columns, from left to right. */
  corners(front) {
    const y = this.yColumn.numbers;
    const isBetter = this.yColumn.better === 'high' ? (one, other) => one > other : (one, other) => one < other;
    const fromBest = this.xColumn.better === 'high' ? [...front].reverse() : front;
    const corners = [];
    for (const row of fromBest) {
      if (!corners.length || isBetter(y[row], y[corners.at(-1)])) corners.push(row);
    }
    return fromBest === front ? corners : corners.reverse();
  }

  layOut() {
    if (!this.width) return;
    const { height, left, right, top, bottom } = SCATTER;
    const [x, y] = [this.xColumn, this.yColumn];
    this.x = scaleOf(x.numbers, left, this.width - right, { unit: UNIT[x.kind], margin: 0.03 });
    this.y = scaleOf(y.numbers, height - bottom, top, { unit: UNIT[y.kind], margin: 0.04, logarithmic: y.kind === 'percent' ? false : null });
    this.places = [Float32Array.from(x.numbers, this.x.place), Float32Array.from(y.numbers, this.y.place)];
    this.draw();
  }

  draw() {
    if (!this.places) return;
    timed('scatter', () => {
      const { store } = this;
      const palette = colours();
      this.context = blank(this.canvas, this.width, SCATTER.height);
      this.drawFrame(palette);
      this.drawPoints((row) => !store.pass[row], 1.2, palette.faint);
      this.drawPoints((row) => store.pass[row] && !store.rows[row].pareto, 3, palette.muted);
      this.drawFront(palette);
      this.drawMarked(palette);
    });
    const { hovered } = this.store;
    byId('scatter-reading').textContent = hovered < 0 ? '' : reading(this.store, hovered, [this.yColumn, this.xColumn]);
  }

  drawFrame(palette) {
    const { context, width } = this;
    const { height, left, right, bottom } = SCATTER;
    context.font = `11px ${FONT}`;
    context.fillStyle = palette.muted;
    context.strokeStyle = palette.rule;
    context.lineWidth = 1;
    context.beginPath();
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const { value, label } of this.y.ticks(6)) {
      const place = Math.round(this.y.place(value)) + 0.5;
      context.moveTo(left, place);
      context.lineTo(width - right, place);
      context.fillText(label, left - 8, place);
    }
    context.textAlign = 'center';
    context.textBaseline = 'top';
    for (const { value, label } of this.x.ticks(Math.floor(width / 90))) {
      const place = Math.round(this.x.place(value)) + 0.5;
      context.moveTo(place, height - bottom);
      context.lineTo(place, height - bottom + 5);
      context.fillText(label, place, height - bottom + 8);
    }
    context.stroke();
    context.strokeStyle = palette.muted;
    context.strokeRect(left, height - bottom + 0.5, width - left - right, 0);
    context.fillStyle = palette.ink;
    context.font = `12px ${FONT}`;
    context.textAlign = 'right';
    context.fillText(titled(this.xColumn), width - right, height - 16);
    context.font = `600 12px ${FONT}`;
    context.textAlign = 'left';
    context.fillText(titled(this.yColumn), 0, 4);
  }

  drawPoints(isDrawn, radius, colour) {
    const { context, store } = this;
    const [xs, ys] = this.places;
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.beginPath();
    for (let row = 0; row < store.rows.length; row++) {
      if (!isDrawn(row) || Number.isNaN(xs[row] + ys[row])) continue;
      context.moveTo(xs[row] + radius, ys[row]);
      context.arc(xs[row], ys[row], radius, 0, 2 * Math.PI);
    }
    context.stroke();
  }

  /** Diamonds joined by steps: the boundary of the dominated region. */
  drawFront(palette) {
    const { context, store } = this;
    const [xs, ys] = this.places;
    const front = this.front();
    context.strokeStyle = palette.ink;
    context.lineWidth = 1.2;
    context.beginPath();
    const corners = this.corners(front);
    corners.forEach((row, index) => {
      if (index === 0) return context.moveTo(xs[row], ys[row]);
      const before = corners[index - 1];
      // Where less is better to the right, what is to the right of a point is no better.
      if (this.xColumn.better === 'high') context.lineTo(xs[before], ys[row]);
      else context.lineTo(xs[row], ys[before]);
      context.lineTo(xs[row], ys[row]);
    });
    context.stroke();
    for (const row of front) {
      const colour = store.pass[row] ? palette.ink : palette.faint;
      drawShape(context, DIAMOND, xs[row], ys[row], 1.2, colour, palette.paper);
    }
  }

  drawMarked(palette) {
    const { context, store } = this;
    const [xs, ys] = this.places;
    for (const [row, marker] of markedRows(store)) drawMarker(context, marker, xs[row], ys[row], palette, 1.6);
    const best = store.rows.findIndex((row) => row.best);
    if (best >= 0) this.label(best, '☆', palette);
    if (store.hovered >= 0) {
      context.strokeStyle = palette.ink;
      context.lineWidth = 2;
      context.beginPath();
      context.arc(xs[store.hovered], ys[store.hovered], 9, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  label(row, sign, palette) {
    const { context } = this;
    context.font = `14px ${FONT}`;
    context.textAlign = 'center';
    context.textBaseline = 'bottom';
    haloText(context, sign, this.places[0][row], this.places[1][row] - 7, palette);
  }

  /** The row whose point is nearest to the pointer, or -1 if none is within 14 pixels. */
  rowAt(event) {
    const [xs, ys] = this.places;
    let [nearest, closest] = [-1, 14];
    for (const row of this.store.view) {
      const distance = Math.hypot(xs[row] - event.offsetX, ys[row] - event.offsetY);
      if (distance < closest) [nearest, closest] = [row, distance];
    }
    return nearest;
  }
}
