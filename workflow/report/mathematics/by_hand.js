// Backpropagation by hand: a network of 2-2-1 whose numbers the reader changes. Every line of the table
// is worked out again, by the functions that the page's networks compute with.
"use strict";

/**
 * The numbers that the reader can change; matrices row by row.
 * @typedef {{x: number[], W1: number[], b1: number[], W2: number[], b2: number[], y: number, rate: number}} HandNumbers
 *
 * What a pass forward and backward computes of them, by the names of the table's lines.
 * @typedef {Record<string, number[]>} HandResults
 */

/** @type {{numbers: HandNumbers | null, results: HandResults, after: HandResults}} */
const byHand = { numbers: null, results: {}, after: {} };

/** Two logits, of which the first is always 0: the page's networks have no logistic output. */
const withZero = (/** @type {number[]} */ values) =>
  Float64Array.from(values.flatMap((value) => [0, value]));

/** The second of each two. */
const withoutZero = (/** @type {Numbers} */ values) => [...values].filter((_, i) => i % 2 === 1);

/**
 * @param {HandNumbers} numbers
 * @returns {HandResults}
 */
function computedByHand({ x, W1, b1, W2, b2, y }) {
  const layer = { inputs: 2, units: 2 };
  const network = {
    dims: [2, 2, 2],
    layers: [
      { ...layer, W: Float64Array.from(W1), b: Float64Array.from(b1) },
      { ...layer, W: withZero(W2), b: withZero(b2) },
    ],
    activations: ["relu"],
  };
  const pass = forward(network, Float64Array.from(x));
  const gradients = zeroGradients(network);
  const [delta1, delta2] = backward(network, pass, y, gradients);
  return {
    z1: [...pass.z[0]],
    a1: [...pass.a[1]],
    z2: withoutZero(pass.z[1]),
    p: withoutZero(pass.p),
    J: [crossEntropy(pass.z[1], y)],
    delta2: withoutZero(delta2),
    dW2: withoutZero(gradients[1].W),
    db2: withoutZero(gradients[1].b),
    da1: [...sentBack(delta2, network.layers[1])],
    delta1: [...delta1],
    dW1: [...gradients[0].W],
    db1: [...gradients[0].b],
  };
}

/**
 * The numbers after one step of gradient descent.
 * @param {HandNumbers} numbers
 * @param {HandResults} results
 * @returns {HandNumbers}
 */
function stepByHand(numbers, results) {
  const moved = (/** @type {"W1" | "b1" | "W2" | "b2"} */ name) =>
    numbers[name].map((value, i) => value - numbers.rate * results[`d${name}`][i]);
  return { ...numbers, W1: moved("W1"), b1: moved("b1"), W2: moved("W2"), b2: moved("b2") };
}

/** A number with three places, or with fewer where these are all. @param {number} value */
function threePlaces(value) {
  const rounded = Math.round(1000 * value) / 1000 + 0;
  const exact = Math.abs(rounded - value) < 1e-9;
  return (exact ? String(rounded) : rounded.toFixed(3)).replace("-", "−");
}

/** Behind a sign, negative numbers are in parentheses. @param {string} number */
const signedText = (number) => (number.startsWith("−") ? `(${number})` : number);

/**
 * @param {string[]} left
 * @param {string[]} right
 */
const productTexts = (left, right) =>
  left.map((each, i) => `${signedText(each)} × ${signedText(right[i])}`);

/**
 * The lines of the forward pass with numbers in them, each as rows of texts.
 * @param {HandNumbers} numbers
 * @param {HandResults} results
 * @returns {Record<string, string[][]>}
 */
function forwardLines({ x, W1, b1, W2, b2, y }, results) {
  const t = (/** @type {number[]} */ values) => values.map(threePlaces);
  const sum = (/** @type {string[]} */ a, /** @type {string[]} */ w, /** @type {string} */ b) =>
    `${productTexts(a, w).join(" + ")} + ${signedText(b)}`;
  const [weights, biases, a1] = [t(W1), t(b1), t(results.a1)];
  const z1 = biases.map((b, j) => sum(t(x), [weights[j], weights[j + 2]], b));
  const [z2] = t(results.z2);
  const [p] = t(results.p);
  return {
    z1: [z1],
    a1: [t(results.z1).map((z) => `max(${z}, 0)`)],
    z2: [[sum(a1, t(W2), t(b2)[0])]],
    p: [[`1 / (1 + exp(${z2.startsWith("−") ? z2.slice(1) : `−${z2}`}))`]],
    J: [[y === 1 ? `−log ${p}` : `−log(1 − ${p})`]],
  };
}

