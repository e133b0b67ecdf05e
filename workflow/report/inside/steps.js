// Inside the network: what happens in each step, in words, shapes and numbers, beside its formula and
// the lines of code that do it, which are those of the section on mathematics.
"use strict";

/** A step's button: what stands on it, and what it is called. */
const MARKS = {
  pixels: () => ["x", "The pixels"],
  forward: (l) => [`a${sub(l)}`, `Forward: layer ${l}`],
  loss: () => ["p, J", "Probabilities, and the loss"],
  error: () => ["p − y", "Backward: the error begins"],
  gradient: (l) => [`∂W${sub(l)}`, `Backward: the gradient of layer ${l}`],
  back: (l) => [`δ${sub(l)}`, `Backward: the error reaches layer ${l}`],
  update: () => ["W − η∂W", "One step of gradient descent"],
};

/** Which formula belongs to a step, which of its rows (all, where none is named), and which lines of
 * which excerpt do it: in the library, and in the script of phase 1. */
const SOURCES = {
  pixels: {
    formula: ["pixels from 0 to 1"],
    library: { pixels: ["images.reshape"] },
    phase1: { pixels: ["images.reshape"] },
  },
  forward: {
    formula: ["the forward pass", 1, 2],
    library: { forward: ["np.matmul(", "+= b", "g(work"] },
    phase1: { "phase1 forward": [["z1 =", "a1 ="], ["z2 ="]] },
  },
  loss: {
    formula: ["softmax and cross-entropy"],
    library: { softmax: ["p = np.exp", "return p"], "cross-entropy": ["return np.log"] },
    phase1: { "phase1 forward": ["e = ", "p = "] },
  },
  error: {
    formula: ["the slope of the loss by a logit"],
    library: { "p - y": ["delta -= y"] },
    phase1: { "phase1 gradients": ["delta2 = "] },
  },
  gradient: {
    formula: ["the gradients of a layer", 0, 1],
    library: { backward: ["out=dW", "out=db"] },
    phase1: { "phase1 gradients": [["dW1 = ", "db1 = "], ["dW2 = ", "db2 = "]] },
  },
  back: {
    formula: ["the gradients of a layer", 2, 3],
    library: { backward: ["W.T", "work.derivative"] },
    phase1: { "phase1 gradients": ["delta1 = "] },
  },
  update: {
    formula: ["gradient descent"],
    library: { "gradient descent": ["parameters -= gradient"] },
    phase1: { "phase1 step": ["W1 -=", "b1 -=", "W2 -=", "b2 -="] },
  },
};

/** Show a step's card: its words filled in, its formula, its code. */
function showStep(step) {
  const card = byId("inside-card");
  const words = byId(`step-${step.kind}`).content.cloneNode(true);
  const title = words.querySelector("h3");
  if (["forward", "gradient", "back"].includes(step.kind)) title.append(` ${step.l}`);
  const sources = SOURCES[step.kind];
  title.after(formulaOf(sources.formula, step));
  const kept = byId("inside-rate")?.value;
  card.replaceChildren(words, ...codeOf(sources, step.l));
  const place = (name) => card.querySelector(`[data-of="${name}"]`);
  byId("inside-said").textContent = title.textContent;
  if (step.kind === "update") return showUpdate(place, kept);
  for (const [name, content] of Object.entries(CONTENTS[step.kind](step.l))) {
    if (content instanceof Node) place(name).replaceChildren(content);
    else if (typeof content === "function") content(place(name));
    else place(name).textContent = content;
  }
}

/** A copy of a formula of the mathematics, with only some of its rows. */
function formulaOf([name, ...rows], { kind, l }) {
  const copy = document.querySelector(`#mathematics [data-formula="${name}"]`).cloneNode(true);
  const last = kind === "forward" && l === inside.network.layers.length;
  const kept = last ? rows.slice(0, 1) : rows;
  if (kept.length) {
    [...copy.querySelectorAll("mtr")].forEach((row, i) => {
      if (!kept.includes(i)) row.remove();
    });
  }
  return copy;
}

