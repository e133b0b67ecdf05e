// Inside the network: why one class and not another. The difference of two logits is a sum over the inputs
// of the last layer, z_A - z_B = sum_i a_i (w_iA - w_iB) + b_A - b_B, and its derivatives with respect to
// the pixels are what a little more ink at each of them would do to it.
"use strict";

/**
 * The classes A and B, which are the predicted one and the true one until the reader chooses others,
 * and what speaks for one or the other: a term for each input of the last layer, and the gradient and
 * the products of gradient and image, pixel by pixel.
 */
const comparison = {
  A: 0,
  B: 1,
  picked: false,
  /** @type {Numbers | null} */
  x: null, // the image for which the classes were chosen
  /** @type {Comparison | null} */
  computed: null,
};

/**
 * @typedef {object} Comparison
 * @property {Numbers} a the inputs of the last layer
 * @property {Float64Array} weights w_iA - w_iB
 * @property {Float64Array<ArrayBuffer>} terms a_i (w_iA - w_iB)
 * @property {number} bias b_A - b_B
 * @property {number} difference z_A - z_B
 * @property {Float64Array<ArrayBuffer>} gradient d(z_A - z_B)/dx
 * @property {Float64Array<ArrayBuffer>} products of the gradient and x
 */

/**
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} A
 * @param {number} B
 * @returns {Comparison}
 */
function comparedClasses(network, pass, A, B) {
  const last = network.layers.length - 1;
  const { W, b, units } = network.layers[last];
  const a = pass.a[last];
  const weights = Float64Array.from(a, (_, i) => W[i * units + A] - W[i * units + B]);
  const terms = weights.map((w, i) => a[i] * w);
  const delta = Float64Array.from(b, (_, k) => Number(k === A) - Number(k === B));
  const gradient = derivativeOfPixels(network, pass, delta);
  const products = gradient.map((slope, i) => slope * pass.a[0][i]);
  const difference = pass.z[last][A] - pass.z[last][B];
  return { a, weights, terms, bias: b[A] - b[B], difference, gradient, products };
}

/**
 * The predicted class and the true one, or the next probable where that is the same or unknown.
 * @param {Pass} pass
 * @param {number | null} label
 */
function classesToCompare({ p }, label) {
  const A = indexOfLargest(p);
  if (label !== null && label !== A) return { A, B: label };
  return { A, B: indexOfLargest(p.map((each, k) => (k === A ? -1 : each))) };
}

/** @param {{A: number, B: number}} classes */
const whyText = ({ A, B }) => `Why ${className(A)} and not ${className(B)}?`;

/** Ask about two classes, for an image that has just been chosen about those that suit it. */
function askWhy() {
  const { digit, pass } = shown();
  if (comparison.x !== digit.x) comparison.picked = false;
  comparison.x = digit.x;
  if (!comparison.picked) Object.assign(comparison, classesToCompare(pass, digit.label));
  const { A, B } = comparison;
  classSelects().forEach((select, at) => {
    select.value = String(at === 0 ? A : B);
  });
  byId("inside-why-link").textContent = whyText(comparison);
}

/** Ask about the classes that suit the image, whatever the reader has asked about before. */
function askAgain() {
  comparison.x = null;
  insideView.now();
  askWhy();
  showWhy();
}

const classSelects = () => [byId("why-a", HTMLSelectElement), byId("why-b", HTMLSelectElement)];

/**
 * The reader asks about these two classes.
 * @param {number} A
 * @param {number} B
 */
function compareClasses(A, B) {
  Object.assign(comparison, { A, B, picked: true });
  askWhy();
  showWhy();
}

function showWhy() {
  if (!inside.pass) return;
  const { network, pass, digit } = shown();
  const { A, B } = comparison;
  const computed = comparedClasses(network, pass, A, B);
  comparison.computed = computed;
  const [a, b] = [className(A), className(B)];
  for (const place of findAll("[data-class]", byId("inside-why"))) {
    place.textContent = place.dataset.class === "A" ? a : b;
  }
  byId("why-short").textContent = speakingText(computed);
  byId("why-words").textContent = differenceText(computed);
  byId("why-terms").replaceChildren(termsTable(computed));
  paint(byId("why-image", HTMLCanvasElement), digit.x);
  byId("why-image").setAttribute("aria-label", digit.origin);
  showScale("why-image", [0, 1], (value) => [255 * value, 255 * value, 255 * value]);
  showSpeakingPixels("why-products", computed.products);
  showSpeakingPixels("why-gradient", computed.gradient);
  byId("why-pixels").textContent = pixelsText(computed);
}

/**
 * @param {string} id
 * @param {Numbers} values
 */
function showSpeakingPixels(id, values) {
  const canvas = byId(id, HTMLCanvasElement);
  const largest = largestSize(values);
  const colour = (/** @type {number} */ value) => rootColour(value / largest);
  paintColours(canvas, values, colour);
  showScale(id, [-largest, largest], colour);
  const [A, B] = [1, -1].map((sign) => values.filter((value) => sign * value > 0).length);
  const { A: a, B: b } = comparison;
  const words = `${A} pixels speak for ${className(a)}, ${B} for ${className(b)}`;
  canvas.setAttribute("aria-label", words);
}

