// Inside the network, why one class and not another: in words, which units and which parts of the image
// speak most for each of the two.
"use strict";

const NAMED = 3; // units of each class

/** The parts of the image whose ink is added up: three rows of three. */
const IMAGE_PARTS = [
  ...["at the upper left", "at the top", "at the upper right"],
  ...["on the left", "in the middle", "on the right"],
  ...["at the lower left", "at the bottom", "at the lower right"],
];

/** The products of gradient and image, added up in each of these parts. @param {Numbers} products */
function sumsOfParts(products) {
  const sums = new Float64Array(IMAGE_PARTS.length);
  products.forEach((product, i) => {
    const [row, column] = [Math.floor(i / COLUMNS) / ROWS, (i % COLUMNS) / COLUMNS];
    sums[3 * Math.floor(3 * row) + Math.floor(3 * column)] += product;
  });
  return sums;
}

/** The indices of the largest positive numbers, the largest first. @param {Numbers} values */
const largestPositive = (values) =>
  [...values.keys()].filter((i) => values[i] > 0).sort((i, j) => values[j] - values[i]);

/** What speaks most for each of the two classes. @param {Comparison} computed */
function speakingText({ terms, products }) {
  const parts = sumsOfParts(products);
  /** @type {(of: (values: Numbers, name: string) => string, values: Numbers) => string} */
  const both = (of, values) => {
    const [A, B] = [comparison.A, comparison.B].map(className);
    const text = `${of(values, A)}, and ${of(
      values.map((value) => -value),
      B,
    )}.`;
    return text[0].toUpperCase() + text.slice(1);
  };
  const hasUnits = shown().network.layers.length > 1;
  return [...(hasUnits ? [both(speakingUnits, terms)] : []), both(speakingInk, parts)].join(" ");
}

/** @param {Numbers} terms @param {string} name */
function speakingUnits(terms, name) {
  const found = largestPositive(terms).slice(0, NAMED);
  if (found.length === 0) return `no unit speaks for ${name}`;
  if (found.length === 1) return `unit ${found[0]} alone speaks for ${name}`;
  return `units ${found.slice(0, -1).join(", ")} and ${found.at(-1)} speak most for ${name}`;
}

/** @param {Numbers} sums @param {string} name */
function speakingInk(sums, name) {
  const [part] = largestPositive(sums);
  return part === undefined
    ? `the ink of no part of the image speaks for ${name}`
    : `the ink ${IMAGE_PARTS[part]} speaks most for ${name}`;
}
