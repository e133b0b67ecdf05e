// Where it errs: the cells of the matrix become buttons that show their digits, and the mistakes can
// be leafed through, compared between runs, and sent through the network above.
"use strict";

const ERRORS_PORTION = 60; // digits shown at once
const ERRORS_PORTION_BESIDE = 24; // where two lists stand beside each other
const ERRORS_MOVES = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const ERRORS_ORDERS = {
  surest: (seen) => (i, j) => seen.sureness[j] - seen.sureness[i],
  unsure: (seen) => (i, j) => seen.sureness[i] - seen.sureness[j],
  number: () => (i, j) => i - j,
};
const errorsWrongLabels = new Set(pageData.wrong_labels);
const errorsKept = new Map();
let errorsCell = null; // {true, answer} of the cell that the reader looks at

/** The test digits beside what a run answered to them, a promise: count, labels, x(i), classes,
 * sureness, run. */
function errorsSeen(name) {
  if (!errorsKept.has(name)) errorsKept.set(name, errorsLookedUp(name));
  return errorsKept.get(name);
}

async function errorsLookedUp(name) {
  const run = pageData.runs.find((candidate) => candidate.name === name);
  const [test, answers] = await Promise.all([digits("test"), answersOf(run)]);
  return { ...test, ...answers, run };
}

/** The numbers of the test digits that `fits(i)` accepts. */
const errorsWhere = (seen, fits) => [...seen.labels.keys()].filter(fits);
const errorsIsRight = (seen, i) => seen.classes[i] === seen.labels[i];
const errorsDigits = (count) => `${withCommas(count)} ${count === 1 ? "digit" : "digits"}`;

/** One test digit and a run's answer, as a button that sends it through the network. */
function errorsTile(seen, i) {
  const [label, answer] = [className(seen.labels[i]), className(seen.classes[i])];
  const words = errorsIsRight(seen, i) ? label : `${label}, taken for ${answer}`;
  const arrow = element("span", { "aria-hidden": "true" });
  arrow.append(element("span", { class: "is-true" }, label));
  if (!errorsIsRight(seen, i)) arrow.append(" → ", element("span", { class: "is-wrong" }, answer));
  const sure = element("span", { class: "soft" }, `${percent(seen.sureness[i], 1)} sure`);
  const number = element("span", { class: "soft" }, `no. ${i}`);
  const attributes = { type: "button", class: "errors-digit", "data-digit": i };
  attributes["data-run"] = seen.run.name;
  const tile = element("button", attributes, picture(seen.x(i), words), arrow, sure, number);
  if (errorsWrongLabels.has(i)) {
    tile.append(element("span", { class: "errors-doubt" }, "label is wrong"));
  }
  return tile;
}

/** Fill a list with digits, and let the button below it ask for the next portion. */
function errorsFill(id, seen, found, portion) {
  const [list, more] = [byId(`${id}-list`), byId(`${id}-more`)];
  let shown = 0;
  const next = () => {
    const tiles = found.slice(shown, shown + portion).map((i) => errorsTile(seen, i));
    list.append(...tiles.map((tile) => element("li", {}, tile)));
    shown += tiles.length;
    more.hidden = shown === found.length;
    more.textContent = `Show ${Math.min(portion, found.length - shown)} more`;
    return tiles[0];
  };
  list.replaceChildren();
  next();
  more.onclick = () => next().focus();
}

/** Show the matrix and the mistakes of the run that the reader chose. */
async function errorsShowRun() {
  const { value: name } = byId("errors-run");
  const parts = [...byId("errors").querySelectorAll(".errors-of")];
  for (const part of parts) part.hidden = part.dataset.run !== name;
  const shown = parts.find((part) => !part.hidden);
  shown.querySelector(".errors-middle").append(byId("errors-cell"));
  const most = shown.querySelector(".errors-pairs [data-true]") ?? shown.querySelector("[data-true]");
  await errorsShowCell(errorsCell ?? most.dataset);
  await errorsShowGallery();
}

