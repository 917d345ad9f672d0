// Elements. Texts become text nodes: nothing in them can be markup.

const SVG = 'http://www.w3.org/2000/svg';

function byId(id) {
  return document.getElementById(id);
}

function readJson(id) {
  return JSON.parse(byId(id).textContent);
}

/** An HTML element with attributes and children; `false` and `null` leave an attribute out. */
function element(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

/** The same for SVG. */
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

/** Takes a section out of the page and of its contents. */
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
 * A canvas with nothing on it and this size, sharp on screen and on paper; its context draws in CSS
 * pixels. `clearRect` would not do: in print it is white paint over what is below.
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

/** Lets the pointer touch and select trials on a canvas; `rowAt` finds the row under it. */
function pickRows(canvas, store, rowAt) {
  canvas.addEventListener('pointermove', (event) => store.hover(rowAt(event)));
  canvas.addEventListener('pointerleave', () => store.hover(-1));
  canvas.addEventListener('click', (event) => {
    const row = rowAt(event);
    if (row >= 0) store.toggle(row);
  });
}

/** Calls back with the width of an element, now and whenever it changes. */
function onWidth(node, callback) {
  let known = 0;
  new ResizeObserver(() => {
    const width = Math.floor(node.clientWidth);
    if (width !== known && width > 0) callback((known = width));
  }).observe(node);
}

/** Measures a piece of work under a name that the browser's performance tools show. */
function timed(name, work) {
  const start = performance.now();
  const result = work();
  performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
  return result;
}
