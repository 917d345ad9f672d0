// Interface texts in the language of the page (from text.json).

const TEXTS = readJson('text');
const LANGUAGE = document.documentElement.lang;

/** A text with values for `{0}`, `{1}` … */
function text(key, ...values) {
  return TEXTS[key].replace(/\{(\d)\}/g, (_, slot) => values[slot]);
}

/** A text that depends on a count, its `{0}`. In French, 0 is singular. */
function counted(key, count, ...values) {
  const isSingular = count === 1 || (count === 0 && LANGUAGE === 'fr');
  return text(isSingular ? `${key}.one` : `${key}.many`, grouped(count), ...values);
}
