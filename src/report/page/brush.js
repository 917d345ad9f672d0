// Brushes: a drag along an axis filters by it, a drag of the brush moves it, one of its end changes
// it, a click without a drag clears it. Each axis has a strip of its own for this, so that a finger
// elsewhere on the chart scrolls the page. With the keyboard, the filters above do the same.

const STRIP = 28;
/** Pixels from the end of a brush within which that end is taken. */
const NEAR = 7;

function makeStrips(parallel) {
  parallel.strips.replaceChildren(...parallel.axes.map((axis) => {
    const strip = element('div', { class: 'strip', 'data-key': axis.column.key, style: `left:${axis.x - STRIP / 2}px;width:${STRIP}px` });
    strip.addEventListener('pointerdown', (event) => startBrush(parallel.store, axis, strip, event));
    return strip;
  }));
}

function startBrush(store, axis, strip, event) {
  if (event.button !== 0) return;
  event.preventDefault();
  strip.setPointerCapture(event.pointerId);
  const { key } = axis.column;
  const start = event.offsetY;
  const drag = dragOf(axis, store.filters.get(key), start);
  let isMoved = false;
  const move = (moved) => {
    const place = moved.clientY - strip.getBoundingClientRect().top;
    isMoved ||= Math.abs(place - start) > 3;
    if (!isMoved) return;
    const [from, to] = drag(place);
    store.filter(key, axis.filter(Math.min(from, to), Math.max(from, to)));
  };
  const end = new AbortController();
  const until = { signal: end.signal };
  strip.addEventListener('pointermove', move, until);
  strip.addEventListener('pointercancel', () => end.abort(), until);
  strip.addEventListener('pointerup', () => {
    end.abort();
    if (!isMoved) store.filter(key, null);
  }, until);
}

/** From where the pointer is to the two ends of the brush. */
function dragOf(axis, filter, start) {
  const fresh = (place) => [start, place];
  if (!filter || filter.codes) return fresh;
  const [[from, to]] = axis.brushed(filter);
  if (Math.abs(start - from) <= NEAR) return (place) => [place, to];
  if (Math.abs(start - to) <= NEAR) return (place) => [from, place];
  if (start < from || start > to) return fresh;
  return (place) => {
    // Within the axis, and as long as it was.
    const shift = Math.min(AXES.bottom - to, Math.max(AXES.top - from, place - start));
    return [from + shift, to + shift];
  };
}
