// Runs before anything is shown, so that no other theme flashes. Where nothing can be stored, a choice
// holds for this visit alone.
'use strict';
const darkIsPreferred = matchMedia('(prefers-color-scheme: dark)');

/** What the reader chose: `light`, `dark`, or empty for the system's. */
function themeChoice() {
  try {
    return localStorage.getItem('tp-sweep theme') ?? '';
  } catch {
    return '';
  }
}

function applyTheme(choice) {
  const usual = darkIsPreferred.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = ['light', 'dark'].includes(choice) ? choice : usual;
}

applyTheme(themeChoice());
