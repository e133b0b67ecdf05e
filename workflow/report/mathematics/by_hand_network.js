// Backpropagation by hand: the network of 2-2-1 as a drawing with its numbers.
"use strict";

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