/** Show all digits of a cell of the matrix: of this true class, with this answer. */
async function errorsShowCell({ true: label, answer }) {
  const { value: name } = byId("errors-run");
  const seen = await errorsSeen(name);
  if (name !== byId("errors-run").value) return; // the reader was faster
  const fits = (i) => seen.labels[i] === Number(label) && seen.classes[i] === Number(answer);
  const found = errorsWhere(seen, fits).sort(ERRORS_ORDERS.surest(seen));
  const how = label === answer ? "answered rightly" : `taken for ${className(answer)}`;
  const whose = `${className(label)}, ${how} by ${name}`;
  byId("errors-cell-title").textContent = `${whose}: ${errorsDigits(found.length)}`;
  byId("errors-cell-list").replaceChildren(
    ...found.map((i) => element("li", {}, errorsTile(seen, i))),
  );
  byId("errors-cell").querySelector(".errors-box").scrollTop = 0;
  for (const pick of byId("errors").querySelectorAll(".errors-pick")) {
    const { true: row, answer: column } = pick.parentElement.dataset;
    if (row === label && column === answer) pick.setAttribute("aria-current", "true");
    else pick.removeAttribute("aria-current");
  }
}

/** Show the mistakes of the chosen run that the reader's filters leave, in the reader's order. */
async function errorsShowGallery() {
  const { value: name } = byId("errors-run");
  const seen = await errorsSeen(name);
  if (name !== byId("errors-run").value) return;
  const [label, answer] = [byId("errors-true").value, byId("errors-answer").value];
  const mistakes = errorsWhere(seen, (i) => !errorsIsRight(seen, i));
  const found = mistakes.filter(
    (i) =>
      (label === "" || seen.labels[i] === Number(label)) &&
      (answer === "" || seen.classes[i] === Number(answer)),
  );
  found.sort(ERRORS_ORDERS[byId("errors-order").value](seen));
  byId("errors-gallery-count").textContent =
    `${withCommas(found.length)} of the ${withCommas(mistakes.length)} mistakes of ${name}. ` +
    "Green is the label, orange the answer, below it how sure the network was.";
  errorsFill("errors-gallery", seen, found, ERRORS_PORTION);
}

/** Show the digits that one of two runs gets right and the other wrong. */
async function errorsShowComparison() {
  const names = [byId("errors-one").value, byId("errors-other").value];
  const [one, other] = await Promise.all(names.map(errorsSeen));
  if (names[0] !== byId("errors-one").value || names[1] !== byId("errors-other").value) return;
  errorsShowAgainst("errors-one", one, other);
  errorsShowAgainst("errors-other", other, one);
  const right = (fits) => errorsDigits(errorsWhere(one, fits).length);
  const both = right((i) => errorsIsRight(one, i) && errorsIsRight(other, i));
  const neither = right((i) => !errorsIsRight(one, i) && !errorsIsRight(other, i));
  byId("errors-compare-count").textContent = `Both get ${both} right, and ${neither} wrong.`;
}

/** One side of the comparison: what `better` gets right and `worse` does not, surest mistake first. */
function errorsShowAgainst(id, better, worse) {
  const fits = (i) => errorsIsRight(better, i) && !errorsIsRight(worse, i);
  const found = errorsWhere(worse, fits).sort(ERRORS_ORDERS.surest(worse));
  byId(`${id}-title`).textContent =
    `Right with ${better.run.name}, wrong with ${worse.run.name}: ${errorsDigits(found.length)}`;
  errorsFill(id, worse, found, ERRORS_PORTION_BESIDE);
}

/** Show the digits whose label is known to be wrong, with what every run says to them. */
async function errorsShowLabels() {
  const all = await Promise.all(pageData.runs.map((run) => errorsSeen(run.name)));
  byId("errors-labels-count").textContent = errorsWrongLabels.size;
  byId("errors-labels-list").replaceChildren(
    ...[...errorsWrongLabels].map((i) => errorsLabelled(all, i)),
  );
}

