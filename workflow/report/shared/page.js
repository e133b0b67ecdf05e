// What all sections share: the reader's choices, elements, pictures of digits, numbers in words.
"use strict";

/** What the reader has chosen: the run whose network answers, and the digit it looks at, which is
 * `{x, label, origin}`: pixels (0 to 1), the right class or null where nobody knows it, and where it
 * comes from, in words. Sections listen for "change". */
const chosen = new EventTarget();
Object.assign(chosen, { run: null, network: null, digit: null });

function choose(changes) {
  Object.assign(chosen, changes);
  chosen.dispatchEvent(new Event("change"));
}

/** The element of the page with this id. */
const byId = (id) => document.getElementById(id);

/** A new element; attributes that are functions become listeners. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

const percent = (share, places = 2) => `${(100 * share).toFixed(places)}%`;
const withCommas = (count) => count.toLocaleString("en");
const className = (label) => pageData.classes[label];
const indexOfMost = (values) => values.indexOf(values.reduce((x, y) => Math.max(x, y)));

/** Paint an image of numbers 0 to 1 onto a canvas, white ink on black, as the network sees it. */
function paint(canvas, x) {
  paintColours(canvas, x, (value) => [255 * value, 255 * value, 255 * value]);
}

/** A number from -1 to 1 as red, green and blue: blue above zero, orange below, black where it is 0. */
const signedColour = (v) => (v > 0 ? [86 * v, 180 * v, 233 * v] : [-240 * v, -140 * v, -30 * v]);

/** How far the numbers go from 0, and never 0 itself, to divide by. */
const largest = (values) => values.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-12);

/** Paint an image of any numbers in these colours, the largest in full. */
function paintSigned(canvas, values) {
  const most = largest(values);
  paintColours(canvas, values, (value) => signedColour(value / most));
}

function paintColours(canvas, values, colour) {
  Object.assign(canvas, { width: COLUMNS, height: ROWS });
  const context = canvas.getContext("2d");
  const image = context.createImageData(COLUMNS, ROWS);
  values.forEach((value, i) => {
    const [red, green, blue] = colour(value);
    image.data.set([red, green, blue, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
}

/** A picture of a digit, with words for those who do not see it. */
function picture(x, words) {
  const canvas = element("canvas", { class: "digit", role: "img", "aria-label": words });
  paint(canvas, x);
  return canvas;
}

/** Let a control of the page choose among the runs that `fits` accepts, first the default run. */
function fillRuns(select, fits) {
  const names = pageData.runs.filter(fits).map((run) => run.name);
  select.append(...names.map((name) => element("option", { value: name }, name)));
  select.value = names.at(-1) ?? "";
}

/** Let every select of class "run-picker" choose the run whose network answers in the page. */
async function chooseRun(name) {
  const run = pageData.runs.find((candidate) => candidate.name === name);
  for (const select of document.querySelectorAll("select.run-picker")) select.value = name;
  choose({ run, network: await networkOf(run) });
}

/** A test digit as something to look at. */
async function testDigit(i) {
  const test = await digits("test");
  return { x: test.x(i), label: test.labels[i], origin: `test digit ${i}` };
}

/** Begin with the last network that travels in the page, and the first test digit. */
async function begin() {
  const pickers = document.querySelectorAll("select.run-picker");
  for (const select of pickers) {
    fillRuns(select, (run) => run.embedded);
    select.addEventListener("change", () => chooseRun(select.value));
  }
  const run = pageData.runs.findLast((candidate) => candidate.embedded);
  if (run) {
    await chooseRun(run.name);
    choose({ digit: await testDigit(0) });
  }
}

document.addEventListener("DOMContentLoaded", begin);
