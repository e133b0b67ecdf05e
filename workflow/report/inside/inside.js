// Inside the network: one digit step by step, forward, backward, and one step of gradient descent.
// Here are the reader's choices and what is computed from them; inside.layers.js draws the units,
// inside.steps.js says what happens in each step.
"use strict";

/** The digit's way: `pass` forward, `delta` and `gradients` backward (null where nobody knows the
 * right class); the steps, which of them is shown, and the unit under the lens:
 * the strongest of its layer, until the reader has picked one. */
const inside = { steps: [], at: 0, pass: null, delta: null, gradients: null, unit: { l: 0, j: 0, picked: false } };

/** All steps through a network of L layers: pixels, up, loss, and down again. */
function stepsThrough(L) {
  const up = Array.from({ length: L }, (_, l) => ({ kind: "forward", l: l + 1 }));
  const down = up.toReversed().flatMap(({ l }) => [
    { kind: "gradient", l },
    ...(l > 1 ? [{ kind: "back", l: l - 1 }] : []),
  ]);
  return [{ kind: "pixels", l: 0 }, ...up, { kind: "loss", l: L }, { kind: "error", l: L }, ...down,
    { kind: "update", l: 0 }];
}

/** Whether the step shown is this one, or comes after it. */
function reached(kind, l) {
  const place = inside.steps.findIndex((step) => step.kind === kind && step.l === l);
  return place >= 0 && place <= inside.at;
}

/** Compute everything for the chosen network and digit. */
function lookInside() {
  const { network, digit } = chosen;
  if (!network || !digit) return;
  const L = network.layers.length;
  if (inside.network !== network) {
    inside.steps = stepsThrough(L);
    inside.at = Math.min(inside.at || L + 1, inside.steps.length - 1);
    inside.unit.picked = false;
    makeSteps();
    makeLayers(network);
  }
  Object.assign(inside, { network, pass: forward(network, digit.x), delta: null, gradients: null });
  if (digit.label !== null) {
    inside.gradients = noGradients(network);
    inside.delta = backward(network, inside.pass, digit.label, inside.gradients);
  }
  showLabel(digit);
  goTo(inside.at);
}

/** Test digits have a label; whoever draws says what it was meant to be. */
function showLabel({ label, origin }) {
  const drawn = origin === "your digit";
  byId("inside-label-asked").hidden = !drawn;
  byId("inside-label").value = drawn && label !== null ? label : "";
  if (drawn) byId("inside-number").value = "";
}

/** Show a step; without a label none goes further than the loss. */
function goTo(at) {
  const last = inside.delta ? inside.steps.length - 1 : inside.steps.findIndex(({ kind }) => kind === "loss");
  inside.at = Math.max(0, Math.min(at, last));
  byId("inside-back").disabled = inside.at === 0;
  byId("inside-next").disabled = inside.at === last;
  [...byId("inside-list").children].forEach(({ firstChild: button }, i) => {
    button.disabled = i > last;
    if (i === inside.at) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  const step = inside.steps[inside.at];
  const l = step.l || 1;
  if (inside.unit.l !== l || !inside.unit.picked) {
    inside.unit = { l, j: indexOfMost(inside.pass.a[l] ?? inside.pass.p), picked: false };
  }
  showLayers();
  showStep(step);
  keepInSight(byId("inside-list"), byId("inside-list").children[inside.at]);
  showLens();
}

/** Scroll a list sideways, and nothing else, until a part of it is in the middle. */
function keepInSight(list, part) {
  list.scrollLeft = part.offsetLeft - list.offsetLeft - (list.clientWidth - part.offsetWidth) / 2;
}

function makeSteps() {
  const buttons = inside.steps.map((step, i) => {
    const [mark, words] = MARKS[step.kind](step.l);
    return element("li", {}, element("button",
      { type: "button", "aria-label": words, title: words, "data-kind": step.kind, click: () => goTo(i) },
      mark));
  });
  byId("inside-list").replaceChildren(...buttons);
}

async function takeTestDigit(i) {
  const { count } = await digits("test");
  if (!Number.isInteger(i) || i < 0 || i >= count) return;
  choose({ digit: await testDigit(i) });
}

/** A test digit, by chance, that fits: by its number, its label and the run's answer. */
async function takeOne(fits) {
  const [{ labels }, { classes }] = await Promise.all([digits("test"), answersOf(chosen.run)]);
  const fitting = [...labels.keys()].filter((i) => fits(labels[i], classes[i]));
  const i = fitting[Math.floor(Math.random() * fitting.length)];
  if (i !== undefined) takeTestDigit(i);
}

document.addEventListener("DOMContentLoaded", () => {
  if (!byId("inside")) return;
  chosen.addEventListener("change", () => {
    const number = chosen.digit?.origin.match(/^test digit (\d+)$/)?.[1];
    if (number) byId("inside-number").value = number;
    lookInside();
  });
  byId("inside-back").addEventListener("click", () => goTo(inside.at - 1));
  byId("inside-next").addEventListener("click", () => goTo(inside.at + 1));
  byId("inside-number").addEventListener("change", ({ target }) => takeTestDigit(target.valueAsNumber));
  byId("inside-another").addEventListener("click", () => takeOne(() => true));
  byId("inside-wrong").addEventListener("click", () => takeOne((label, answer) => label !== answer));
  byId("inside-label").addEventListener("change", ({ target: { value } }) => {
    choose({ digit: { ...chosen.digit, label: value === "" ? null : Number(value) } });
  });
});
