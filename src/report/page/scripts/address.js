// The state of the page in its address, after `#?`, so that a view can be bookmarked and shared. Links
// within the page have no `?`.

function readAddress(store) {
  if (!location.hash.startsWith('#?')) return;
  const params = new URLSearchParams(location.hash.slice(2));
  store.clear();
  store.sort = { key: '#rank', isDescending: false };
  const columnsOf = (list) => list.split(' ').filter((key) => store.byKey.has(key));
  for (const [name, value] of params) {
    if (name === 'q') store.query = value;
    if (name === 'only') store.only = new Set(value.split(' ').filter((only) => Object.hasOwn(ONLY, only)));
    if (name === 'sort') readSort(store, value);
    if (name === 'columns') store.shown = new Set(['#rank', ...columnsOf(value)]);
    if (name === 'rows') readSelection(store, value);
    if (name.startsWith('f.')) readFilter(store, name.slice(2), value);
  }
  store.changed('columns');
  store.changed('view');
  store.changed('selection');
}

function readSort(store, value) {
  const isDescending = value.startsWith('-');
  const key = value.replace(/^-/, '');
  if (store.byKey.has(key)) store.sort = { key, isDescending };
}

function readSelection(store, value) {
  store.selected.clear();
  for (const row of value.split(' ').filter(Boolean).map(Number)) {
    if (store.rows[row]) store.select(row, true);
  }
}

function readFilter(store, key, value) {
  const column = store.byKey.get(key);
  if (column?.axis === 'levels') {
    const codes = value.split(' ').filter(Boolean).map(Number).filter((code) => column.levels[code] !== undefined);
    store.filter(key, { codes: new Set(codes) });
  } else if (column?.axis === 'range') {
    const [low, high] = value.split(' ').map((limit) => (limit === '' ? null : Number(limit)));
    if (!Number.isNaN(low) && !Number.isNaN(high)) store.filter(key, { low, high: high ?? null });
  }
}

/** Only what differs from the initial state; selected rows only if they are few. */
function addressOf(store) {
  const params = new URLSearchParams();
  const { key, isDescending } = store.sort;
  if (key !== '#rank' || isDescending) params.set('sort', (isDescending ? '-' : '') + key);
  if (store.query) params.set('q', store.query);
  if (store.only.size) params.set('only', [...store.only].join(' '));
  for (const [key, filter] of store.filters) {
    params.set(`f.${key}`, filter.codes ? [...filter.codes].join(' ') : `${filter.low ?? ''} ${filter.high ?? ''}`);
  }
  const isInitial = store.columns.every(({ key, shown }) => shown === store.shown.has(key));
  if (!isInitial) params.set('columns', [...store.shown].join(' '));
  const rows = [...store.selected.keys()].join(' ');
  if (rows !== store.firstSelection && store.selected.size <= 20) params.set('rows', rows);
  return String(params);
}

function keepAddress(store) {
  let timer = 0;
  store.listen((changes) => {
    if (!['view', 'columns', 'selection'].some((change) => changes.has(change))) return;
    clearTimeout(timer);
    // Browsers reject frequent changes of the address.
    timer = setTimeout(() => {
      const address = addressOf(store);
      if (address || location.hash.startsWith('#?')) history.replaceState(null, '', address ? `#?${address}` : '#');
    }, 400);
  });
}
