// Inside the network: every layer as a strip of its units, and a lens for one of them.
"use strict";

const CELL = 10; // pixels of a strip's canvas from one unit to the next
const TERMS = 5; // of a unit's sum that the lens names one by one

/** So many units lie in a strip's row: few enough to be told apart, and rows of about equal length. */
const columnsFor = (count) => Math.ceil(count / Math.ceil(count / 32));

/** Paint numbers as a strip of cells, the largest in full colour; null as units still dark. */
function paintStrip(canvas, values, count, marked = -1) {
  const columns = columnsFor(count);
  canvas.width = columns * CELL;
  canvas.height = Math.ceil(count / columns) * CELL;
  canvas.style.maxWidth = `min(100%, ${3 * columns}rem)`; // a few units need not fill the page
  const context = canvas.getContext("2d");
  const most = values ? largest(values) : 1;
  for (let j = 0; j < count; j++) {
    const [x, y] = [(j % columns) * CELL, Math.floor(j / columns) * CELL];
    const [red, green, blue] = values ? signedColour(values[j] / most) : [0, 0, 0];
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    context.fillRect(x, y, CELL - 1, CELL - 1);
    if (j === marked) {
      Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 });
      context.strokeRect(x + 1, y + 1, CELL - 3, CELL - 3);
    }
  }
}

/** Numbers that belong to the units of layer l, or to the pixels: their picture. */
function paintUnits(canvas, values, l) {
  if (l > 0) paintStrip(canvas, values, values.length);
  else paintSigned(canvas, values);
  canvas.classList.toggle("is-image", l === 0);
}

/** The rows of the picture, one a layer, still without numbers. */
function makeLayers(network) {
  const rows = network.dims.map((units, l) => {
    const canvas = l === 0
      ? element("canvas", { id: "layer-0", class: "digit", role: "img" })
      : element("canvas", { id: `layer-${l}`, class: "strip", role: "slider", tabindex: 0,
        "aria-label": `Units of layer ${l}`, "aria-valuemin": 0, "aria-valuemax": units - 1,
        keydown: (event) => moveUnit(event, l, units) });
    const delta = element("canvas", { id: `delta-${l}`, class: "strip", role: "img", hidden: "" });
    for (const strip of l > 0 ? [canvas, delta] : []) {
      for (const kind of ["pointermove", "pointerdown"]) {
        strip.addEventListener(kind, (event) => takeUnit(l, unitUnder(event, strip, units)));
      }
    }
    return element("div", { class: "layer" }, element("p", { class: "layer-name" }),
      ...(l > 0 ? [element("p", { class: "shapes" }, shapesForward(l))] : []), canvas,
      ...(l > 0 ? [element("p", { class: "layer-delta soft", hidden: "" }), delta] : []));
  });
  byId("inside-layers").replaceChildren(...rows);
}

/** `(1, 784) @ (784, 128) + (128,)`: the shapes of a layer's sums. */
function shapesForward(l) {
  const { inputs, units } = chosen.network.layers[l - 1];
  return `(1, ${inputs}) @ (${inputs}, ${units}) + (${units},)`;
}

/** Numbers where the steps have reached, darkness where they have not. */
function showLayers() {
  const { dims } = inside.network;
  const now = inside.steps[inside.at];
  [...byId("inside-layers").children].forEach((row, l) => {
    row.classList.toggle("is-now", l === now.l || now.kind === "update");
    row.firstChild.replaceChildren(...nameOfLayer(l));
    if (l === 0) return showPixels();
    const known = reached("forward", l);
    const marked = inside.unit.l === l ? inside.unit.j : -1;
    paintStrip(byId(`layer-${l}`), known ? outputsOf(l) : null, dims[l], marked);
    sayUnit(l);
    showDelta(l, dims[l], marked);
  });
}

function showPixels() {
  const { digit } = chosen;
  paint(byId("layer-0"), digit.x);
  const label = digit.label === null ? "" : `, labelled ${className(digit.label)}`;
  byId("layer-0").setAttribute("aria-label", `The digit: ${digit.origin}${label}`);
}

function nameOfLayer(l) {
  const { network, pass } = inside;
  if (l === 0) return [element("b", {}, "x"), ` ${chosen.digit.origin} (1, ${network.dims[0]})`];
  const bend = network.activations[l - 1]?.replace("_", " ") ?? "softmax";
  const name = [element("b", {}, `Layer ${l}`), ` ${bend}`];
  if (l < network.layers.length || !reached("loss", l)) return name;
  const most = indexOfMost(pass.p);
  return [...name, `: ${className(most)}, ${percent(pass.p[most], 1)}`];
}

/** What layer l hands on: its activations, or in the last layer its sums, then its probabilities. */
function outputsOf(l) {
  const { a, z, p } = inside.pass;
  return l < z.length ? a[l] : reached("loss", l) ? p : z[l - 1];
}

function showDelta(l, units, marked) {
  const strip = byId(`delta-${l}`);
  const known = reached(l === inside.network.layers.length ? "error" : "back", l);
  const words = strip.previousSibling;
  strip.hidden = words.hidden = !known;
  if (!known) return;
  paintStrip(strip, inside.delta[l - 1], units, marked);
  words.textContent = `its error signal δ${sub(l)} (1, ${units})`;
  strip.setAttribute("aria-label", words.textContent);
}

