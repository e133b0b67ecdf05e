// Inside the network: each step in words, shapes and numbers, beside its formula and the lines of code
// that compute it, which are copies of those in the section on mathematics.
"use strict";

/** @typedef {Record<string, string | Node | ((place: HTMLElement) => void)>} StepContent by data-of */

/**
 * A step's button: its text, and its name.
 * @type {Record<StepKind, (l: number) => [string, string]>}
 */
const STEP_NAMES = {
  pixels: () => ["x", "The pixels"],
  forward: (l) => [`a${subscript(l)}`, `Forward: layer ${l}`],
  loss: () => ["p, J", "Probabilities and loss"],
  error: () => ["p − y", "Backward: the error signal of the output"],
  gradient: (l) => [`∂W${subscript(l)}`, `Backward: the gradient of layer ${l}`],
  back: (l) => [`δ${subscript(l)}`, `Backward: the error signal of layer ${l}`],
  update: () => ["W − η∂W", "One step of gradient descent"],
};

/**
 * The formula of a step and which of its rows are shown (all, where none is named); and which lines
 * of which excerpt compute it, in the library and in the script of phase 1. Lines are found by what
 * they contain; where there is a list for each layer, they differ from layer to layer.
 * @typedef {Record<string, string[] | string[][]>} Lines
 * @type {Record<StepKind, {formula: string, rows?: number[], library: Lines, phase1: Lines}>}
 */
const SOURCES = {
  pixels: {
    formula: "pixels from 0 to 1",
    library: { pixels: ["np.divide"] },
    phase1: { pixels: ["np.divide"] },
  },
  forward: {
    formula: "the forward pass",
    rows: [1, 2],
    library: { forward: ["np.matmul(", "+= b", "g(work"] },
    phase1: { "phase1 forward": [["z1 =", "a1 ="], ["z2 ="]] },
  },
  loss: {
    formula: "softmax and cross-entropy",
    library: { softmax: ["p = np.exp", "return p"], "cross-entropy": ["return np.log"] },
    phase1: { "phase1 forward": ["e = ", "p = "] },
  },
  error: {
    formula: "the derivative of the loss with respect to a logit",
    library: { "p - y": ["delta -= y"] },
    phase1: { "phase1 gradients": ["delta2 = "] },
  },
  gradient: {
    formula: "the gradients of a layer",
    rows: [0, 1],
    library: { backward: ["out=dW", "out=db"] },
    phase1: {
      "phase1 gradients": [
        ["dW1 = ", "db1 = "],
        ["dW2 = ", "db2 = "],
      ],
    },
  },
  back: {
    formula: "the gradients of a layer",
    rows: [2, 3],
    library: { backward: ["W.T", "work.derivative"] },
    phase1: { "phase1 gradients": ["delta1 = "] },
  },
  update: {
    formula: "gradient descent",
    library: { "gradient descent": ["parameters -= gradient"] },
    phase1: { "phase1 step": ["W1 -=", "b1 -=", "W2 -=", "b2 -="] },
  },
};

/** Show a step's card: its text with the numbers filled in, its formula, its code. @param {InsideStep} step */
function showStep({ kind, l }) {
  const card = byId("inside-card");
  const text = document.importNode(byId(`step-${kind}`, HTMLTemplateElement).content, true);
  const title = find("h3", text);
  if (["forward", "gradient", "back"].includes(kind)) title.append(` ${l}`);
  title.after(formulaOf(kind, l));
  const rate = card.querySelector("input")?.value;
  card.replaceChildren(text, ...codeOf(kind, l));
  byId("inside-status").textContent = title.textContent;
  if (kind === "update") {
    showUpdate(rate);
    return;
  }
  for (const [name, content] of Object.entries(STEP_CONTENTS[kind](l))) {
    const place = find(`[data-of="${name}"]`, card);
    if (typeof content === "function") content(place);
    else place.replaceChildren(content);
  }
  if (kind === "gradient") makeWeight(l);
}

/**
 * A copy of a formula from the section on mathematics, with only some of its rows.
 * @param {StepKind} kind
 * @param {number} l
 */
function formulaOf(kind, l) {
  const { formula, rows } = SOURCES[kind];
  const copy = copyOf(`#mathematics [data-formula="${formula}"]`);
  const isLast = kind === "forward" && l === shown().network.layers.length;
  const kept = isLast ? rows?.slice(0, 1) : rows;
  copy.querySelectorAll("mtr").forEach((row, i) => {
    if (kept && !kept.includes(i)) row.remove();
  });
  return copy;
}

/** @param {string} selector */
const copyOf = (selector) => /** @type {HTMLElement} */ (find(selector).cloneNode(true));

/**
 * Copies of the excerpts that compute a step, with the lines marked that do it.
 * @param {StepKind} kind
 * @param {number} l
 */
function codeOf(kind, l) {
  const excerpts = SOURCES[kind][shown().run.trainer === "phase1" ? "phase1" : "library"];
  return Object.entries(excerpts).map(([name, lines]) => {
    const copy = copyOf(`#mathematics [data-excerpt="${name}"]`);
    const marks = lines.flatMap((each, i) => (Array.isArray(each) && i !== l - 1 ? [] : each));
    for (const line of findAll("[data-line]", copy)) {
      const isNow = marks.some((mark) => line.textContent?.includes(mark));
      line.classList.toggle("is-now", isNow);
    }
    return copy;
  });
}

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
  return (
    `Then the activation function, ${name}, is applied. ${positive} of ${sums.length} sums are ` +
    `positive; the largest activation is ${rounded(a[l][largest])}, of unit ${largest}.`
  );
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
    const row = tableRow(className(k), ...cells);
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

/** The loss on the image after one step at this rate. @param {number} rate */
function lossAfter(rate) {
  const network = copied(shown().network);
  descend(network, goingBack().gradients, rate);
  return lossOf(forward(network, shown().digit.x));
}

/** The loss on the image whose label is known. @param {Pass} pass */
const lossOf = ({ z }) => crossEntropy(z[z.length - 1], Number(shown().digit.label));

/**
 * The step's card with its slider: the loss before and after the step, at this rate and at others.
 * @param {string | undefined} kept the slider's value so far
 */
function showUpdate(kept) {
  const slider = byId("inside-rate", HTMLInputElement);
  if (kept !== undefined) slider.value = kept;
  const before = lossOf(shown().pass);
  const rates = Array.from({ length: 41 }, (_, i) => 10 ** (-3 + i / 10));
  const losses = rates.map(lossAfter);
  const moved = () => {
    const rate = 10 ** slider.valueAsNumber;
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
