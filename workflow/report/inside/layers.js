// Inside the network: every layer as a strip of its units.
"use strict";

const CELL = 10; // pixels of a strip's canvas from one unit to the next

/** How many units are in a row of a strip: at most 32, in rows of about equal length. */
const columnsFor = (/** @type {number} */ count) => Math.ceil(count / Math.ceil(count / 32));

/**
 * Paint numbers as a strip of cells, the largest in full colour; null as cells that are still dark.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers | null} values
 * @param {number} count
 * @param {number} [marked]
 */
function paintStrip(canvas, values, count, marked = -1) {
  const columns = columnsFor(count);
  canvas.width = columns * CELL;
  canvas.height = Math.ceil(count / columns) * CELL;
  canvas.style.maxWidth = widthOfStrip(columns);
  const context = contextOf(canvas);
  const largest = values ? largestSize(values) : 1;
  for (let j = 0; j < count; j++) {
    const [x, y] = [(j % columns) * CELL, Math.floor(j / columns) * CELL];
    const [red, green, blue] = values ? signedColour(values[j] / largest) : [0, 0, 0];
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(x, y, CELL - 1, CELL - 1);
    if (j === marked) {
      Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 });
      context.strokeRect(x + 1, y + 1, CELL - 3, CELL - 3);
    }
  }
}

/** Make a row for each layer, still without numbers. @param {Network} network */
function makeLayers(network) {
  byId("inside-layers").replaceChildren(...network.dims.map(layerRow));
}

/**
 * @param {number} units
 * @param {number} l
 */
function layerRow(units, l) {
  const name = element("p", { class: "layer-name" });
  if (l === 0) {
    const image = element("canvas", { id: "layer-0", class: "digit", role: "img" });
    return element("div", { class: "layer" }, name, image);
  }
  const canvas = element("canvas", {
    id: `layer-${l}`,
    class: "strip",
    role: "slider",
    tabindex: 0,
    "aria-label": `Units of layer ${l}`,
    "aria-valuemin": 0,
    "aria-valuemax": units - 1,
    keydown: (event) => moveUnit(event, l, units),
  });
  const delta = element("canvas", { id: `delta-${l}`, class: "strip", role: "img", hidden: "" });
  for (const strip of [canvas, delta]) {
    const pick = (/** @type {MouseEvent} */ event) =>
      pickUnit(l, cellUnder(event, strip, units, columnsFor(units)));
    strip.addEventListener("pointermove", pick);
    strip.addEventListener("pointerdown", pick);
  }
  const shapes = element("p", { class: "shapes" }, shapesForward(l));
  const signal = element("p", { class: "layer-delta soft", id: `delta-${l}-name`, hidden: "" });
  const names = l === chosen.network?.layers.length ? namesOfOutputs(units) : [];
  return element("div", { class: "layer" }, name, shapes, canvas, ...names, signal, delta);
}

/**
 * The names of the classes below the cells of the last layer, where these are in a single row.
 * @param {number} units
 */
function namesOfOutputs(units) {
  if (columnsFor(units) < units) return [];
  const style = `max-width: ${widthOfStrip(units)}; --columns: ${units}`;
  const names = pageData.classes.map((name) => element("span", {}, name));
  return [element("div", { class: "output-names", "aria-hidden": "true", style }, ...names)];
}

/** A few units need not fill the page. @param {number} columns */
const widthOfStrip = (columns) => `min(100%, ${3 * columns}rem)`;

/** The shapes of a layer's sums: `(1, 784) @ (784, 128) + (128,)`. @param {number} l */
function shapesForward(l) {
  const { inputs, units } = /** @type {Network} */ (chosen.network).layers[l - 1];
  return `(1, ${inputs}) @ (${inputs}, ${units}) + (${units},)`;
}

/** Show the numbers that the steps have computed so far. */
function showLayers() {
  const { dims } = shown().network;
  const now = inside.steps[inside.at];
  findAll(".layer", byId("inside-layers")).forEach((row, l) => {
    row.classList.toggle("is-now", l === now.l || now.kind === "update");
    find(".layer-name", row).replaceChildren(...nameOfLayer(l));
    if (l === 0) {
      showPixels();
      return;
    }
    const marked = inside.unit.l === l ? inside.unit.j : -1;
    const values = reached("forward", l) ? outputsOf(l) : null;
    paintStrip(byId(`layer-${l}`, HTMLCanvasElement), values, dims[l], marked);
    describeUnit(l);
    showDelta(l, dims[l], marked);
  });
}

function showPixels() {
  const { digit } = shown();
  const canvas = byId("layer-0", HTMLCanvasElement);
  paint(canvas, digit.x);
  const label = digit.label === null ? "" : `, labelled ${className(digit.label)}`;
  canvas.setAttribute("aria-label", `${digit.origin}${label}`);
}

/**
 * @param {number} l
 * @returns {(Node | string)[]}
 */
function nameOfLayer(l) {
  const { network, pass, digit } = shown();
  if (l === 0) return [element("b", {}, "x"), ` ${digit.origin} (1, ${network.dims[0]})`];
  const name = [element("b", {}, `Layer ${l}`), ` ${activationName(l) ?? "softmax"}`];
  if (l < network.layers.length || !reached("loss", l)) return name;
  const largest = indexOfLargest(pass.p);
  const [raw, confidence] = [pass.p, calibrated(pass)].map((p) => percent(p[largest], 1));
  const link = element("a", { href: "#calibration" }, "calibrated");
  const start = `: ${className(largest)}, with p = ${raw} as trained, and a `;
  const { temperature } = shown().run;
  const why = ` confidence of ${confidence}, at temperature ${temperature.toFixed(2)}`;
  return [...name, start, link, why];
}

/** The activation function of layer l in words; the last layer has none. @param {number} l */
const activationName = (l) => activationWords(shown().network.activations[l - 1]);

/** Activations of layer l; of the last one its logits, then its probabilities. @param {number} l */
function outputsOf(l) {
  const { a, z, p } = shown().pass;
  if (l < z.length) return a[l];
  return reached("loss", l) ? p : z[l - 1];
}

/**
 * @param {number} l
 * @param {number} units
 * @param {number} marked
 */
function showDelta(l, units, marked) {
  const [strip, name] = [byId(`delta-${l}`, HTMLCanvasElement), byId(`delta-${l}-name`)];
  const known = reached(l === shown().network.layers.length ? "error" : "back", l);
  strip.hidden = name.hidden = !known;
  if (!known) return;
  paintStrip(strip, goingBack().delta[l - 1], units, marked);
  name.textContent = `its error signal δ${subscript(l)} (1, ${units})`;
  strip.setAttribute("aria-label", name.textContent);
}

const subscript = (/** @type {number} */ l) =>
  [...String(l)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]).join("");

/**
 * The number of the cell that an event points at, among cells that are in rows of so many columns.
 * @param {MouseEvent} event
 * @param {HTMLElement} cells
 * @param {number} count
 * @param {number} columns
 */
function cellUnder(event, cells, count, columns) {
  const box = cells.getBoundingClientRect();
  const rows = Math.ceil(count / columns);
  const within = (/** @type {number} */ share, /** @type {number} */ most) =>
    Math.max(0, Math.min(most - 1, Math.floor(share * most)));
  const half = 0.5; // a click is at a whole pixel, rounded down: most likely in its middle
  const column = within((event.clientX + half - box.left) / box.width, columns);
  const row = within((event.clientY + half - box.top) / box.height, rows);
  return Math.min(count - 1, row * columns + column);
}