/** Copies of the excerpts that do a step, with the lines marked that do it. */
function codeOf(sources, l) {
  return Object.entries(sources[chosen.run.trainer === "phase1" ? "phase1" : "library"]).map(
    ([name, lines]) => {
      const copy = document.querySelector(`#mathematics [data-excerpt="${name}"]`).cloneNode(true);
      const marks = Array.isArray(lines[0]) ? lines[l - 1] : lines;
      for (const line of copy.querySelectorAll("[data-line]")) {
        line.classList.toggle("is-now", marks.some((mark) => line.textContent.includes(mark)));
      }
      return copy;
    },
  );
}

/** What each step says of this digit: by the name of the place in the template. */
const CONTENTS = {
  pixels: () => ({ inked: `${chosen.digit.x.filter((value) => value > 0).length}` }),
  forward: (l) => ({ shapes: `${shapesForward(l)} → (1, ${unitsOf(l)})`, words: wordsForward(l) }),
  loss: () => ({ words: wordsOfLoss(), table: outputsTable(false) }),
  error: (l) => ({
    shapes: `(1, ${unitsOf(l)}) − (1, ${unitsOf(l)}) → (1, ${unitsOf(l)})`,
    table: outputsTable(true),
  }),
  gradient: (l) => gradientOf(l),
  back: (l) => ({
    shapes: `(1, ${unitsOf(l + 1)}) @ (${unitsOf(l + 1)}, ${unitsOf(l)}) * (1, ${unitsOf(l)}) → (1, ${unitsOf(l)})`,
    words: `Here ${countOf(inside.delta[l - 1])} of ${unitsOf(l)} units have a part in it.`,
  }),
};

const unitsOf = (l) => inside.network.dims[l];
const countOf = (values) => values.filter((value) => value !== 0).length;
const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

function wordsForward(l) {
  const { a, z } = inside.pass;
  const name = inside.network.activations[l - 1];
  if (!name) return `One sum for each class: the highest is that of ${className(indexOfMost(z[l - 1]))}.`;
  const above = z[l - 1].filter((value) => value > 0).length;
  const strongest = indexOfMost(a[l]);
  const bent = name === "relu"
    ? "ReLU hands on what is above zero, and nothing else"
    : `then comes the bend, ${name.replace("_", " ")}`;
  return `${bent[0].toUpperCase()}${bent.slice(1)}: ${above} of ${z[l - 1].length} sums are above zero; `
    + `the strongest is unit ${strongest} with ${rounded(a[l][strongest])}.`;
}

function wordsOfLoss() {
  const { p, z } = inside.pass;
  const { label } = chosen.digit;
  if (label === null) return "Say above which digit you drew, and the error can be computed.";
  const loss = crossEntropy(z.at(-1), label);
  return `The loss is the surprise at the right answer, ${className(label)}: `
    + `−log ${rounded(p[label])} = ${rounded(loss)} nats.`;
}

/** Sums, probabilities and, if asked for, what they differ from the label by, class by class. */
function outputsTable(withError) {
  const { p, z } = inside.pass;
  const { label } = chosen.digit;
  const heads = ["class", "z", "p", ...(withError ? ["y", "p − y"] : [])];
  const rows = [...p].map((share, k) => element("tr", k === label ? { class: "is-true" } : {},
    element("th", { scope: "row" }, className(k)),
    ...[rounded(z.at(-1)[k]), rounded(share),
      ...(withError ? [k === label ? "1" : "0", rounded(inside.delta.at(-1)[k])] : [])]
      .map((number) => element("td", {}, number))));
  return element("table", { class: "inside-outputs" },
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows));
}

function gradientOf(l) {
  const { inputs, units } = inside.network.layers[l - 1];
  const { W } = inside.gradients[l - 1];
  return {
    shapes: `(${inputs}, 1) @ (1, ${units}) → (${inputs}, ${units})`,
    words: `${withCommas(countOf(W))} of ${withCommas(W.length)} are not 0; their norm is ${rounded(norm(W))}.`,
    matrix: (canvas) => paintMatrix(canvas, W, inputs, units),
    caption: `∂J/∂W${sub(l)}: a row for each ${l > 1 ? "unit below" : "pixel"}, a column for each unit`,
  };
}

