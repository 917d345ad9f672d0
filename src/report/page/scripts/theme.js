// Runs before anything is displayed, so that the wrong theme never flashes. If storage is blocked, the
// choice applies to this visit only.
'use strict';
const darkIsPreferred = matchMedia('(prefers-color-scheme: dark)');

/** The reader's choice: `light`, `dark`, or empty for the system's theme. */
function themeChoice() {
  try {
    return localStorage.getItem('tp-sweep theme') ?? '';
  } catch {
    return '';
  }
}

function applyTheme(choice) {
  const systemTheme = darkIsPreferred.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = ['light', 'dark'].includes(choice) ? choice : systemTheme;
}

applyTheme(themeChoice());
