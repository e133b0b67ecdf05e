// Backpropagation by hand: every line of the table with the numbers in it, as a reader would write it.
"use strict";

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
