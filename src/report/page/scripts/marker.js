// Colours and shapes of selected trials. The colours are those of Okabe and Ito ("Color Universal
// Design", 2008), which colour-blind readers can distinguish, without yellow, which is too pale on
// white. The shapes are distinguishable without colour.

/** Paths around 0 of about equal area; the first is a circle of radius 3.4. */
const SHAPES = [
  'M-3.4 0a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0 -6.8 0z',
  'M-3 -3h6v6h-6z',
  'M0 -4.2L4 3H-4z',
  'M0 -4.4L4.4 0L0 4.4L-4.4 0z',
  'M0 4.2L4 -3H-4z',
  'M-1.3 -4h2.6v2.7h2.7v2.6h-2.7v2.7h-2.6v-2.7h-2.7v-2.6h2.7z',
  'M-4.4 -3.4L4.4 3.4V-3.4L-4.4 3.4z',
];

const DIAMOND = SHAPES[3];

function freeMarker(selected) {
  const taken = new Set(selected.values());
  return SHAPES.findIndex((_, marker) => !taken.has(marker));
}

/** The selected rows that have a marker, in the order of the ranking. */
function markedRows(store) {
  return [...store.selected].filter(([, marker]) => marker >= 0).sort(([a], [b]) => a - b);
}

/** The colours of the theme, from page.css. */
function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    paper: of('paper'),
    ink: of('ink'),
    muted: of('muted'),
    rule: of('rule'),
    faint: of('faint'),
    accent: of('accent'),
    ranks: [0, 1, 2, 3, 4].map((step) => of(`rank-${step}`)),
    series: SHAPES.map((_, marker) => of(`series-${marker}`)),
  };
}

/** A marker as a small SVG. */
function markerIcon(marker) {
  const path = shape('path', { d: SHAPES[marker], fill: `var(--series-${marker})` });
  return shape('svg', { class: 'marker', viewBox: '-6 -6 12 12', width: 14, height: 14, 'aria-hidden': 'true' }, path);
}

function drawMarker(context, marker, x, y, palette, size = 1.3) {
  drawShape(context, SHAPES[marker], x, y, size, palette.series[marker], palette.paper);
}

/** A path around a point, with an edge that separates it from the background. */
function drawShape(context, description, x, y, size, colour, edge) {
  const path = new Path2D(description);
  context.save();
  context.translate(x, y);
  context.scale(size, size);
  context.lineWidth = 2;
  context.strokeStyle = edge;
  context.stroke(path);
  context.fillStyle = colour;
  context.fill(path);
  context.restore();
}