/** A digit, the label that it was given, and a line for each run's answer. */
function errorsLabelled(all, i) {
  const label = className(all[0].labels[i]);
  const words = `Test digit ${i}, labelled ${label}`;
  const attributes = { type: "button", class: "errors-digit", "data-digit": i };
  attributes["data-run"] = all.at(-1).run.name;
  const given = element("span", {}, `no. ${i}, labelled `, element("strong", {}, label));
  const tile = element("button", attributes, picture(all[0].x(i), words), given);
  const said = element("dl");
  for (const { run, classes, sureness } of all) {
    said.append(element("dt", {}, run.name), element("dd", {}, className(classes[i])));
    said.append(element("dd", { class: "soft" }, percent(sureness[i], 0)));
  }
  return element("li", {}, tile, said);
}

/** Send a test digit through the network: that of the run whose answer was shown, if it travels in
 * the page. Where none does, the digit stays where it is. */
async function errorsLookInside({ digit, run: name }) {
  if (!byId("inside")) return;
  const run = pageData.runs.find((candidate) => candidate.name === name);
  if (run.embedded && chosen.run !== run) await chooseRun(name);
  choose({ digit: await testDigit(Number(digit)) });
  location.hash = "inside"; // so that the browser's way back leads here again
  byId("inside").scrollIntoView();
  const title = byId("inside-title");
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
}

/** Make what stands in a cell of the matrix, or in a frequent mistake, a button. */
function errorsIntoButton(holder) {
  const button = element("button", { type: "button", class: "errors-pick" });
  button.append(...holder.childNodes);
  holder.append(button);
}

/** Let a matrix be one stop of the Tab key, and arrow keys go from cell to cell. */
function errorsIntoGrid(table) {
  table.setAttribute("role", "grid");
  const buttons = [...table.querySelectorAll(".errors-pick")];
  const stop = (here) => buttons.forEach((button) => (button.tabIndex = button === here ? 0 : -1));
  stop(buttons[0]);
  table.addEventListener("focusin", (event) => stop(event.target));
  table.addEventListener("keydown", (event) => {
    const move = ERRORS_MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const { true: row, answer: column } = event.target.parentElement.dataset;
    const next = { row: Number(row) + move[0], column: Number(column) + move[1] };
    const cell = `[data-true="${next.row}"][data-answer="${next.column}"] button`;
    table.querySelector(cell)?.focus();
  });
}

/** One listener for all digits and cells, those to come included. */
function errorsClicked(event) {
  const tile = event.target.closest(".errors-digit");
  if (tile) errorsLookInside(tile.dataset);
  const pick = event.target.closest(".errors-pick");
  if (!pick) return;
  errorsCell = { ...pick.parentElement.dataset };
  errorsShowCell(errorsCell).then(() => byId("errors-cell").scrollIntoView({ block: "nearest" }));
}

/** Fill what is seen first, and then show it; called when the reader comes near. */
async function errorsShow() {
  await errorsShowRun();
  if (pageData.runs.length > 1) await errorsShowComparison();
  if (errorsWrongLabels.size) await errorsShowLabels();
  byId("errors").querySelectorAll(".errors-live").forEach((part) => (part.hidden = false));
  byId("errors-labels").hidden = errorsWrongLabels.size === 0;
}

document.addEventListener("DOMContentLoaded", () => {
  const section = byId("errors");
  section.querySelectorAll("[data-true]").forEach(errorsIntoButton);
  section.querySelectorAll(".errors-matrix").forEach(errorsIntoGrid);
  section.addEventListener("click", errorsClicked);
  fillRuns(byId("errors-run"), () => true);
  byId("errors-run").addEventListener("change", errorsShowRun);
  for (const id of ["errors-order", "errors-true", "errors-answer"]) {
    byId(id).addEventListener("change", errorsShowGallery);
  }
  if (pageData.runs.length > 1) {
    for (const id of ["errors-one", "errors-other"]) {
      fillRuns(byId(id), () => true);
      byId(id).addEventListener("change", errorsShowComparison);
    }
    byId("errors-other").selectedIndex = 0;
  }
  for (const part of section.querySelectorAll(".errors-of")) {
    part.hidden = part.dataset.run !== byId("errors-run").value;
  }
  const near = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      near.disconnect();
      errorsShow();
    },
    { rootMargin: "600px" },
  );
  near.observe(section);
});
