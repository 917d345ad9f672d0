// Brushes: dragging along an axis filters by it, dragging a brush moves it, dragging one of its ends
// resizes it, and a click clears it. Only a strip around each axis reacts, so that a finger elsewhere
// on the chart scrolls the page. Keyboard users have the filters above.

/** Width of a strip in pixels. */
const STRIP_WIDTH = 28;
/** Distance in pixels within which a drag takes the end of a brush. */
const END_DISTANCE = 7;

function makeStrips(parallel) {
  parallel.strips.replaceChildren(...parallel.axes.map((axis) => {
    const strip = element('div', { class: 'strip', 'data-key': axis.column.key, style: `left:${axis.x - STRIP_WIDTH / 2}px;width:${STRIP_WIDTH}px` });
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

/** Returns a function from the pointer's position to the two ends of the brush. */
function dragOf(axis, filter, start) {
  const fresh = (place) => [start, place];
  if (!filter || filter.codes) return fresh;
  const [[from, to]] = axis.brushed(filter);
  if (Math.abs(start - from) <= END_DISTANCE) return (place) => [place, to];
  if (Math.abs(start - to) <= END_DISTANCE) return (place) => [from, place];
  if (start < from || start > to) return fresh;
  return (place) => {
    // Stays within the axis and keeps its length.
    const shift = Math.min(AXES.bottom - to, Math.max(AXES.top - from, place - start));
    return [from + shift, to + shift];
  };
}
