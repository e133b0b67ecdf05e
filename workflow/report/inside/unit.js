// Inside the network: one unit in detail, with its weights, its sum, and the inputs that contribute most
// to it; and what the reader does to choose it.
"use strict";

const TERMS = 5; // of a unit's sum that are listed one by one

/**
 * @param {KeyboardEvent} event
 * @param {number} l
 * @param {number} units
 */
function moveUnit(event, l, units) {
  const columns = columnsFor(units);
  const from = inside.unit.l === l ? inside.unit.j : 0;
  /** @type {Record<string, number>} */
  const moves = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + columns,
    ArrowUp: from - columns,
    Home: 0,
    End: units - 1,
  };
  if (!(event.key in moves)) return;
  event.preventDefault();
  pickUnit(l, Math.max(0, Math.min(units - 1, moves[event.key])));
}

/**
 * @param {number} l
 * @param {number} j
 */
function pickUnit(l, j) {
  if (inside.unit.l === l && inside.unit.j === j) return;
  inside.unit = { l, j, picked: true };
  showLayers();
  showUnit();
}

/**
 * The name of a unit as a link that shows it in detail, wherever the reader is.
 * @param {number} l
 * @param {number} j
 * @param {string} [name]
 */
const unitLink = (l, j, name = `unit ${j}`) =>
  element("a", { href: "#inside-unit-name", click: () => openUnit(l, j) }, name);

/**
 * Show a unit in detail: its layer is computed, if it is not yet.
 * @param {number} l
 * @param {number} j
 */
function openUnit(l, j) {
  insideView.now();
  const step = inside.steps.findIndex(({ kind, l: at }) => kind === "forward" && at === l);
  if (inside.at < step) goTo(step);
  pickUnit(l, j);
  inside.unit.picked = true; // even if it was shown already
}

/**
 * What the input i of layer l is: a pixel, or a unit of the layer below, as a link to it.
 * @param {number} l
 * @param {number} i
 */
const inputName = (l, i) => (l > 1 ? unitLink(l - 1, i) : pixelName(i));

/** Describe a strip's unit to those who do not see it. @param {number} l */
function describeUnit(l) {
  const j = inside.unit.l === l ? inside.unit.j : 0;
  const strip = byId(`layer-${l}`);
  strip.setAttribute("aria-valuenow", String(j));
  const value = reached("forward", l) ? `output ${rounded(outputsOf(l)[j])}` : "not computed yet";
  strip.setAttribute("aria-valuetext", `${nameOfUnit(l, j)}: ${value}`);
}

/**
 * @param {number} l
 * @param {number} j
 */
const nameOfUnit = (l, j) =>
  l === shown().network.layers.length ? `unit ${j}, for ${className(j)}` : `unit ${j}`;

/**
 * One unit's column of a matrix (inputs, units).
 * @param {{inputs: number, units: number}} layer
 * @param {Numbers} W
 * @param {number} j
 */
const columnOf = ({ inputs, units }, W, j) =>
  Float64Array.from({ length: inputs }, (_, i) => W[i * units + j]);

/**
 * Paint numbers that belong to the units of layer l, or to the pixels.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values
 * @param {number} l
 */
function paintUnits(canvas, values, l) {
  if (l > 0) paintStrip(canvas, values, values.length);
  else paintSigned(canvas, values);
  canvas.classList.toggle("is-image", l === 0);
}

/** The picked unit: its weights, its weighted inputs, its gradient, and its sum. */
function showUnit() {
  const { l, j } = inside.unit;
  const { network, pass } = shown();
  const layer = network.layers[l - 1];
  const w = columnOf(layer, layer.W, j);
  const products = w.map((weight, i) => weight * pass.a[l - 1][i]);
  /** @type {[string, Numbers][]} */
  const views = [
    ["its weights", w],
    ["its inputs times its weights", products],
  ];
  if (reached("gradient", l)) {
    views.push(["the gradient of its weights", columnOf(layer, goingBack().gradients[l - 1].W, j)]);
  }
  showWeight();
  const figures = views.map(([words, values]) => {
    const description = `${words}, unit ${j} of layer ${l}`;
    const canvas = element("canvas", { role: "img", "aria-label": description });
    paintUnits(canvas, values, l - 1);
    return element("figure", {}, inputsOf(canvas, l), element("figcaption", {}, words));
  });
  byId("inside-unit").replaceChildren(
    element("h3", { id: "inside-unit-name", tabindex: -1 }, `Layer ${l}, ${nameOfUnit(l, j)}`),
    element("div", { class: "unit-views" }, ...figures),
    ...(reached("forward", l) ? [sumTable(l, j, w, products)] : []),
  );
}

/**
 * The sum of a unit as a table: its largest terms, all others, its bias, and its activation.
 * @param {number} l
 * @param {number} j
 * @param {Numbers} w
 * @param {Numbers} products
 */
function sumTable(l, j, w, products) {
  const { network, pass } = shown();
  const order = [...products.keys()].sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
  const nonzero = order.filter((i) => products[i] !== 0);
  const [listed, others] = [nonzero.slice(0, TERMS), nonzero.slice(TERMS)];
  const rest = others.reduce((sum, i) => sum + products[i], 0);
  const terms = listed.map((i) => {
    return tableRow(
      inputName(l, i),
      rounded(pass.a[l - 1][i]),
      rounded(w[i]),
      rounded(products[i]),
    );
  });
  const name = activationName(l);
  const output = name ? [tableRow(`a = ${name}(z)`, "", "", rounded(pass.a[l][j]))] : [];
  return element(
    "table",
    { class: "unit-sum" },
    element("caption", {}, `The terms of its sum${l > 1 ? "" : " (pixels by row and column)"}`),
    tableHead("from", "a", "w", "a × w"),
    element(
      "tbody",
      {},
      ...terms,
      tableRow(`${others.length} others`, "", "", rounded(rest)),
      tableRow("bias", "", "", rounded(network.layers[l - 1].b[j])),
    ),
    element("tfoot", {}, tableRow("sum z", "", "", rounded(pass.z[l - 1][j])), ...output),
  );
}

/** @param {(Node | string)[]} heads */
const tableHead = (...heads) =>
  element(
    "thead",
    {},
    element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head))),
  );

/**
 * @param {Node | string} name
 * @param {string[]} cells
 */
const tableRow = (name, ...cells) =>
  element(
    "tr",
    {},
    element("th", { scope: "row" }, name),
    ...cells.map((cell) => element("td", {}, cell)),
  );
