// The cells of the confusion matrix become buttons that show their images, and the errors can
// be browsed, compared between runs, and followed through the network.
"use strict";

/**
 * Test images beside the predictions of a run.
 * @typedef {Split & Predictions & {run: Run}} Classified
 * @typedef {{true: string, predicted: string}} Cell the classes of a cell, as its data-attributes
 */

/** How many images a list shows at once; fewer where there are two lists side by side. @type {Record<string, number>} */
const ERRORS_LISTS = { "confusion-gallery": 60, "confusion-one": 24, "confusion-other": 24 };
let errorsAtFirst = ERRORS_LISTS; // which a link may say
/** @type {View} */
let errorsView;
/** @type {Record<string, [number, number]>} */
const ERRORS_MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
/** @type {Record<string, (seen: Classified) => (i: number, j: number) => number>} */
const ERRORS_ORDERS = {
  highest: (seen) => (i, j) => seen.confidences[j] - seen.confidences[i],
  lowest: (seen) => (i, j) => seen.confidences[i] - seen.confidences[j],
  number: () => (i, j) => i - j,
};
const WRONG_LABEL = `People see another ${pageData.noun} than the label says; all such are shown below.`;
const wrongLabels = new Set(pageData.wrong_labels);
/** @type {Cell | null} */
let errorsCell = null; // the one that the reader has chosen

/**
 * The test images beside a run's predictions.
 * @param {string} name
 * @returns {Promise<Classified>}
 */
async function classifiedBy(name) {
  const run = runOf(name);
  const [test, predictions] = await Promise.all([digits("test"), predictionsOf(run)]);
  return { ...test, ...predictions, run };
}

/**
 * The numbers of the test images that `fits` accepts.
 * @param {Classified} seen
 * @param {(i: number) => boolean} fits
 */
const imagesWhere = (seen, fits) => [...seen.labels.keys()].filter(fits);

/**
 * @param {Classified} seen
 * @param {number} i
 */
const isCorrect = (seen, i) => seen.classes[i] === seen.labels[i];

const selected = (/** @type {string} */ id) => byId(id, HTMLSelectElement).value;

/**
 * One test image and a run's prediction, as a button that follows it through the network.
 * @param {Classified} seen
 * @param {number} i
 */
function errorsTile(seen, i) {
  const [label, predicted] = [className(seen.labels[i]), className(seen.classes[i])];
  const words = isCorrect(seen, i) ? label : `${label}, predicted ${predicted}`;
  const arrow = element("span", { "aria-hidden": "true" });
  arrow.append(element("span", { class: "is-true" }, label));
  if (!isCorrect(seen, i)) arrow.append(" → ", element("span", { class: "is-wrong" }, predicted));
  const confidence = element("span", { class: "soft" }, percent(seen.confidences[i], 1));
  const number = element("span", { class: "soft" }, `no. ${i}`);
  const tile = tileButton(seen.run, i, imageElement(seen.x(i), words), arrow, confidence, number);
  if (wrongLabels.has(i))
    tile.append(
      element("span", { class: "confusion-doubt", title: WRONG_LABEL }, "label is wrong"),
    );
  return tile;
}

/**
 * @param {Run} run
 * @param {number} i
 * @param {Node[]} children
 */
const tileButton = (run, i, ...children) =>
  element(
    "button",
    { type: "button", class: "confusion-digit", "data-digit": i, "data-run": run.name },
    ...children,
  );

/**
 * Fill a list with images, and let the button below it add the next portion.
 * @param {string} id
 * @param {Classified} seen
 * @param {number[]} found
 */
function fillTiles(id, seen, found) {
  const [portion, atFirst] = [ERRORS_LISTS[id], errorsAtFirst[id]];
  const [list, more] = [byId(`${id}-list`), byId(`${id}-more`)];
  let shownSoFar = 0;
  const next = () => {
    const tiles = found.slice(shownSoFar, shownSoFar + portion).map((i) => errorsTile(seen, i));
    list.append(...tiles.map((tile) => element("li", {}, tile)));
    shownSoFar += tiles.length;
    more.hidden = shownSoFar === found.length;
    more.textContent = `Show ${Math.min(portion, found.length - shownSoFar)} more`;
    return tiles[0];
  };
  list.replaceChildren();
  next();
  while (shownSoFar < Math.min(atFirst, found.length)) next();
  more.onclick = () => next().focus();
}

