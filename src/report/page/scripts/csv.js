// The visible rows as CSV (RFC 4180): exact numbers, with a decimal point in both languages.

function csvText(store) {
  const columns = store.shownColumns.flatMap((column) => {
    const { key, values, deviations } = column;
    const field = { header: key.replace(/^#/, ''), value: (row) => values[row] };
    if (key === '#marks') field.value = (row) => marksOf(store.rows[row]).join(' ');
    const has = deviations && !store.shownColumns.some(({ key }) => key === column.deviation);
    return has ? [field, { header: column.deviation, value: (row) => deviations[row] }] : [field];
  });
  const lines = [columns.map(({ header }) => csvField(header))];
  for (const row of store.view) lines.push(columns.map(({ value }) => csvField(value(row))));
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}

function csvField(value) {
  const plain = String(value ?? '');
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

async function copyCsv(store) {
  const csv = csvText(store);
  try {
    await navigator.clipboard.writeText(csv);
  } catch {
    // The clipboard API is not available to local files in every browser.
    const area = element('textarea', { class: 'hidden' });
    area.value = csv;
    document.body.append(area);
    area.select();
    const isCopied = document.execCommand('copy');
    area.remove();
    if (!isCopied) return;
  }
  byId('said').textContent = counted('copied', store.view.length);
}

function downloadCsv(store) {
  const address = URL.createObjectURL(new Blob([csvText(store)], { type: 'text/csv' }));
  const name = store.page.title.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-').slice(0, 80) || 'trials';
  element('a', { href: address, download: `${name}.csv` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
