// Creates the parts of the page.

const store = new Store(readJson('data'));
selectFirst(store);
readAddress(store);
const table = new Table(store);
new Controls(store);
const parallel = new Parallel(store);
const learningCurves = new LearningCurves(store);
const scatterChart = new ScatterChart(store);
keepAddress(store);
addEventListener('hashchange', () => readAddress(store));
followTheme();
followPrinter();
performance.measure('ready');

/** Selects the first trials of the ranking, so that the charts of selected trials are not empty. */
function selectFirst(store) {
  const firstUnranked = store.rows.findIndex(({ rank }) => rank === null);
  const count = Math.min(3, firstUnranked < 0 ? store.rows.length : firstUnranked);
  for (let row = 0; row < count; row++) store.select(row, true);
  store.firstSelection = [...store.selected.keys()].join(' ');
}

/** Canvases ignore style sheets, so they are drawn again. */
function redrawCanvases() {
  parallel.restyle();
  scatterChart.layOut?.();
}

function followTheme() {
  const choice = byId('theme');
  choice.value = themeChoice();
  const follow = () => {
    applyTheme(choice.value);
    redrawCanvases();
  };
  choice.addEventListener('change', () => {
    follow();
    try {
      localStorage.setItem('tp-sweep theme', choice.value);
    } catch {
      // Storage is blocked: the choice applies to this visit only.
    }
  });
  darkIsPreferred.addEventListener('change', follow);
}

/** Print uses the light theme, the first rows only and a higher resolution. */
function followPrinter() {
  const root = document.documentElement;
  const print = (isPrinting) => {
    if (isPrinting) root.dataset.printing = 'yes';
    else delete root.dataset.printing;
    table.print(isPrinting);
    redrawCanvases();
  };
  addEventListener('beforeprint', () => print(true));
  addEventListener('afterprint', () => print(false));
}