const sub = (l) => [...String(l)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");

/** The unit of a strip that an event points at. */
function unitUnder(event, strip, units) {
  const box = strip.getBoundingClientRect();
  const columns = columnsFor(units);
  const rows = Math.ceil(units / columns);
  const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
  const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
  return Math.max(0, Math.min(units - 1, row * columns + Math.max(0, Math.min(columns - 1, column))));
}

function moveUnit(event, l, units) {
  const columns = columnsFor(units);
  const from = inside.unit.l === l ? inside.unit.j : 0;
  const to = { ArrowRight: from + 1, ArrowLeft: from - 1, ArrowDown: from + columns,
    ArrowUp: from - columns, Home: 0, End: units - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  takeUnit(l, Math.max(0, Math.min(units - 1, to)));
}

function takeUnit(l, j) {
  if (inside.unit.l === l && inside.unit.j === j) return;
  inside.unit = { l, j, picked: true };
  showLayers();
  showLens();
}

function sayUnit(l) {
  const j = inside.unit.l === l ? inside.unit.j : 0;
  const strip = byId(`layer-${l}`);
  strip.setAttribute("aria-valuenow", j);
  const known = reached("forward", l);
  const value = known ? `hands on ${rounded(outputsOf(l)[j])}` : "not computed yet";
  strip.setAttribute("aria-valuetext", `${nameOfUnit(l, j)}: ${value}`);
}

const nameOfUnit = (l, j) =>
  l === inside.network.layers.length ? `unit ${j}, for ${className(j)}` : `unit ${j}`;

/** Numbers for people: three places, or as a power of ten where that would show none. */
const rounded = (value) =>
  value === 0 || Math.abs(value) >= 5e-4 ? value.toFixed(3).replace("-", "−")
    : value.toExponential(1).replace(/-/g, "−");

/** One unit's part of a matrix whose rows belong to what comes in. */
const columnOf = ({ W, inputs, units }, j) =>
  Float64Array.from({ length: inputs }, (_, i) => W[i * units + j]);

/** The lens: what the unit looks for, what it finds, what it would learn, and its sum. */
function showLens() {
  const { l, j } = inside.unit;
  const layer = inside.network.layers[l - 1];
  const w = columnOf(layer, j);
  const products = w.map((weight, i) => weight * inside.pass.a[l - 1][i]);
  const views = [["its weights", w], ["times what came in", products]];
  if (reached("gradient", l)) {
    views.push(["its gradient", columnOf({ ...layer, W: inside.gradients[l - 1].W }, j)]);
  }
  const figures = views.map(([words, values]) => {
    const canvas = element("canvas", { role: "img", "aria-label": `${words}, unit ${j} of layer ${l}` });
    paintUnits(canvas, values, l - 1);
    return element("figure", {}, canvas, element("figcaption", {}, words));
  });
  const found = reached("forward", l) ? [sumOf(l, j, w, products)] : [];
  byId("inside-lens").replaceChildren(
    element("h3", {}, `Layer ${l}, ${nameOfUnit(l, j)}`),
    element("div", { class: "lens-views" }, ...figures),
    element("p", { class: "soft" }, "Blue speaks for it, orange against it; black is 0."),
    ...found,
  );
}

/** The sum of a unit as a table: its largest terms, all others, its bias, and what it hands on. */
function sumOf(l, j, w, products) {
  const { z } = inside.pass;
  const order = [...products.keys()].sort((a, b) => Math.abs(products[b]) - Math.abs(products[a]));
  const named = order.slice(0, TERMS).filter((i) => products[i] !== 0);
  const others = order.slice(named.length).filter((i) => products[i] !== 0);
  const rest = others.reduce((sum, i) => sum + products[i], 0);
  const from = (i) => l > 1 ? `unit ${i}` : `pixel ${Math.floor(i / COLUMNS)}, ${i % COLUMNS}`;
  const row = (words, ...numbers) => element("tr", {}, element("th", { scope: "row" }, words),
    ...numbers.map((number) => element("td", {}, number)));
  const last = l === z.length;
  const bend = last ? "" : inside.network.activations[l - 1].replace("_", " ");
  return element("table", { class: "lens-sum" },
    element("caption", {}, `What goes into its sum${l > 1 ? "" : " (pixels by row and column)"}`),
    element("thead", {}, element("tr", {}, ...["from", "a", "w", "a × w"].map((word) =>
      element("th", { scope: "col" }, word)))),
    element("tbody", {},
      ...named.map((i) => row(from(i), rounded(inside.pass.a[l - 1][i]), rounded(w[i]), rounded(products[i]))),
      row(`${others.length} others`, "", "", rounded(rest)),
      row("bias", "", "", rounded(inside.network.layers[l - 1].b[j])),
    ),
    element("tfoot", {},
      row("sum z", "", "", rounded(z[l - 1][j])),
      ...(last ? [] : [row(`a = ${bend}(z)`, "", "", rounded(inside.pass.a[l][j]))])));
}
