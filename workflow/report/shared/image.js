// The image that the sections show: each of them says which one it is, and lets the reader choose
// another, for all of them.
"use strict";

/** @param {number} i */
async function chooseTestDigit(i) {
  choose({ digit: await testDigit(i) });
}

/** Choose a random test image. */
async function chooseRandomDigit() {
  const { count } = await digits("test");
  await chooseTestDigit(Math.floor(Math.random() * count));
}

/** Choose a random test image that the chosen run misclassifies. */
async function chooseMisclassified() {
  const run = /** @type {Run} */ (chosen.run);
  const [{ labels }, { classes }] = await Promise.all([digits("test"), predictionsOf(run)]);
  const wrong = [...labels.keys()].filter((i) => labels[i] !== classes[i]);
  if (wrong.length) await chooseTestDigit(wrong[Math.floor(Math.random() * wrong.length)]);
}

/** The reader says what the drawing is, or no longer does. @param {string} value of the class */
function labelDrawing(value) {
  const { drawing } = chosen.last;
  if (drawing) choose({ digit: { ...drawing, label: value === "" ? null : Number(value) } });
}

/** What the choosers show of an image. @param {Digit | null} digit */
const numbersOf = (digit) => (digit ? [digit.number, digit.label] : []);

let imageChooserShows = "";

/** Let all choosers show what is chosen, if it has changed; a line that is being drawn changes nothing. */
function showImageChoosers() {
  const { digit, run, last } = chosen;
  const [test, drawing] = [last.test, last.drawing].map(numbersOf);
  const shows = JSON.stringify([numbersOf(digit), test, drawing, run?.name]);
  if (shows === imageChooserShows) return;
  imageChooserShows = shows;
  for (const chooser of findAll(".image-chooser")) {
    const radio = (/** @type {string} */ value) =>
      find(`[value="${value}"]`, chooser, HTMLInputElement);
    radio("drawing").checked = digit !== null && isOwn(digit);
    radio("test").checked = !radio("drawing").checked;
    radio("drawing").disabled = last.drawing === null;
    find(".drawn label + label", chooser).hidden = last.drawing === null;
    find("a", chooser).textContent = last.drawing ? "draw another" : "draw one";
    find("select", chooser, HTMLSelectElement).value = String(last.drawing?.label ?? "");
    find("[type=number]", chooser, HTMLInputElement).value =
      digit && !isOwn(digit) ? String(digit.number) : "";
    find("[id$=-wrong]", chooser).hidden = run?.accuracy === 1;
  }
}

/** @param {HTMLElement} chooser */
function listenToChooser(chooser) {
  const on = (
    /** @type {string} */ part,
    /** @type {string} */ event,
    /** @type {(control: Control) => unknown} */ act,
  ) => {
    const control = find(part, chooser);
    control.addEventListener(event, () => act(/** @type {Control} */ (control)));
  };
  const again = (/** @type {Digit | null} */ digit) => digit && choose({ digit });
  on("[value=drawing]", "change", () => again(chosen.last.drawing));
  on("[value=test]", "change", () => again(chosen.last.test));
  on("select", "change", ({ value }) => labelDrawing(value));
  on("[type=number]", "change", (number) => {
    if (number.reportValidity()) chooseTestDigit(Number(number.value));
  });
  on("[id$=-another]", "click", chooseRandomDigit);
  on("[id$=-wrong]", "click", chooseMisclassified);
}

document.addEventListener("DOMContentLoaded", () => {
  findAll(".image-chooser").forEach(listenToChooser);
  chosen.addEventListener("change", showImageChoosers);
});
