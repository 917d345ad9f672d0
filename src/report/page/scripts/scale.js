// From numbers to places on an axis, and back.

/** Beyond this ratio of the largest to the smallest number an axis is logarithmic. */
const WIDE = 100;

/**
 * A scale of all finite numbers among `values`, from pixel `start` to pixel `end`.
 * `unit` is the factor to the unit in which ticks are round numbers.
 */
function scaleOf(values, start, end, { unit = 1, logarithmic = null, margin = 0 } = {}) {
  let [low, high] = extent(values);
  const isLogarithmic = low > 0 && (logarithmic ?? high / low > WIDE);
  const forward = isLogarithmic ? Math.log10 : (value) => value;
  const back = isLogarithmic ? (value) => 10 ** value : (value) => value;
  let [from, to] = [forward(low), forward(high)];
  // One number stands in the middle, also where rounding makes two of it.
  const isOne = to - from <= 1e-12 * Math.max(Math.abs(from), Math.abs(to));
  const room = isOne ? Math.abs(from) * 0.1 || 1 : (to - from) * margin;
  [from, to] = [from - room, to + room];
  const perPixel = (end - start) / (to - from);
  return {
    low,
    high,
    place: (value) => start + (forward(value) - from) * perPixel,
    value: (place) => back(from + (place - start) / perPixel),
    ticks: (count) => {
      const [first, last] = [back(from) * unit, back(to) * unit];
      const ticks = isLogarithmic ? powers(first, last) : steps(first, last, count);
      return ticks.map(({ value, label }) => ({ value: value / unit, label: localised(label) }));
    },
  };
}

function extent(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    // Comparisons with what is not a number are false.
    if (value < low && value > -Infinity) low = value;
    if (value > high && value < Infinity) high = value;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** Multiples of 1, 2 or 5 times a power of ten, about `count` of them. */
function steps(first, last, count) {
  const rough = (last - first) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999);
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks = [];
  const start = Math.ceil(first / step - 1e-9);
  for (let index = 0; index < 99; index++) {
    const value = (start + index) * step;
    if (value > last + step * 1e-9) break;
    ticks.push({ value, label: Math.abs(value) >= 1e6 ? value.toExponential(1) : value.toFixed(decimals) });
  }
  return ticks;
}

/** Powers of ten; with 2 and 5 between them where there are few, every n-th where there are many. */
function powers(first, last) {
  const [from, to] = [Math.ceil(Math.log10(first) - 1e-9), Math.floor(Math.log10(last) + 1e-9)];
  const every = Math.max(1, Math.ceil((to - from + 1) / 6));
  const factors = to - from < 2 ? [1, 2, 5] : [1];
  const ticks = [];
  for (let power = from - 1; power <= to; power++) {
    if ((power - from) % every !== 0 && every > 1) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value < first * 0.999 || value > last * 1.001) continue;
      ticks.push({ value, label: power < -3 || power > 4 ? value.toExponential(0) : String(value) });
    }
  }
  return ticks;
}