/**
 * The lines of the backward pass and of the step.
 * @param {HandNumbers} numbers
 * @param {HandResults} results
 * @returns {Record<string, string[][]>}
 */
function backwardLines(numbers, results) {
  const t = (/** @type {number[]} */ values) => values.map(threePlaces);
  const outer = (/** @type {number[]} */ column, /** @type {number[]} */ row) =>
    t(column).map((each) => t(row).map((other) => productTexts([each], [other])[0]));
  const step = (/** @type {"W1" | "b1" | "W2" | "b2"} */ name) => {
    const gradient = t(results[`d${name}`]);
    const texts = t(numbers[name]).map(
      (w, i) => `${w} − ${threePlaces(numbers.rate)} × ${signedText(gradient[i])}`,
    );
    return inRows(name, texts);
  };
  const slopes = results.z1.map((z) => (z > 0 ? 1 : 0));
  return {
    delta2: [[`${threePlaces(results.p[0])} − ${numbers.y}`]],
    dW2: outer(results.a1, results.delta2),
    db2: [[]],
    da1: outer(results.delta2, numbers.W2),
    delta1: [productTexts(t(results.da1), t(slopes))],
    dW1: outer(numbers.x, results.delta1),
    db1: [[]],
    W1: step("W1"),
    b1: step("b1"),
    W2: step("W2"),
    b2: step("b2"),
  };
}

/**
 * Texts as rows of a matrix: W1 has two columns, and W2 has one.
 * @param {string} name
 * @param {string[]} texts
 */
function inRows(name, texts) {
  if (name.endsWith("W1")) return [texts.slice(0, 2), texts.slice(2)];
  return name.endsWith("W2") ? texts.map((each) => [each]) : [texts];
}

/** A number, or rows in parentheses, each in a line of its own. @param {string[][]} rows */
const rowsText = (rows) =>
  rows.length === 1 && rows[0].length < 2
    ? (rows[0][0] ?? "")
    : rows.map((row) => `(${row.join(", ")})`).join("\n");

/** The numbers in the inputs; null while one of them is none. @returns {HandNumbers | null} */
function numbersByHand() {
  const values = (/** @type {string} */ name) =>
    findAll(`[data-number="${name}"]`, byId("by-hand"), HTMLInputElement).map(
      (input) => input.valueAsNumber,
    );
  const numbers = {
    x: values("x"),
    W1: values("W1"),
    b1: values("b1"),
    W2: values("W2"),
    b2: values("b2"),
    y: Number(byId("by-hand-y", HTMLSelectElement).value),
    rate: byId("by-hand-rate", HTMLInputElement).valueAsNumber,
  };
  return Object.values(numbers).flat().every(Number.isFinite) ? numbers : null;
}

/** Work everything out from the numbers in the inputs. */
function workOut() {
  const numbers = numbersByHand();
  if (!numbers) return;
  const results = computedByHand(numbers);
  const moved = stepByHand(numbers, results);
  const after = computedByHand(moved);
  Object.assign(byHand, { numbers, results, after });
  const again = Object.entries(forwardLines(moved, after));
  const lines = { ...forwardLines(numbers, results), ...backwardLines(numbers, results) };
  for (const [name, work] of Object.entries(lines)) {
    const result = results[name] ?? moved[/** @type {"W1" | "b1" | "W2" | "b2"} */ (name)];
    showLine(name, work, result);
  }
  for (const [name, work] of again) showLine(`${name} after`, work, after[name]);
  const [before, now] = [results.J[0], after.J[0]];
  const word = now < before ? "falls" : now > before ? "rises" : "stays";
  byId("by-hand-words").textContent =
    `The step changes the loss by ${threePlaces(now - before)}: it ${word}` +
    (word === "stays" ? " as it was." : ` from ${threePlaces(before)} to ${threePlaces(now)}.`);
  byId("by-hand-network").replaceChildren(handDiagram(numbers, results));
}

