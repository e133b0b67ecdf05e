// The training images in this page that are nearest to the image on the board, in pixels and in the last
// hidden layer; and whether it is far from all of them in pixels: a score by which images of none of
// the classes can be told (see the section on them), whatever the network says.
"use strict";

/**
 * The training images as rows of numbers: pixels, or the activations of units; and the sum of the
 * squares of each row.
 * @typedef {{values: Float32Array<ArrayBuffer>, squares: Float64Array<ArrayBuffer>}} Known
 */

const PAUSE = 200; // ms without a change before the distance is computed, so that the pen is not held up
const NEAREST = 6; // images that are shown
const BUSY = 8; // ms of work at a time, while the page has nothing else to do

const neighbours = {
  /** @type {Promise<Known> | null} */
  pixels: null,
  /** @type {Map<Network, Promise<Known>>} */
  activations: new Map(), // of the last hidden layer
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer: undefined,
  /** @type {Pass | null} */
  shown: null, // the pass whose neighbours are shown
};

/**
 * What a function makes of every training image.
 * @param {(x: Float32Array<ArrayBuffer>) => Numbers} rowOf
 * @returns {Promise<Known>}
 */
async function knownRows(rowOf) {
  const { count, x } = await digits("train");
  const size = rowOf(x(0)).length;
  const values = new Float32Array(count * size);
  const squares = new Float64Array(count);
  let until = performance.now() + BUSY;
  for (let i = 0; i < count; i++) {
    const row = rowOf(x(i));
    values.set(row, i * size);
    for (const value of row) squares[i] += value * value;
    if (performance.now() > until) {
      await new Promise((/** @type {(nothing: void) => void} */ resolve) => afterwards(resolve));
      until = performance.now() + BUSY;
    }
  }
  return { values, squares };
}

/** The activations of the last hidden layer for every training image. @param {Network} network */
function knownActivations(network) {
  const known =
    neighbours.activations.get(network) ??
    knownRows((x) => forward(network, x).a[network.layers.length - 1]);
  neighbours.activations.set(network, known);
  return known;
}

/**
 * The distances of a row to all training images: |a - b|² = |a|² - 2 a b + |b|², for which only the
 * numbers of a that are not 0 are needed.
 * @param {Numbers} a
 * @param {Known} known
 */
function distancesTo(a, { values, squares }) {
  const nonzero = [...a.keys()].filter((i) => a[i] !== 0);
  const square = nonzero.reduce((sum, i) => sum + a[i] * a[i], 0);
  return squares.map((other, image) => {
    let product = 0;
    for (const i of nonzero) product += a[i] * values[image * a.length + i];
    return Math.sqrt(Math.max(square - 2 * product + other, 0));
  });
}

/** Look for neighbours once the board's image has not changed for a while. */
function lookForNeighbours() {
  clearTimeout(neighbours.timer);
  setText(byId("draw-far"), "");
  neighbours.timer = setTimeout(showNeighbours, PAUSE);
}

async function showNeighbours() {
  const { x, pass } = board;
  const { network } = chosen;
  byId("draw-nearest").classList.toggle("is-empty", !x);
  if (!x || !pass || !network) return;
  neighbours.pixels ??= knownRows((image) => image);
  const distances = distancesTo(x, await neighbours.pixels);
  if (x !== board.x) return; // it has changed in the meantime
  showDistance(distances);
  await showNearest("near-pixels", distances);
  const hidden = network.activations.length > 0;
  byId("near-hidden").parentElement?.toggleAttribute("hidden", !hidden);
  if (hidden) {
    const known = await knownActivations(network);
    if (pass !== board.pass) return;
    await showNearest("near-hidden", distancesTo(pass.a[pass.a.length - 1], known));
  }
  neighbours.shown = pass;
}

/** Say how far the image is from all training images, once it is finished. @param {Float64Array} distances */
function showDistance(distances) {
  const nearest = distances.reduce((least, distance) => Math.min(least, distance));
  const isFar = nearest > pageData.far;
  const [noun, most] = [pageData.noun, percent(pageData.far_kept, 0)];
  const text = isFar
    ? `The image is unlike all ${withCommas(distances.length)} training ${noun}s in this page: ${most} of the dev ${noun}s are nearer to one of them.`
    : `The nearest training ${noun} in this page is at a distance of ${nearest.toFixed(1)}; for ${most} of the dev ${noun}s it is ${pageData.far.toFixed(1)} or less.`;
  byId("draw-far").classList.toggle("is-far", isFar);
  byId("draw-far").textContent = isDrawing() ? "" : text;
}

/**
 * Show the nearest training images with their labels.
 * @param {string} id
 * @param {Float64Array} distances
 */
async function showNearest(id, distances) {
  const { x, labels } = await digits("train");
  const order = [...distances.keys()].sort((i, j) => distances[i] - distances[j]);
  const images = order.slice(0, NEAREST).map((i) => {
    const name = className(labels[i]);
    const image = imageElement(x(i), `training ${pageData.noun} ${i}, labelled ${name}`);
    return element("li", {}, image, element("span", { "aria-hidden": "true" }, name));
  });
  byId(id).replaceChildren(...images);
}
