// Texts of the interface, in the language of the page (text.json has them all).

const TEXTS = readJson('text');
const LANGUAGE = document.documentElement.lang;

/** A text, with values in the place of `{0}`, `{1}` … */
function text(key, ...values) {
  return TEXTS[key].replace(/\{(\d)\}/g, (_, slot) => values[slot]);
}

/** A text that depends on a number, which is its `{0}`. In French, 0 is singular. */
function counted(key, count, ...values) {
  const isSingular = count === 1 || (count === 0 && LANGUAGE === 'fr');
  return text(isSingular ? `${key}.one` : `${key}.many`, grouped(count), ...values);
}