/**
 * @param {string} name
 * @param {string[][]} work
 * @param {number[]} result
 */
function showLine(name, work, result) {
  const row = find(`[data-line-of="${name}"]`, byId("by-hand"));
  find(".work", row).textContent = rowsText(work);
  find(".result", row).textContent = rowsText(inRows(name, result.map(threePlaces)));
}

/**
 * The network as a drawing with its numbers.
 * @param {HandNumbers} numbers
 * @param {HandResults} results
 */
function handDiagram({ x, W1, W2, y }, { a1, p, J, delta1, delta2, dW1, dW2 }) {
  const [columns, rows] = [
    [34, 210, 386],
    [54, 184],
  ];
  const middle = (rows[0] + rows[1]) / 2;
  const svg = svgElement("svg", {
    viewBox: "0 0 420 246",
    role: "img",
    class: "hand-network",
    "aria-label": `Inputs ${x.map(threePlaces).join(" and ")}, hidden units ${a1.map(threePlaces).join(" and ")}, output ${threePlaces(p[0])}`,
  });
  const edges = [0, 1].flatMap((i) => [
    ...[0, 1].map((j) => {
      const at = 2 * i + j;
      return handEdge([columns[0], rows[i]], [columns[1], rows[j]], W1[at], dW1[at]);
    }),
    handEdge([columns[1], rows[i]], [columns[2], middle], W2[i], dW2[i]),
  ]);
  const units = [0, 1].flatMap((i) => [
    handUnit(columns[0], rows[i], `x${"₁₂"[i]}`, x[i]),
    handUnit(columns[1], rows[i], `a${"₁₂"[i]}`, a1[i], delta1[i]),
  ]);
  svg.append(
    ...edges.flat(),
    ...units.flat(),
    ...handUnit(columns[2], middle, "p", p[0], delta2[0]),
    svgElement("text", { x: columns[2], y: 34, "text-anchor": "middle" }, `y = ${y}`),
    svgElement(
      "text",
      { x: columns[2], y: 54, "text-anchor": "middle" },
      `J = ${threePlaces(J[0])}`,
    ),
  );
  return svg;
}

const signClass = (/** @type {number} */ value) =>
  value > 0 ? "positive" : value < 0 ? "negative" : "none";

/**
 * A line with its weight, and below that the derivative of the loss with respect to it.
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} weight
 * @param {number} gradient
 */
function handEdge([x1, y1], [x2, y2], weight, gradient) {
  const [x, y] = [x1 + 0.36 * (x2 - x1), y1 + 0.36 * (y2 - y1)];
  const width = Math.min(6, 1 + 2 * Math.abs(weight));
  const place = { x, "text-anchor": "middle" };
  return [
    svgElement("line", { x1, y1, x2, y2, "stroke-width": width, class: signClass(weight) }),
    svgElement("text", { ...place, y: y - 5, class: "label" }, threePlaces(weight)),
    svgElement("text", { ...place, y: y + 12, class: "label slope" }, threePlaces(gradient)),
  ];
}

/**
 * A unit with its value, and below it its error signal.
 * @param {number} x
 * @param {number} y
 * @param {string} name
 * @param {number} value
 * @param {number} [delta]
 */
function handUnit(x, y, name, value, delta) {
  const place = { x, "text-anchor": "middle" };
  const signal = delta === undefined ? [] : [`δ ${threePlaces(delta)}`];
  return [
    svgElement("circle", { cx: x, cy: y, r: 28 }),
    svgElement("text", { ...place, y: y - 6, class: "name" }, name),
    svgElement("text", { ...place, y: y + 12, class: "value" }, threePlaces(value)),
    ...signal.map((text) => svgElement("text", { ...place, y: y + 44, class: "slope" }, text)),
  ];
}

document.addEventListener("DOMContentLoaded", () => {
  const box = byId("by-hand");
  box.addEventListener("input", workOut);
  byId("by-hand-reset").addEventListener("click", () => {
    for (const input of findAll("input", box, HTMLInputElement)) input.value = input.defaultValue;
    for (const option of findAll("option", box, HTMLOptionElement))
      option.selected = option.defaultSelected;
    workOut();
  });
  workOut();
});