function paintMatrix(canvas, values, rows, columns) {
  Object.assign(canvas, { width: columns, height: rows });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `A matrix of ${rows} rows and ${columns} columns`);
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns, rows);
  const most = largest(values);
  values.forEach((value, i) => image.data.set([...signedColour(value / most), 255], 4 * i));
  context.putImageData(image, 0, 0);
}

/** The network after one step at this rate, and its loss on the digit. */
function afterStep(rate) {
  const network = copied(inside.network);
  descend(network, inside.gradients, rate);
  return crossEntropy(forward(network, chosen.digit.x).z.at(-1), chosen.digit.label);
}

/** The step's card with its slider: the loss before and after, at this rate and at all others. */
function showUpdate(place, kept) {
  const slider = byId("inside-rate");
  if (kept !== undefined) slider.value = kept;
  const before = crossEntropy(inside.pass.z.at(-1), chosen.digit.label);
  const rates = Array.from({ length: 41 }, (_, i) => 10 ** (-3 + i / 10));
  const losses = rates.map(afterStep);
  const moved = () => {
    const rate = 10 ** slider.valueAsNumber;
    inside.update = { rate, before, after: afterStep(rate) };
    byId("inside-rate-said").textContent = Number(rate.toPrecision(2));
    byId("inside-before").textContent = `${rounded(before)} nats`;
    byId("inside-after").textContent = `${rounded(inside.update.after)} nats`;
    byId("inside-rates").replaceChildren(ratesChart(rates, losses, inside.update));
    place("words").textContent = wordsOfUpdate(inside.update);
    place("table").replaceChildren(changesTable(rate));
  };
  slider.addEventListener("input", moved);
  moved();
}

function wordsOfUpdate({ before, after }) {
  if (before < 0.01) return "It was nearly sure already, so there is next to nothing to learn from this digit.";
  if (after > before) return "Too far: on the other side of the valley it is steeper than before.";
  return `The step takes away ${percent(1 - after / before, 0)} of this digit's loss.`;
}

/** How far a step at this rate moves the weights of each layer, beside how long they are. */
function changesTable(rate) {
  const heads = ["layer", "norm of W", "norm of the step", "largest change"];
  const rows = inside.network.layers.map(({ W }, l) => {
    const dW = inside.gradients[l].W;
    return element("tr", {}, element("th", { scope: "row" }, `${l + 1}`),
      ...[norm(W), rate * norm(dW), rate * largest(dW)].map((number) => element("td", {}, rounded(number))));
  });
  return element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows));
}

/** The loss after one step, over all learning rates; dashed what it was before. */
function ratesChart(rates, losses, { rate, before, after }) {
  const [width, height, left, bottom] = [440, 130, 44, 34];
  const top = 1.6 * Math.max(before, 0.01);
  const x = (value) => left + ((Math.log10(value) + 3) / 4) * (width - left - 10);
  const y = (loss) => 8 + (1 - Math.min(loss, top) / top) * (height - bottom - 8);
  const text = (words, attributes) => {
    const made = shape("text", attributes);
    made.textContent = words;
    return made;
  };
  const svg = shape("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "rates",
    "aria-label": `The loss after one step, for learning rates from 0.001 to 10: at ${Number(rate.toPrecision(2))} it is ${rounded(after)}` });
  svg.append(
    shape("line", { class: "axis", x1: left, x2: width - 10, y1: y(0), y2: y(0) }),
    shape("line", { class: "before", x1: left, x2: width - 10, y1: y(before), y2: y(before) }),
    shape("path", { class: "after", d: `M${rates.map((value, i) => `${x(value)} ${y(losses[i])}`).join("L")}` }),
    shape("circle", { cx: x(rate), cy: y(after), r: 5 }),
    ...[0.001, 0.01, 0.1, 1, 10].map((value) => text(value, { x: x(value), y: y(0) + 14, "text-anchor": "middle" })),
    text("learning rate", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle" }),
    text(rounded(before), { x: left - 5, y: y(before) + 4, "text-anchor": "end" }),
    text("0", { x: left - 5, y: y(0) + 4, "text-anchor": "end" }),
  );
  return svg;
}
