// Row order.

/**
 * Row numbers sorted by a column. Rows without a value come last in either direction; equal rows
 * keep the order of the ranking.
 */
function sortedRows({ sortKeys }, isDescending) {
  const sign = isDescending ? -1 : 1;
  return Uint32Array.from(sortKeys.keys()).sort((a, b) => {
    const [x, y] = [sortKeys[a], sortKeys[b]];
    const isNone = Number.isNaN(x);
    if (x === y || (isNone && Number.isNaN(y))) return a - b;
    if (isNone) return 1;
    return x > y ? sign : x < y ? -sign : -1;
  });
}