const SCALE = 101; // colours of a scale

/**
 * The scale of a picture, with its ends and its middle.
 * @param {string} id
 * @param {[number, number]} limits
 * @param {(value: number) => number[]} colour
 */
function showScale(id, [low, high], colour) {
  const at = (/** @type {number} */ share) => low + share * (high - low);
  const values = Float64Array.from({ length: SCALE }, (_, i) => at(i / (SCALE - 1)));
  paintColours(byId(`${id}-scale`, HTMLCanvasElement), values, colour, [1, SCALE]);
  const words = [low, at(0.5), high].map((value) => {
    const text = Math.abs(value) > NOTHING ? twoDigits(value).replace(/-/g, "−") : "0";
    return low < 0 && value > NOTHING ? `+${text}` : text;
  });
  findAll("span", byId(`${id}-ends`)).forEach((end, i) => {
    setText(end, words[i]);
  });
}

/** What the last layer's inputs are, and how many: `64 units`. @param {number} count */
function inputsInWords(count) {
  const name = shown().network.layers.length > 1 ? "unit" : "pixel";
  return `${withCommas(count)} ${name}${count === 1 ? "" : "s"}`;
}

/** @param {Comparison} computed */
function differenceText({ terms, difference }) {
  const { pass, digit } = shown();
  const { A, B } = comparison;
  const z = pass.z[pass.z.length - 1];
  return (
    `For ${digit.origin}${labelText(digit)}, the logit of ${className(A)} is ${rounded(z[A])} and that of ` +
    `${className(B)} is ${rounded(z[B])}. Their difference is ${rounded(difference)}: ` +
    `${timesAsProbable(difference)}. ${termsText(terms)}`
  );
}

/** How many terms raise the difference, how many lower it, and by how much. @param {Float64Array} terms */
function termsText(terms) {
  const [raising, lowering] = [1, -1].map((sign) => terms.filter((term) => sign * term > 0));
  const rest = terms.length - raising.length - lowering.length;
  const verb = (/** @type {number} */ count, /** @type {string} */ word) =>
    `${withCommas(count)} ${word}${count === 1 ? "s" : ""}`;
  return (
    `Of ${inputsInWords(terms.length)}, ${verb(raising.length, "raise")} the difference, by ` +
    `${rounded(sumOf(raising))} in all, and ${verb(lowering.length, "lower")} it, by ` +
    `${rounded(-sumOf(lowering) + 0)} in all.${rest ? ` The other ${verb(rest, "contribute").replace(/^1 /, "")} 0.` : ""}`
  );
}

/** @param {Digit} digit */
const labelText = ({ label }) => (label === null ? "" : `, labelled ${className(label)}`);

const sumOf = (/** @type {Float64Array} */ values) => values.reduce((sum, value) => sum + value, 0);

/** What a difference of logits makes of two probabilities. @param {number} difference */
function timesAsProbable(difference) {
  const { A, B } = comparison;
  if (difference === 0) return "both are equally probable";
  const [more, less] = difference > 0 ? [A, B] : [B, A];
  const { temperature } = shown().run;
  const times = timesText(Math.exp(Math.abs(difference) / temperature));
  return `by the calibrated probabilities, ${className(more)} is ${times} times as probable as ${className(less)}`;
}

/** @param {number} factor */
const timesText = (factor) =>
  factor < 1e6
    ? withCommas(Number(factor.toPrecision(3)))
    : factor.toExponential(1).replace("+", "");

/** Whether an activation function has other parts than straight lines. @param {string | null} name */
function isCurved(name) {
  const { value } = activationOf(name);
  return [1, -1].some((z) => Math.abs(value(z) + value(3 * z) - 2 * value(2 * z)) > 1e-9);
}

/** @param {Comparison} computed */
function pixelsText({ products, difference }) {
  const sum = sumOf(products);
  const { layers, activations } = shown().network;
  const curved = layers.length > 1 && activations.some(isCurved);
  const rest =
    layers.length === 1
      ? "is the difference of the biases"
      : `comes from the biases of all layers${curved ? ", and from the curvature of the activation function" : ""}`;
  return (
    `The products of all pixels add up to ${rounded(sum)}. The rest of the difference, ` +
    `${rounded(difference - sum)}, ${rest}.`
  );
}

addressParts.why = {
  seen: ["inside"],
  text: () => (comparison.picked ? `${comparison.A}.${comparison.B}` : ""),
  restore: (text) => {
    insideView.now();
    const [A, B] = numbersIn(text);
    if (!(className(A) && className(B)) || A === B) throw new RangeError(text);
    compareClasses(A, B);
  },
  start: () => {
    if (comparison.picked) askAgain();
  },
};

document.addEventListener("DOMContentLoaded", () => {
  viewOfChoice("inside-why", () => {
    insideView.now();
    showWhy();
  });
  const selects = classSelects();
  selects.forEach((select, at) => {
    select.addEventListener("change", () => {
      const other = selects[1 - at];
      const { A, B } = comparison;
      if (other.value === select.value) other.value = String(at === 0 ? A : B); // they change places
      compareClasses(Number(selects[0].value), Number(selects[1].value));
    });
  });
});
