// What the network makes of the image on the board: the bars of the classes, a sentence, and the view
// of the network.
"use strict";

const FEW_CLASSES = 12; // have a bar each
const NOTHING_DRAWN = "Draw something to get a prediction.";

/** What the section shows. */
const board = {
  /** @type {Float32Array<ArrayBuffer> | null} */
  written: null, // a test image, as far as it is written
  /** @type {Float32Array<ArrayBuffer> | null} */
  x: null, // what the network sees
  /** @type {Pass | null} */
  pass: null,
  /** @type {number[]} */
  classes: [], // which have a bar
  /** @type {(Arrangement & {network: Network}) | null} */
  arranged: null,
  isStale: false, // whether the network has to be painted
  /** @type {number | null} */
  frame: null, // before which it is not painted again
};

/** The classes that have a bar: all, or the ten most probable where there are many. @param {Numbers} p */
function classesWithBars(p) {
  const all = pageData.classes.map((_, k) => k);
  if (all.length <= FEW_CLASSES) return all;
  return all.sort((k, other) => p[other] - p[k]).slice(0, FEW_CLASSES);
}

/**
 * A bar for each of these classes; the bars are made once, then only their names and lengths change.
 * @param {Numbers} p
 * @param {number[]} classes
 */
function showBars(p, classes) {
  const parent = byId("draw-probabilities");
  if (!parent.firstChild) {
    const bar = () =>
      element(
        "li",
        {},
        element("i", { class: "node" }),
        element("span", { class: "name" }),
        element("span", { class: "track" }, element("span", { class: "bar" })),
        element("span", {}, element("span", { class: "share" })),
      );
    const long = pageData.classes.some((name) => name.length > 2);
    parent.append(element("ol", { class: long ? "bars long" : "bars" }, ...classes.map(bar)));
  }
  const largest = indexOfLargest(p);
  findAll("li", parent).forEach((bar, at) => {
    const k = classes[at];
    bar.classList.toggle("largest", k === largest && p[k] > 0);
    setProperty(bar, "--p", p[k].toFixed(3));
    setText(find(".name", bar), className(k));
    setText(find(".share", bar), p[k] ? percent(p[k], 1) : "–");
  });
}

function predictDrawn() {
  const { x, written } = board;
  board.pass = x && chosen.network ? forward(chosen.network, x) : null;
  const p = board.pass ? calibrated(board.pass) : new Float64Array(pageData.classes.length);
  board.classes = classesWithBars(p);
  showBars(p, board.classes);
  showPrediction(p);
  lookForNeighbours();
  for (const id of ["draw-prediction", "draw-far"])
    byId(id).setAttribute("aria-live", written ? "off" : "polite");
  askForPaint();
}

/** Paint the network now, but in every second frame at most, because its connections take the longest. */
function askForPaint() {
  board.isStale = true;
  if (board.frame !== null) return;
  paintView();
  board.frame = requestAnimationFrame(() => {
    board.frame = requestAnimationFrame(() => {
      board.frame = null;
      if (board.isStale) askForPaint();
    });
  });
}

/** @param {Float64Array<ArrayBuffer>} p */
function showPrediction(p) {
  showWhyLink();
  setText(byId("draw-prediction"), board.pass ? predictionInWords(p) : NOTHING_DRAWN);
}

/**
 * What is on the board and what it is predicted as, or that it is not finished: then the bars move, but
 * nothing is claimed.
 * @param {Float64Array<ArrayBuffer>} p
 */
function predictionInWords(p) {
  const largest = indexOfLargest(p);
  const predicted = answer(className(largest), p[largest]);
  const { digit, share } = demonstration;
  if (!board.written || !digit) return isDrawing() ? "You are drawing …" : predicted;
  const shown = `Test ${pageData.noun} no. ${digit.number}, labelled ${className(Number(digit.label))}`;
  return share < 1 ? `${shown}, is being written …` : `${shown}. ${predicted}`;
}

/**
 * A link to what speaks for the prediction and against the next probable class. Until there is one, the
 * bars are faint.
 */
function showWhyLink() {
  const link = byId("draw-why");
  const { pass } = board;
  link.hidden = !document.getElementById("inside");
  const isFinished = board.written ? demonstration.share === 1 : !isDrawing();
  find(".reading").classList.toggle("is-unfinished", !isFinished);
  const isShown = pass && isFinished;
  link.style.visibility = isShown ? "visible" : "hidden"; // so that nothing below moves
  if (!isShown || link.hidden) return;
  const label = board.written ? demonstration.digit?.label : chosen.last.drawing?.label;
  setText(link, whyText(classesToCompare(pass, label ?? null)));
}

/** Ask why about the image on the board. */
function followWhy() {
  chooseBoard();
  askAgain();
}

/** Whether the chosen run would rather not answer with this confidence. @param {number} confidence */
function isDeclined(confidence) {
  const { threshold } = /** @type {Run} */ (chosen.run);
  return threshold === null || confidence < threshold;
}

/**
 * The prediction in words, or that there is none.
 * @param {string} name of the most probable class
 * @param {number} confidence
 */
function answer(name, confidence) {
  const how = `with a confidence of ${percent(confidence, 1)}`;
  return isDeclined(confidence)
    ? `I would rather not answer. Perhaps ${name}, ${how}.`
    : `Prediction: ${name}, ${how}.`;
}

/** Arrange the network between the image and the bars, when it or their places have changed. */
function arrangeView() {
  const { network } = chosen;
  const stage = byId("draw-stage");
  const view = byId("draw-network", HTMLCanvasElement);
  const area = stage.getBoundingClientRect();
  if (!network || area.width === 0) return;
  const within = (/** @type {HTMLElement} */ part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    return new DOMRect(x - area.x, y - area.y, width, height);
  };
  const classes = findAll(".node", stage).map((node) => {
    const { x, y, width, height } = within(node);
    return { x: x + width / 2, y: y + height / 2 };
  });
  if (classes.length === 0) return;
  view.width = Math.round(area.width * devicePixelRatio);
  view.height = Math.round(area.height * devicePixelRatio);
  view.setAttribute("aria-label", networkInWords(network));
  byId("draw-layers").textContent = networkInWords(network);
  board.arranged = {
    network,
    ...arranged(network.dims, within(byId("draw-input")), classes, area),
  };
}

function paintView() {
  board.isStale = false;
  if (board.arranged?.network !== chosen.network) arrangeView();
  if (!board.arranged) return;
  const view = byId("draw-network", HTMLCanvasElement);
  const context = contextOf(view);
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, view.width, view.height);
  context.scale(devicePixelRatio, devicePixelRatio);
  const { network } = board.arranged;
  if (lookedAt.unit && !hasUnit(network, lookedAt.unit)) lookAtAll();
  paintNetwork(context, network, board.pass, board.classes, board.arranged, lookedAt.unit);
  if (lookedAt.unit) showLookedAt(context, network, lookedAt.unit);
}
