// Inside the network: the steps, and the card of each: its formula and the lines of code that compute it,
// which are copies of those in the section on mathematics, beside what step_contents.js shows.
"use strict";

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
  card.replaceChildren(text, ...codeOf(kind, l));
  byId("inside-status").textContent = title.textContent;
  if (kind === "update") {
    showUpdate();
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
