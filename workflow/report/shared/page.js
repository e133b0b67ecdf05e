// What all sections share: what the reader has chosen, elements, and numbers as text.
"use strict";

/**
 * An image to look at: pixels (0 to 1), the true class or null where it is unknown, where it comes
 * from in words, and its number among the test images, if it is one of them.
 * @typedef {object} Digit
 * @property {Float32Array<ArrayBuffer>} x
 * @property {number | null} label
 * @property {string} origin
 * @property {number | null} number
 */

/** What the reader has chosen. Sections listen for "change". */
class Choice extends EventTarget {
  /** @type {Run | null} */
  run = null;
  /** @type {Network | null} */
  network = null;
  /** @type {Digit | null} */
  digit = null;
  /** The test image and the drawing that were chosen last. @type {{test: Digit | null, drawing: Digit | null}} */
  last = { test: null, drawing: null };
}

const chosen = new Choice();

/** @param {Partial<{run: Run, network: Network, digit: Digit}>} changes */
function choose(changes) {
  Object.assign(chosen, changes);
  if (changes.digit) chosen.last[isOwn(changes.digit) ? "drawing" : "test"] = changes.digit;
  chosen.dispatchEvent(new Event("change"));
}

/** Whether an image is the reader's drawing. */
const isOwn = (/** @type {Digit} */ { number }) => number === null;

/**
 * The element of the page with this id, which is of this type.
 * @template {HTMLElement | SVGElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
function byId(id, type) {
  return find(`#${CSS.escape(id)}`, document, type);
}

/**
 * The first element that matches a selector; an error where there is none of this type.
 * @template {HTMLElement | SVGElement} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @param {new () => T} [type]
 * @returns {T}
 */
function find(selector, within = document, type) {
  const found = within.querySelector(selector);
  if (!(found instanceof (type ?? HTMLElement)))
    throw new TypeError(`no such element: ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * All elements of this type that match a selector.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} selector
 * @param {ParentNode} [within]
 * @param {new () => T} [type]
 * @returns {T[]}
 */
function findAll(selector, within = document, type) {
  const found = [...within.querySelectorAll(selector)];
  return /** @type {T[]} */ (found.filter((each) => each instanceof (type ?? HTMLElement)));
}

/** Change a text, but only if it is another, which costs a layout. @param {HTMLElement} holder @param {string} text */
function setText(holder, text) {
  if (holder.textContent !== text) holder.textContent = text;
}

/**
 * Change a custom property, but only if it is another, which costs a style for all within.
 * @param {HTMLElement} holder
 * @param {string} name
 * @param {string} value
 */
function setProperty(holder, name, value) {
  if (holder.style.getPropertyValue(name) !== value) holder.style.setProperty(name, value);
}

/**
 * A new element; attributes that are functions become listeners, and null ones are left out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | number | null | ((event: any) => void)>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/**
 * A new element of an SVG.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function svgElement(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.textContent = text;
  return made;
}

/**
 * Where a value lies on an axis, from 0 at its lower end to 1 at its upper end.
 * @param {number} value
 * @param {number[]} ends
 * @param {boolean} [log]
 */
const alongAxis = (value, [low, high], log) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

const percent = (/** @type {number} */ share, places = 2) => `${(100 * share).toFixed(places)}%`;
const wholePercent = (/** @type {number} */ share) => percent(share, 0);
/** A number with three places, or as a power of ten where that would show none. */
const rounded = (/** @type {number} */ value) =>
  value === 0 || Math.abs(value) >= 5e-4
    ? value.toFixed(3).replace("-", "−")
    : value.toExponential(1).replace(/-/g, "−");
const withCommas = (/** @type {number} */ count) => count.toLocaleString("en");
const pixelName = (/** @type {number} */ i) => `pixel ${Math.floor(i / COLUMNS)}, ${i % COLUMNS}`;
const className = (/** @type {number} */ label) => pageData.classes[label];
const indexOfLargest = (/** @type {Numbers} */ values) => values.indexOf(largestOf(values));

/** A pass's calibrated probabilities, for the chosen run. @param {Pass} pass */
const calibrated = (pass) => atTemperature(pass, chosen.run?.temperature ?? 1);

/** `1 digit`, `2,000 digits`. @param {number} count */
const digitCount = (count) => `${withCommas(count)} ${pageData.noun}${count === 1 ? "" : "s"}`;

/**
 * Let a control choose among the runs that `fits` accepts; it starts with the last of them.
 * @param {HTMLSelectElement} select
 * @param {(run: Run) => boolean} fits
 */
function fillRuns(select, fits) {
  const runs = pageData.runs.filter(fits);
  const words = (/** @type {Run} */ { name, accuracy }) => `${name}: ${percent(accuracy, 1)}`;
  select.append(...runs.map((run) => new Option(words(run), run.name)));
  startWith(select, runs[runs.length - 1]?.name ?? "");
}

/** Let a control start with this choice. @param {HTMLSelectElement} select @param {string} value */
function startWith(select, value) {
  for (const option of select.options) option.defaultSelected = option.value === value;
  select.value = value;
}

/** Choose the run whose network computes in the page. @param {string} name */
async function chooseRun(name) {
  const run = runOf(name);
  for (const select of runPickers()) select.value = name;
  choose({ run, network: await networkOf(run) });
}

const runPickers = () => findAll("select.run-picker", document, HTMLSelectElement);

/**
 * A test image.
 * @param {number} i
 * @returns {Promise<Digit>}
 */
async function testDigit(i) {
  const test = await digits("test");
  return { x: test.x(i), label: test.labels[i], origin: `test ${pageData.noun} ${i}`, number: i };
}

/** The run whose network the page starts with. */
const firstRun = () => pageData.runs.findLast(({ embedded }) => embedded);

/** Start with the last network that is embedded, and the first test image. */
async function startPage() {
  for (const select of runPickers()) {
    fillRuns(select, (run) => run.embedded);
    select.addEventListener("change", () => chooseRun(select.value));
  }
  const run = firstRun();
  if (run) {
    await chooseRun(run.name);
    chosen.last.test = await testDigit(0);
    if (!chosen.digit) choose({ digit: chosen.last.test }); // nothing is drawn yet
  } else await new Promise((resolve) => setTimeout(resolve)); // until all sections have begun
  await restoreAddress();
  showWhileIdle();
}

document.addEventListener("DOMContentLoaded", startPage);