/** Show the matrix and the errors of the run that the reader chose. */
async function showErrorsOfRun() {
  const name = selected("confusion-run");
  const parts = findAll(".confusion-of", byId("confusion_matrix"));
  for (const part of parts) part.hidden = part.dataset.run !== name;
  const part = find(`#confusion-of-${CSS.escape(name)}`);
  find(".confusion-middle", part).append(byId("confusion-cell"));
  const [most] = [
    ...findAll(".confusion-pairs [data-true]", part),
    ...findAll("[data-true]", part),
  ];
  await showCell(errorsCell ?? cellOf(most));
  await showGallery();
}

/** @param {HTMLElement} holder */
const cellOf = ({ dataset }) =>
  /** @type {Cell} */ ({ true: dataset.true, predicted: dataset.predicted });

/** Show all images of a cell of the matrix. @param {Cell} cell */
async function showCell({ true: label, predicted }) {
  const name = selected("confusion-run");
  const seen = await classifiedBy(name);
  if (name !== selected("confusion-run")) return; // the reader was faster
  const fits = (/** @type {number} */ i) =>
    seen.labels[i] === Number(label) && seen.classes[i] === Number(predicted);
  const found = imagesWhere(seen, fits).sort(ERRORS_ORDERS.highest(seen));
  const classes = [label, predicted].map((k) => className(Number(k)));
  byId("confusion-cell-title").textContent =
    `${classes[0]}, predicted ${classes[1]} by ${name}: ${digitCount(found.length)}`;
  const tiles = found.map((i) => element("li", {}, errorsTile(seen, i)));
  byId("confusion-cell-list").replaceChildren(...tiles);
  find(".confusion-box", byId("confusion-cell")).scrollTop = 0;
  for (const pick of findAll(".confusion-pick", byId("confusion_matrix"))) {
    const cell = cellOf(/** @type {HTMLElement} */ (pick.parentElement));
    const isShown = cell.true === label && cell.predicted === predicted;
    if (isShown) pick.setAttribute("aria-current", "true");
    else pick.removeAttribute("aria-current");
  }
}

/** Show the chosen run's errors that pass the reader's filters, in the reader's order. */
async function showGallery() {
  const name = selected("confusion-run");
  const seen = await classifiedBy(name);
  if (name !== selected("confusion-run")) return;
  const [label, predicted] = [selected("confusion-true"), selected("confusion-predicted")];
  const errors = imagesWhere(seen, (i) => !isCorrect(seen, i));
  const found = errors.filter(
    (i) =>
      (label === "" || seen.labels[i] === Number(label)) &&
      (predicted === "" || seen.classes[i] === Number(predicted)),
  );
  found.sort(ERRORS_ORDERS[selected("confusion-order")](seen));
  byId("confusion-gallery-count").textContent = errors.length
    ? `${withCommas(found.length)} of the ${withCommas(errors.length)} errors of ${name}. ` +
      "Green is the label and orange the prediction; below is its confidence."
    : `${name} makes no errors on the test set.`;
  fillTiles("confusion-gallery", seen, found);
}

/**
 * Follow a test image through the network of the run whose prediction was shown, if it can compute in
 * the page, or else through the chosen one. Where no network can, nothing happens.
 * @param {DOMStringMap} dataset a tile's
 */
