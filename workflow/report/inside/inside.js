// Inside the network: one image step by step, forward, backward, and one step of gradient descent.
// Here are the reader's choices and what is computed from them; layers.js draws all units and unit.js
// shows one of them, steps.js and step_contents.js describe what happens in each step, descent.js shows
// the last one, and weight.js moves a single weight. comparison.js answers why it
// is one class and not another, with terms.js and speaking.js.
"use strict";

/** @typedef {"pixels" | "forward" | "loss" | "error" | "gradient" | "back" | "update"} StepKind */
/** @typedef {{kind: StepKind, l: number}} InsideStep a step and its layer, 0 for the pixels */

const START_SIZES = { rate: -1, epsilon: -1, sign: 1 };

/**
 * What is shown: `pass` forward, `delta` and `gradients` backward (null where the true class is
 * unknown); the steps and which of them is shown; the unit whose weights are shown, which is the most
 * active one of its layer until the reader picks another; and the weight that is moved, which is the
 * one of that unit with the largest derivative until the reader picks another. The sizes are the
 * exponents of the learning rate and of the weight's move, and the sign of that move.
 */
const inside = {
  /** @type {Network | null} */
  network: null,
  /** @type {InsideStep[]} */
  steps: [],
  at: 0,
  /** @type {Pass | null} */
  pass: null,
  /** @type {Float64Array<ArrayBuffer>[] | null} */
  delta: null,
  /** @type {Gradients | null} */
  gradients: null,
  unit: { l: 0, j: 0, picked: false },
  weight: { l: 0, i: 0, j: 0, picked: false },
  sizes: { ...START_SIZES },
  /** @type {{epsilon: number, before: number, after: number, said: number} | null} */
  nudge: null,
  /** @type {{rate: number, before: number, after: number} | null} */
  update: null,
};

/**
 * What is shown once it is computed. Everything that draws is called after that.
 * @typedef {{network: Network, pass: Pass, digit: Digit, run: Run}} Shown
 * @returns {Shown}
 */
const shown = () =>
  /** @type {Shown} */ ({
    network: inside.network,
    pass: inside.pass,
    digit: chosen.digit,
    run: chosen.run,
  });

/** Error signals and gradients, in steps that come after the loss. */
const goingBack = () =>
  /** @type {{delta: Float64Array<ArrayBuffer>[], gradients: Gradients}} */ ({
    delta: inside.delta,
    gradients: inside.gradients,
  });

/**
 * All steps through a network of L layers: pixels, forward, loss, and backward.
 * @param {number} L
 * @returns {InsideStep[]}
 */
function stepsThrough(L) {
  const up = Array.from({ length: L }, (_, l) => l + 1);
  /** @type {(l: number) => InsideStep[]} */
  const down = (l) => [{ kind: "gradient", l }, ...(l > 1 ? [backTo(l - 1)] : [])];
  return [
    { kind: "pixels", l: 0 },
    ...up.map((l) => /** @type {InsideStep} */ ({ kind: "forward", l })),
    { kind: "loss", l: L },
    { kind: "error", l: L },
    ...up.toReversed().flatMap(down),
    { kind: "update", l: 0 },
  ];
}

/** @type {(l: number) => InsideStep} */
const backTo = (l) => ({ kind: "back", l });

/**
 * Whether the step shown is this one, or comes after it.
 * @param {StepKind} kind
 * @param {number} l
 */
function reached(kind, l) {
  const place = inside.steps.findIndex((step) => step.kind === kind && step.l === l);
  return place >= 0 && place <= inside.at;
}

/** The step that the section begins with: probabilities and loss. */
const firstStep = () => inside.steps.findIndex(({ kind }) => kind === "loss");

/** Compute everything for the chosen network and image. */
function lookInside() {
  const { network, digit } = chosen;
  if (!network || !digit) return;
  if (inside.network !== network) {
    inside.steps = stepsThrough(network.layers.length);
    inside.at = Math.min(inside.at || firstStep(), inside.steps.length - 1);
    inside.unit.picked = inside.weight.picked = false;
    makeSteps();
    makeLayers(network);
  }
  const pass = forward(network, digit.x);
  Object.assign(inside, { network, pass, delta: null, gradients: null });
  if (digit.label !== null) {
    inside.gradients = zeroGradients(network);
    inside.delta = backward(network, pass, digit.label, inside.gradients);
  }
  askWhy();
  goTo(inside.at);
}

