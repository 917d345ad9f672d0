// Number formatting.

const MISSING = '–';

/** The factor from the unit of the data to the displayed unit. */
const UNIT = { percent: 100, bytes: 1 / 2 ** 20 };
const UNIT_NAME = { percent: '%', seconds: 's', bytes: 'MiB' };

/** With the decimal sign of the language, and a minus as wide as a plus. */
function localised(digits) {
  const signed = digits.replace(/^-/, '−').replace('e+', 'e');
  return LANGUAGE === 'fr' ? signed.replace('.', ',') : signed;
}

/** A whole number with its thousands separated. */
function grouped(number) {
  const separator = LANGUAGE === 'fr' ? '\u202f' : ',';
  return String(number).replace(/\B(?=(\d{3})+$)/g, separator);
}

const FORMATS = {
  number: (value) => {
    const size = Math.abs(value);
    if (size >= 1e4 || (size < 1e-3 && size > 0)) return localised(value.toExponential(2));
    return localised(value.toFixed(4));
  },
  percent: (value) => localised((100 * value).toFixed(2)),
  // Three significant digits, but no more than five decimals.
  seconds: (value) => {
    const decimals = [100, 10, 1, 0.01].findIndex((min) => value >= min);
    return localised(value.toFixed(decimals < 0 ? 5 : decimals));
  },
  bytes: (value) => localised((value * UNIT.bytes).toFixed(1)),
  count: (value) => (Number.isInteger(value) ? grouped(value) : localised(value.toFixed(1))),
  // Six digits, but all digits of a whole number, which can be a seed.
  factor: (value) => localised(String(Number.isInteger(value) ? value : Number(value.toPrecision(6)))),
};

/** A value as its column displays it, without unit. */
function formatted(kind, value) {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (kind === 'mark') return value ? '●' : '';
  if (typeof value === 'number') return (FORMATS[kind] ?? FORMATS.factor)(value);
  return String(value);
}

/** A number in the displayed unit, as short as possible. */
function inUnit(kind, value) {
  return localised(String(Number((value * (UNIT[kind] ?? 1)).toPrecision(6))));
}

/** Parses a number typed in the displayed unit: `null` if empty, `NaN` if invalid. */
function fromUnit(kind, typed) {
  const plain = typed.trim().replace('−', '-').replace(',', '.');
  return plain === '' ? null : Number(plain) / (UNIT[kind] ?? 1);
}