async function followInside({ digit, run: name }) {
  const inside = document.getElementById("inside");
  if (!inside) return;
  const run = runOf(String(name));
  if (run.embedded && chosen.run !== run) await chooseRun(run.name);
  choose({ digit: await testDigit(Number(digit)) });
  location.hash = "inside"; // so that the browser's back button leads here again
  inside.scrollIntoView();
  const title = byId("inside-title");
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

/** Make the content of a cell, or of a frequent error, a button. @param {HTMLElement} holder */
function makeButton(holder) {
  const button = element("button", { type: "button", class: "confusion-pick" });
  button.append(...holder.childNodes);
  holder.append(button);
}

/** Make a matrix one stop of the Tab key; arrow keys go from cell to cell. @param {HTMLElement} table */
function makeGrid(table) {
  table.setAttribute("role", "grid");
  const buttons = findAll(".confusion-pick", table);
  const stop = (/** @type {EventTarget | null} */ here) => {
    for (const button of buttons) button.tabIndex = button === here ? 0 : -1;
  };
  stop(buttons[0]);
  table.addEventListener("focusin", (event) => stop(event.target));
  table.addEventListener("keydown", (event) => {
    const move = ERRORS_MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const cell = cellOf(/** @type {HTMLElement} */ (document.activeElement?.parentElement));
    const [row, column] = [Number(cell.true) + move[0], Number(cell.predicted) + move[1]];
    const [next] = findAll(`[data-true="${row}"][data-predicted="${column}"] button`, table);
    next?.focus();
  });
}

/** One listener for all images and cells, those to come included. @param {Event} event */
function errorsClicked(event) {
  const target = /** @type {Element} */ (event.target);
  const tile = target.closest(".confusion-digit");
  if (tile instanceof HTMLElement) followInside(tile.dataset);
  const holder = target.closest(".confusion-pick")?.parentElement;
  if (!holder) return;
  errorsCell = cellOf(holder);
  showCell(errorsCell).then(() => byId("confusion-cell").scrollIntoView({ block: "nearest" }));
}

const ERRORS_CONTROLS = ["as-counts", "as-shares", "run", "order", "true", "predicted"];
addressParts.errors = partOfControls(
  "confusion_matrix",
  [...ERRORS_CONTROLS, "one", "other"].map((name) => `confusion-${name}`),
);

addressParts.cell = {
  seen: ["confusion_matrix"],
  text: () => (errorsCell ? `${errorsCell.true}.${errorsCell.predicted}` : ""),
  restore: async (text) => {
    const [label, predicted] = numbersIn(text);
    if (!(className(label) && className(predicted))) throw new RangeError(text);
    errorsCell = { true: String(label), predicted: String(predicted) };
    await showErrors();
  },
  start: async () => {
    if (!errorsCell) return;
    errorsCell = null;
    await showErrorsOfRun();
  },
};

/**
 * The lists in which the reader has asked for more, and how many each shows.
 * @returns {[string, number][]}
 */
const longerLists = () =>
  Object.entries(ERRORS_LISTS).flatMap(([id, portion]) => {
    const count = document.getElementById(`${id}-list`)?.childElementCount ?? 0;
    return count > portion ? [[id, count]] : [];
  });

addressParts.more = {
  seen: ["confusion_matrix"],
  text: () => (longerLists().length > 0 ? JSON.stringify(Object.fromEntries(longerLists())) : ""),
  restore: async (text) => {
    const counts = JSON.parse(text);
    const isCount = (/** @type {unknown} */ value) => Number.isInteger(value) && Number(value) > 0;
    if (!Object.entries(counts).every(([id, value]) => id in ERRORS_LISTS && isCount(value)))
      throw new RangeError(text);
    await errorsView.now();
    errorsAtFirst = { ...ERRORS_LISTS, ...counts };
    await showErrors();
    errorsAtFirst = ERRORS_LISTS; // when the reader chooses other images
  },
  start: async () => {
    if (longerLists().length > 0) await showErrors();
  },
};

/** Fill the section and then show it; called when the reader comes near. */
async function showErrors() {
  await showErrorsOfRun();
  if (pageData.runs.length > 1) await showComparison();
  if (wrongLabels.size) await showWrongLabels();
  for (const part of findAll(".confusion-live", byId("confusion_matrix"))) part.hidden = false;
  byId("confusion-labels").hidden = wrongLabels.size === 0;
}

document.addEventListener("DOMContentLoaded", () => {
  const section = byId("confusion_matrix");
  findAll("[data-true]", section).forEach(makeButton);
  findAll(".confusion-matrix", section).forEach(makeGrid);
  section.addEventListener("click", errorsClicked);
  const on = (/** @type {string} */ id, /** @type {() => void} */ change) =>
    byId(id).addEventListener("change", change);
  fillRuns(byId("confusion-run", HTMLSelectElement), () => true);
  on("confusion-run", showErrorsOfRun);
  for (const id of ["confusion-order", "confusion-true", "confusion-predicted"])
    on(id, showGallery);
  if (pageData.runs.length > 1) {
    for (const id of ["confusion-one", "confusion-other"]) {
      fillRuns(byId(id, HTMLSelectElement), () => true);
      on(id, showComparison);
    }
    startWith(byId("confusion-other", HTMLSelectElement), pageData.runs[0].name);
  }
  for (const part of findAll(".confusion-of", section)) {
    part.hidden = part.dataset.run !== selected("confusion-run");
  }
  errorsView = new View(section, showErrors);
  errorsView.changed();
});
