// Inside the network: what each step shows of the image, in words, shapes, numbers and pictures.
"use strict";

/** @typedef {Record<string, string | Node | ((place: HTMLElement) => void)>} StepContent by data-of */

/**
 * What each step shows of this image.
 * @type {Record<Exclude<StepKind, "update">, (l: number) => StepContent>}
 */
const STEP_CONTENTS = {
  pixels: () => ({ nonzero: String(countNonzero(shown().digit.x)) }),
  forward: (l) => ({ shapes: `${shapesForward(l)} → (1, ${unitsOf(l)})`, words: forwardText(l) }),
  loss: () => ({ words: lossText(), table: outputsTable(false) }),
  error: (l) => ({
    shapes: `(1, ${unitsOf(l)}) − (1, ${unitsOf(l)}) → (1, ${unitsOf(l)})`,
    table: outputsTable(true),
  }),
  gradient: (l) => gradientContent(l),
  back: (l) => backContent(unitsOf(l + 1), unitsOf(l), goingBack().delta[l - 1]),
};

const unitsOf = (/** @type {number} */ l) => shown().network.dims[l];
const countNonzero = (/** @type {Numbers} */ values) =>
  values.filter((value) => value !== 0).length;

/** The Euclidean norm. @param {Numbers} values */
function norm(values) {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** @param {number} l */
function forwardText(l) {
  const { a, z } = shown().pass;
  const name = activationName(l);
  if (!name)
    return `There is one sum for each class; the largest is that of ${className(indexOfLargest(z[l - 1]))}.`;
  const sums = z[l - 1];
  const positive = sums.filter((value) => value > 0).length;
  const largest = indexOfLargest(a[l]);
  const words =
    `Then the activation function, ${name}, is applied. ${positive} of ${sums.length} sums are ` +
    `positive; the largest activation is ${rounded(a[l][largest])}, of `;
  return element("span", {}, words, unitLink(l, largest), ".");
}

function lossText() {
  const { p, z } = shown().pass;
  const { label } = shown().digit;
  if (label === null) return "Choose above what you drew; then the loss can be computed.";
  const loss = crossEntropy(z[z.length - 1], label);
  return (
    `The loss is the negative log-likelihood of the true class, ${className(label)}: ` +
    `−log ${rounded(p[label])} = ${rounded(loss)} nats.`
  );
}

/** Logits, probabilities, and, if asked for, labels and error signals. @param {boolean} withError */
function outputsTable(withError) {
  const { p, z } = shown().pass;
  const { label } = shown().digit;
  const logits = z[z.length - 1];
  const rows = [...p].map((probability, k) => {
    const [y, error] = [k === label ? "1" : "0", rounded(probability - (k === label ? 1 : 0))];
    const cells = [rounded(logits[k]), rounded(probability), ...(withError ? [y, error] : [])];
    const row = tableRow(unitLink(z.length, k, className(k)), ...cells);
    row.className = k === label ? "is-true" : "";
    return row;
  });
  const heads = ["class", "z", "p", ...(withError ? ["y", "p − y"] : [])];
  return element(
    "table",
    { class: "inside-outputs" },
    tableHead(...heads),
    element("tbody", {}, ...rows),
  );
}

/**
 * @param {number} l
 * @returns {StepContent}
 */
function gradientContent(l) {
  const { inputs, units } = shown().network.layers[l - 1];
  const { W } = goingBack().gradients[l - 1];
  const nonzero = `${withCommas(countNonzero(W))} of ${withCommas(W.length)}`;
  return {
    shapes: `(${inputs}, 1) @ (1, ${units}) → (${inputs}, ${units})`,
    words: `${nonzero} derivatives are not 0; their norm is ${rounded(norm(W))}.`,
    matrix: (place) => {
      const canvas = /** @type {HTMLCanvasElement} */ (place);
      if (l > 1) paintMatrix(canvas, W, inputs, units);
      else paintSheet(canvas, W, units);
    },
    caption:
      l > 1
        ? `∂J/∂W${subscript(l)}: a row for each unit below, a column for each unit`
        : "∂J/∂W₁: an image for each unit, which is the image x times the unit’s error signal",
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values
 * @param {number} rows
 * @param {number} columns
 */
function paintMatrix(canvas, values, rows, columns) {
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `A matrix of ${rows} rows and ${columns} columns`);
  const largest = largestSize(values);
  paintColours(canvas, values, (value) => signedColour(value / largest), [rows, columns]);
}

/**
 * @param {number} above units of the layer that the error comes from
 * @param {number} units
 * @param {Numbers} delta
 * @returns {StepContent}
 */
const backContent = (above, units, delta) => ({
  shapes: `(1, ${above}) @ (${above}, ${units}) * (1, ${units}) → (1, ${units})`,
  words: `Here, the error signals of ${countNonzero(delta)} of ${units} units are not 0.`,
});