/** Show a step; without a label none after the loss. @param {number} at */
function goTo(at) {
  const last = inside.delta ? inside.steps.length - 1 : firstStep();
  const before = inside.at;
  inside.at = Math.max(0, Math.min(at, last));
  byId("inside-back", HTMLButtonElement).disabled = inside.at === 0;
  byId("inside-next", HTMLButtonElement).disabled = inside.at === last;
  findAll("button", byId("inside-list"), HTMLButtonElement).forEach((button, i) => {
    button.disabled = i > last;
    if (i === inside.at) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  const step = inside.steps[inside.at];
  const l = step.l || 1;
  if (!inside.unit.picked || (inside.unit.l !== l && inside.at !== before)) {
    const { pass } = shown();
    inside.unit = { l, j: indexOfLargest(pass.a[l] ?? pass.p), picked: false };
  }
  showLayers();
  showStep(step);
  centreIn(byId("inside-list"), findAll("li", byId("inside-list"))[inside.at]);
  showUnit();
}

/**
 * Scroll a list sideways, and nothing else, until a part of it is in the middle.
 * @param {HTMLElement} list
 * @param {HTMLElement} part
 */
function centreIn(list, part) {
  list.scrollLeft = part.offsetLeft - list.offsetLeft - (list.clientWidth - part.offsetWidth) / 2;
}

function makeSteps() {
  const buttons = inside.steps.map(({ kind, l }, i) => {
    const [mark, words] = STEP_NAMES[kind](l);
    const attributes = {
      type: "button",
      "aria-label": `${mark}: ${words}`,
      title: words,
      "data-kind": kind,
    };
    return element("li", {}, element("button", { ...attributes, click: () => goTo(i) }, mark));
  });
  byId("inside-list").replaceChildren(...buttons);
}

addressParts.step = {
  seen: ["inside"],
  text: () => String(inside.at),
  restore: (text) => {
    insideView.now();
    if (!(Number(text) in inside.steps)) throw new RangeError(text);
    goTo(Number(text));
  },
  start: () => {
    insideView.now(); // another network may have other steps
    if (inside.network && inside.at !== firstStep()) goTo(firstStep());
  },
};

addressParts.unit = {
  seen: ["inside"],
  text: () => (inside.unit.picked ? `${inside.unit.l}.${inside.unit.j}` : ""),
  restore: (text) => {
    insideView.now();
    const [l, j] = numbersIn(text);
    if (!hasUnit(shown().network, { l, j })) throw new RangeError(text);
    inside.unit = { l, j, picked: true };
    goTo(inside.at);
  },
  start: () => {
    if (!inside.unit.picked) return;
    inside.unit.picked = inside.weight.picked = false;
    goTo(inside.at);
  },
};

/** The weight that is moved. */
addressParts.weight = {
  seen: ["inside"],
  text: () => {
    const { l, i, j, picked } = inside.weight;
    return picked && showsGradientOf(l) ? `${l}.${i}.${j}` : "";
  },
  restore: (text) => {
    insideView.now();
    const [l, i, j] = numbersIn(text);
    const { dims } = shown().network;
    if (!(i < dims[l - 1] && j < dims[l]) || !showsGradientOf(l)) throw new RangeError(text);
    pickWeight(l, i, j);
  },
  start: () => {
    if (!inside.weight.picked) return;
    inside.weight.picked = false;
    goTo(inside.at);
  },
};

addressParts.sizes = {
  seen: ["inside"],
  text: () => {
    const text = JSON.stringify(inside.sizes);
    return text === JSON.stringify(START_SIZES) ? "" : text;
  },
  restore: (text) => {
    insideView.now();
    const { rate, epsilon, sign } = JSON.parse(text);
    const isIn = (/** @type {number} */ size) => size >= -3 && size <= 1;
    if (!isIn(rate) || !isIn(epsilon) || Math.abs(sign) !== 1) throw new RangeError(text);
    inside.sizes = { rate, epsilon, sign };
    goTo(inside.at);
  },
  start: () => {
    inside.sizes = { ...START_SIZES };
    if (inside.network) goTo(inside.at);
  },
};

/** @type {View} */
let insideView;

document.addEventListener("DOMContentLoaded", () => {
  const on = (/** @type {string} */ id, /** @type {() => void} */ act) =>
    byId(id).addEventListener("click", act);
  insideView = viewOfChoice("inside", lookInside);
  on("inside-back", () => goTo(inside.at - 1));
  on("inside-next", () => goTo(inside.at + 1));
});
