// Inside the network: the last step, one of gradient descent, and what it does to the loss of the image.
"use strict";

/** The loss on the image after one step at this rate. @param {number} rate */
function lossAfter(rate) {
  const network = copied(shown().network);
  descend(network, goingBack().gradients, rate);
  return lossOf(forward(network, shown().digit.x));
}

/** The loss on the image whose label is known. @param {Pass} pass */
const lossOf = ({ z }) => crossEntropy(z[z.length - 1], Number(shown().digit.label));

/** The step's card with its slider: the loss before and after the step, at this rate and at others. */
function showUpdate() {
  const slider = byId("inside-rate", HTMLInputElement);
  slider.value = String(inside.sizes.rate);
  const before = lossOf(shown().pass);
  const rates = Array.from({ length: 41 }, (_, i) => 10 ** (-3 + i / 10));
  const losses = rates.map(lossAfter);
  const moved = () => {
    inside.sizes.rate = slider.valueAsNumber;
    const rate = 10 ** inside.sizes.rate;
    const update = { rate, before, after: lossAfter(rate) };
    inside.update = update;
    byId("inside-rate-value").textContent = twoDigits(rate);
    byId("inside-before").textContent = `${rounded(before)} nats`;
    byId("inside-after").textContent = `${rounded(update.after)} nats`;
    byId("inside-rates").replaceChildren(ratesChart(rates, losses, update));
    find('[data-of="words"]', byId("inside-card")).textContent = updateText(update);
    find('[data-of="table"]', byId("inside-card")).replaceChildren(changesTable(rate));
  };
  slider.addEventListener("input", moved);
  moved();
}

const twoDigits = (/** @type {number} */ value) => String(Number(value.toPrecision(2)));

/** @param {{before: number, after: number}} update */
function updateText({ before, after }) {
  const change = `The step changes this ${pageData.noun}’s loss by ${rounded(after - before)} nats.`;
  if (after > before) return `${change} It is too large: it goes past the lowest point.`;
  if (before < 0.01) return `${change} The loss was close to 0 already.`;
  return `${change} That is ${percent(1 - after / before, 0)} less.`;
}

/** How far a step at this rate moves the weights of each layer. @param {number} rate */
function changesTable(rate) {
  const { gradients } = goingBack();
  const rows = shown().network.layers.map(({ W }, l) => {
    const dW = gradients[l].W;
    const numbers = [norm(W), rate * norm(dW), rate * largestSize(dW)];
    return tableRow(String(l + 1), ...numbers.map(rounded));
  });
  return element(
    "table",
    {},
    tableHead("layer", "norm of W", "norm of the step", "largest change"),
    element("tbody", {}, ...rows),
  );
}

/**
 * The loss after one step, over all learning rates; dashed what it was before.
 * @param {number[]} rates
 * @param {number[]} losses
 * @param {{rate: number, before: number, after: number}} update
 */
function ratesChart(rates, losses, { rate, before, after }) {
  const [width, height, left, bottom] = [440, 130, 44, 34];
  const top = 1.6 * Math.max(before, 0.01);
  const right = width - 10;
  const x = (/** @type {number} */ value) =>
    left + alongAxis(value, [0.001, 10], true) * (right - left);
  const y = (/** @type {number} */ loss) =>
    8 + (1 - Math.min(loss, top) / top) * (height - bottom - 8);
  const path = rates.map((value, i) => `${x(value)} ${y(losses[i])}`).join("L");
  const description =
    "The loss after one step, for learning rates from 0.001 to 10: " +
    `at ${twoDigits(rate)} it is ${rounded(after)}`;
  const svg = svgElement("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    class: "rates",
    "aria-label": description,
  });
  svg.append(
    svgElement("line", { class: "axis", x1: left, x2: right, y1: y(0), y2: y(0) }),
    svgElement("line", { class: "before", x1: left, x2: right, y1: y(before), y2: y(before) }),
    svgElement("path", { class: "after", d: `M${path}` }),
    svgElement("circle", { cx: x(rate), cy: y(after), r: 5 }),
    ...[0.001, 0.01, 0.1, 1, 10].map((value) => {
      const place = { x: x(value), y: y(0) + 14, "text-anchor": "middle" };
      return svgElement("text", place, String(value));
    }),
    svgElement(
      "text",
      { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" },
      "learning rate",
    ),
    svgElement("text", { x: left - 5, y: y(before) + 4, "text-anchor": "end" }, rounded(before)),
    svgElement("text", { x: left - 5, y: y(0) + 4, "text-anchor": "end" }, "0"),
  );
  return svg;
}
