// Backpropagation by hand: a network of 2-2-1 whose numbers the reader changes. Every line of the table
// is worked out again, by the functions that the page's networks compute with.
// by_hand_lines.js writes the lines, by_hand_network.js draws the network.
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

document.addEventListener("DOMContentLoaded", () => {
  const box = byId("by-hand");
  const ids = findAll("input, select", box).map((control) => control.id);
  addressParts.byHand = partOfControls("mathematics", ids);
  box.addEventListener("input", workOut);
  byId("by-hand-reset").addEventListener("click", () => addressParts.byHand.start());
  workOut();
});
