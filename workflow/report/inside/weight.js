// Inside the network: one weight, whose derivative is its input times an error signal. The reader moves
// the weight by epsilon, and sees beside what the derivative says how the loss really changes.
"use strict";

/**
 * Connect the controls of the card that has just been shown, on the gradient of layer l.
 * @param {number} l
 */
function makeWeight(l) {
  const { inputs, units } = shown().network.layers[l - 1];
  const [from, to] = weightInputs();
  from.max = String(inputs - 1);
  to.max = String(units - 1);
  const entered = () => {
    const [i, j] = [from.valueAsNumber, to.valueAsNumber];
    if (isIndex(i, inputs) && isIndex(j, units)) pickWeight(l, i, j);
  };
  from.addEventListener("input", entered);
  to.addEventListener("input", entered);
  const matrix = find('[data-of="matrix"]', byId("inside-card"));
  matrix.addEventListener("click", (event) => {
    if (l === 1) {
      const { i, j } = cellOfSheet(event, matrix, units);
      pickWeight(l, i, j);
      return;
    }
    const cell = cellUnder(event, matrix, inputs * units, units);
    pickWeight(l, Math.floor(cell / units), cell % units);
  });
  const slider = byId("weight-epsilon", HTMLInputElement);
  slider.value = String(inside.sizes.epsilon);
  slider.addEventListener("input", () => {
    inside.sizes.epsilon = slider.valueAsNumber;
    showNudge();
  });
  for (const button of signButtons()) {
    button.addEventListener("click", () => {
      inside.sizes.sign = Number(button.dataset.sign);
      showNudge();
    });
  }
}

const weightInputs = () => [
  byId("weight-from", HTMLInputElement),
  byId("weight-to", HTMLInputElement),
];

const signButtons = () => findAll("[data-sign]", byId("inside-card"), HTMLButtonElement);

const isIndex = (/** @type {number} */ i, /** @type {number} */ count) =>
  Number.isInteger(i) && i >= 0 && i < count;

/** Whether the step that is shown is the gradient of this layer. @param {number} l */
const showsGradientOf = (l) => {
  const step = inside.steps[inside.at];
  return step.kind === "gradient" && step.l === l;
};

/**
 * @param {number} l
 * @param {number} i
 * @param {number} j
 */
function pickWeight(l, i, j) {
  inside.weight = { l, i, j, picked: true };
  inside.unit = { l, j, picked: true };
  showLayers();
  showUnit();
}

/** Follow the unit that is shown, and show its weight, where the step has room for it. */
function showWeight() {
  const { l, j } = inside.unit;
  if (!showsGradientOf(l)) return;
  const { picked, l: before, i } = inside.weight;
  const isKept = picked && before === l;
  inside.weight = { l, j, i: isKept ? i : strongestInput(l, j), picked: isKept };
  showProduct();
  showNudge();
}

/**
 * The input of a unit whose weight has the largest derivative; where all are 0, the largest input.
 * @param {number} l
 * @param {number} j
 */
function strongestInput(l, j) {
  const gradient = columnOf(shown().network.layers[l - 1], goingBack().gradients[l - 1].W, j);
  const sizes = gradient.map(Math.abs);
  return indexOfLargest(largestOf(sizes) > 0 ? sizes : shown().pass.a[l - 1]);
}

/** The numbers that meet at the chosen weight: its input, its unit's error signal, the derivative. */
function weightNumbers() {
  const { l, i, j } = inside.weight;
  const layer = shown().network.layers[l - 1];
  const a = shown().pass.a[l - 1][i];
  const delta = goingBack().delta[l - 1][j];
  return { w: layer.W[i * layer.units + j], a, delta, derivative: a * delta };
}

/** The row a × δ = ∂J/∂w with its numbers. */
function showProduct() {
  const { l, i, j } = inside.weight;
  const [from, to] = weightInputs();
  if (document.activeElement !== from) from.value = String(i);
  if (document.activeElement !== to) to.value = String(j);
  byId("weight-from-label").textContent = l > 1 ? "From unit" : "From pixel";
  byId("weight-place").textContent =
    l > 1 ? "" : `The pixel is in row ${Math.floor(i / COLUMNS)}, column ${i % COLUMNS}.`;
  const { a, delta, derivative } = weightNumbers();
  const index = (/** @type {(Node | string)[]} */ letter, /** @type {string} */ at) =>
    element("span", {}, ...letter, element("sub", {}, at));
  byId("weight-product").replaceChildren(
    index(["a"], String(i)),
    element("span", {}, "×"),
    index(["δ"], String(j)),
    element("span", {}, "="),
    index(["∂J/∂w"], `${i},${j}`),
    ...[significant(a), "×", significant(delta), "=", significant(derivative)].map((text) =>
      element("b", {}, text),
    ),
  );
}

/** The loss of the image as a function of epsilon, by which the chosen weight is moved. */
function lossOfNudge() {
  const { network, digit } = shown();
  const { l, i, j } = inside.weight;
  const layer = network.layers[l - 1];
  const W = Float64Array.from(layer.W);
  const layers = network.layers.with(l - 1, { ...layer, W });
  const at = i * layer.units + j;
  const w = W[at];
  return (/** @type {number} */ epsilon) => {
    W[at] = w + epsilon;
    return lossOf(forward({ ...network, layers }, digit.x));
  };
}

