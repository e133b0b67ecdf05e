// Inside the network, why one class and not another: the table of the terms that add up to the difference.
"use strict";

const LISTED = 5; // terms for each of the two classes

/** The terms that speak most for each class, all others, and the biases. @param {Comparison} computed */
function termsTable(computed) {
  const { A, B } = comparison;
  const { terms, bias, difference } = computed;
  const order = [...terms.keys()].sort((i, j) => terms[j] - terms[i]);
  const forA = order.slice(0, LISTED).filter((i) => terms[i] > 0);
  const forB = order.slice(-LISTED).filter((i) => terms[i] < 0);
  const listed = new Set([...forA, ...forB]);
  const rest = order.reduce((sum, i) => (listed.has(i) ? sum : sum + terms[i]), 0);
  const values = [...listed].map((i) => terms[i]);
  const largest = largestSize(Float64Array.of(...values, rest, bias, difference));
  const row = (/** @type {number} */ i) => termRow(computed, i, largest);
  const others = `${inputsInWords(terms.length - listed.size)}, all others`;
  return element(
    "table",
    { class: "why-terms" },
    element("caption", {}, "The largest terms, and what all others add"),
    tableHead("from", "a", subscripted("w", "A", " − w", "B"), "product", "B ← → A"),
    element("tbody", {}, groupRow("A", A), ...forA.map(row)),
    element("tbody", {}, groupRow("B", B), ...forB.reverse().map(row)),
    element(
      "tbody",
      {},
      sumRow([others], rest, largest),
      sumRow([subscripted("b", "A", " − b", "B"), ", the biases"], bias, largest),
    ),
    element("tfoot", {}, sumRow([subscripted("z", "A", " − z", "B")], difference, largest)),
  );
}

/**
 * Letters that have classes as their indices: subscripted("w", "A", " − w", "B").
 * @param {string[]} parts each second one is an index
 */
const subscripted = (...parts) =>
  element("span", {}, ...parts.map((part, at) => element(at % 2 === 0 ? "i" : "sub", {}, part)));

/**
 * @param {"A" | "B"} letter
 * @param {number} k
 */
function groupRow(letter, k) {
  const key = element("span", { class: letter === "A" ? "positive" : "negative" });
  const words = [key, "for ", element("i", {}, letter), `: ${className(k)}`];
  return element("tr", {}, element("th", { scope: "rowgroup", colspan: 5 }, ...words));
}

/**
 * The term of an input of the last layer.
 * @param {Comparison} computed
 * @param {number} i
 * @param {number} largest of the numbers that have a bar
 */
function termRow({ a, weights, terms }, i, largest) {
  const row = tableRow(
    inputName(shown().network.layers.length, i),
    rounded(a[i]),
    rounded(weights[i]),
    rounded(terms[i]),
  );
  row.append(barCell(terms[i], largest));
  return row;
}

/**
 * @param {(Node | string)[]} name
 * @param {number} value
 * @param {number} largest
 */
function sumRow(name, value, largest) {
  const head = element("th", { scope: "row", colspan: 3 }, ...name);
  return element("tr", {}, head, element("td", {}, rounded(value)), barCell(value, largest));
}

/**
 * A bar from the middle of the cell: to the right what speaks for A, to the left what speaks for B.
 * @param {number} value
 * @param {number} largest
 */
function barCell(value, largest) {
  const style = `--share: ${Math.abs(value) / largest}`;
  const bar = element("i", { class: value > 0 ? "positive" : "negative", style });
  return element("td", { class: "why-bar" }, bar);
}
