// Elements. Texts become text nodes, never markup.

const SVG = 'http://www.w3.org/2000/svg';

function byId(id) {
  return document.getElementById(id);
}

function readJson(id) {
  return JSON.parse(byId(id).textContent);
}

/** An HTML element with attributes and children; attributes that are `false` or `null` are omitted. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** An SVG element, like {@link element}. */
function shape(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children);
  return node;
}

/** Hides a section and its entry in the table of contents. */
function withoutSection(id) {
  byId(id).hidden = true;
  document.querySelector(`nav a[href="#${id}"]`).parentElement.hidden = true;
}

/** A check box with its label. */
function checkbox(label, checked, changed) {
  const box = element('input', { type: 'checkbox', autocomplete: 'off' });
  box.checked = checked;
  box.addEventListener('change', () => changed(box.checked));
  return element('label', {}, box, label);
}

/**
 * Clears and resizes a canvas, sharp on screen and on paper; its context draws in CSS pixels.
 * `clearRect` is not enough: when printed, it paints white over the layers below.
 */
function blank(canvas, width, height) {
  const density = Math.max(window.devicePixelRatio || 1, document.documentElement.dataset.printing ? 3 : 1);
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const context = canvas.getContext('2d');
  context.scale(density, density);
  return context;
}

/** Hovering and clicking trials on a canvas; `rowAt` finds the row under the pointer. */
function pickRows(canvas, store, rowAt) {
  canvas.addEventListener('pointermove', (event) => store.hover(rowAt(event)));
  canvas.addEventListener('pointerleave', () => store.hover(-1));
  canvas.addEventListener('click', (event) => {
    const row = rowAt(event);
    if (row >= 0) store.toggle(row);
  });
}

/** Calls back with the width of an element, initially and on every change. */
function onWidth(node, callback) {
  let known = 0;
  new ResizeObserver(() => {
    const width = Math.floor(node.clientWidth);
    if (width !== known && width > 0) callback((known = width));
  }).observe(node);
}

/** Measures a function under this name in the browser's performance tools. */
function timed(name, work) {
  const start = performance.now();
  const result = work();
  performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
  return result;
}