/** Move the weight, compute the loss again, and put beside it what the derivative says. */
function showNudge() {
  const { w, derivative } = weightNumbers();
  const epsilon = inside.sizes.sign * Number((10 ** inside.sizes.epsilon).toPrecision(2));
  const loss = lossOfNudge();
  const before = loss(0);
  const nudge = { epsilon, before, after: loss(epsilon), said: epsilon * derivative };
  inside.nudge = nudge;
  byId("weight-epsilon-value").textContent = String(epsilon).replace("-", "−");
  for (const button of signButtons()) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.sign) === inside.sizes.sign));
  }
  const texts = {
    w: rounded(w),
    moved: rounded(w + epsilon),
    before: before.toFixed(6),
    after: nudge.after.toFixed(6),
    expected: (before + nudge.said).toFixed(6).replace("-", "−"),
    change: significant(nudge.after - before),
    said: significant(nudge.said),
    words: nudgeText(nudge),
  };
  for (const [name, text] of Object.entries(texts)) {
    for (const place of findAll(`[data-weight="${name}"]`, byId("inside-card"))) {
      place.textContent = text;
    }
  }
  byId("weight-chart").replaceChildren(nudgeChart(loss, nudge, derivative));
}

const significant = (/** @type {number} */ value) => fourDigits(value).replace(/-/g, "−");

/** @param {{epsilon: number, before: number, after: number, said: number}} nudge */
function nudgeText({ before, after, said }) {
  const { a, delta } = weightNumbers();
  const change = after - before;
  if (a === 0)
    return "The input is 0, so this weight makes no difference, however far it is moved.";
  if (delta === 0) {
    return change === 0
      ? "The error signal of the unit is 0, and the loss stays as it is."
      : "The error signal of the unit is 0, so the derivative says that nothing changes. So far " +
          "from here, that is no longer true.";
  }
  const apart = Math.abs(change - said) / Math.abs(said);
  const size =
    apart < 0.0001 ? "less than 0.01%" : `${fourDigits(Number((100 * apart).toPrecision(2)))}%`;
  const difference = `The two changes differ by ${size} of what the derivative says.`;
  if (apart < 0.02) return `${difference} For so small a step, the loss is nearly a straight line.`;
  if (apart < 0.2) return `${difference} The loss begins to leave the straight line.`;
  return `${difference} The derivative describes the loss near the weight, and this is far away.`;
}

/**
 * The loss around the weight, a little further than epsilon; dashed what the derivative says.
 * @param {(epsilon: number) => number} loss
 * @param {{epsilon: number, before: number, after: number, said: number}} nudge
 * @param {number} derivative
 */
function nudgeChart(loss, { epsilon, before, after, said }, derivative) {
  const [left, right, top, bottom] = [10, 430, 8, 140];
  const reach = 1.3 * Math.abs(epsilon);
  const moves = Array.from({ length: 41 }, (_, k) => (reach * (k - 20)) / 20);
  const losses = moves.map(loss);
  const ends = [before - reach * derivative, before + reach * derivative];
  const [low, high] = [
    -largestOf([...losses, ...ends].map((J) => -J)),
    largestOf([...losses, ...ends]),
  ];
  const room = Math.max(0.08 * (high - low), 1e-9 * (1 + before));
  const x = (/** @type {number} */ move) =>
    left + alongAxis(move, [-reach, reach]) * (right - left);
  const y = (/** @type {number} */ J) =>
    bottom - alongAxis(J, [low - room, high + room]) * (bottom - top);
  const description =
    `The loss and its straight line, ${significant(reach)} to both sides of the weight: at ` +
    `${significant(epsilon)}, ${after.toFixed(6)} and ${(before + said).toFixed(6)}`;
  const svg = svgElement("svg", {
    viewBox: "0 0 440 172",
    role: "img",
    class: "rates",
    "aria-label": description,
  });
  const size = Math.abs(epsilon);
  svg.append(
    svgElement("line", { class: "axis", x1: left, x2: right, y1: bottom, y2: bottom }),
    svgElement("line", { class: "axis", x1: x(0), x2: x(0), y1: top, y2: bottom }),
    svgElement("path", {
      class: "after",
      d: `M${moves.map((move, k) => `${x(move)} ${y(losses[k])}`).join("L")}`,
    }),
    svgElement("line", { class: "before", x1: left, x2: right, y1: y(ends[0]), y2: y(ends[1]) }),
    svgElement("circle", { class: "said", cx: x(epsilon), cy: y(before + said), r: 5 }),
    svgElement("circle", { cx: x(epsilon), cy: y(after), r: 4 }),
    ...[-size, 0, size].map((move) =>
      svgElement(
        "text",
        { x: x(move), y: bottom + 15, "text-anchor": "middle" },
        move === 0 ? "the weight" : `${move > 0 ? "+" : "−"}${size}`,
      ),
    ),
    svgElement("text", { x: x(0), y: bottom + 30, "text-anchor": "middle" }, "moved by ε"),
  );
  return svg;
}

/**
 * An image of a unit's inputs, on which a weight can be chosen while its gradient is the step that is
 * shown; the chosen one is marked.
 * @param {HTMLCanvasElement} canvas
 * @param {number} l
 */
function inputsOf(canvas, l) {
  const box = element("div", { class: "unit-inputs" }, canvas);
  if (!showsGradientOf(l)) return box;
  const { inputs } = shown().network.layers[l - 1];
  const columns = l > 1 ? columnsFor(inputs) : COLUMNS;
  const { i } = inside.weight;
  const [width, height] = [100 / columns, 100 / Math.ceil(inputs / columns)];
  const left = (i % columns) * width;
  const top = Math.floor(i / columns) * height;
  const style = `left: ${left}%; top: ${top}%; width: ${width}%; height: ${height}%`;
  box.append(element("i", { class: "chosen-input", style }));
  box.classList.add("is-choice");
  box.addEventListener("click", (event) =>
    pickWeight(l, cellUnder(event, box, inputs, columns), inside.unit.j),
  );
  return box;
}
