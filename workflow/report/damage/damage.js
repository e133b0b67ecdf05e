// How a network can be damaged, and what it then predicts. These are pure functions, which run in the page
// and in its Worker. All random numbers come from a seed, so that the same settings always damage the
// same weights.
"use strict";

/**
 * `biases` and `activations` (of the hidden layers) are true where they are in use; `removed` is the
 * share of weights set to 0, at random or the `smallest` first; noise is in standard deviations, of
 * the layer's own weights, or of pixels from 0 to 1.
 * @typedef {object} Damage
 * @property {boolean} biases
 * @property {boolean[]} activations
 * @property {number} removed
 * @property {boolean} smallest
 * @property {number} weightNoise
 * @property {number} pixelNoise
 * @property {number} seed
 *
 * @typedef {Network & {removed: number}} DamagedNetwork with how many weights were set to 0
 */

const Z95 = 1.959963984540054; // standard deviations that contain the normal distribution's middle 95%

/**
 * No damage.
 * @param {Network} network
 * @returns {Damage}
 */
function undamaged(network) {
  const activations = network.activations.map(() => true);
  const none = { removed: 0, smallest: false, weightNoise: 0, pixelNoise: 0 };
  return { biases: true, activations, ...none, seed: 1 };
}

/**
 * Random numbers for one purpose: other ones for every `purpose`.
 * @param {number} seed
 * @param {number} purpose
 */
const randomFor = (seed, purpose) => randomFrom(Math.imul(seed, 1_000_003) + purpose);

/**
 * A damaged copy of the network. A weight's random numbers do not depend on the amount of damage, so
 * a slider adds to what it did before: at 0.5 all weights are 0 that were 0 at 0.4.
 * @param {Network} network
 * @param {Damage} damage
 * @returns {DamagedNetwork}
 */
function damagedNetwork(network, damage) {
  const damaged = { ...copied(network), removed: 0 };
  damaged.layers.forEach((layer, l) => {
    addWeightNoise(layer.W, damage.weightNoise, randomFor(damage.seed, 2 * l));
    damaged.removed += damage.smallest
      ? removeSmallest(layer.W, damage.removed)
      : removeRandom(layer.W, damage.removed, randomFor(damage.seed, 2 * l + 1));
    if (!damage.biases) layer.b.fill(0);
  });
  damaged.activations = network.activations.map((name, l) => (damage.activations[l] ? name : null));
  return damaged;
}

/**
 * Add Gaussian noise, in place; `amount` is in units of the weights' own standard deviation.
 * @param {Numbers} W
 * @param {number} amount
 * @param {RandomNumbers} random
 */
function addWeightNoise(W, amount, { normal }) {
  if (amount === 0) return;
  const sd = amount * standardDeviation(W);
  for (let i = 0; i < W.length; i++) W[i] += sd * normal();
}

/**
 * Set each weight to 0 with this probability, in place; how many that were.
 * @param {Numbers} W
 * @param {number} probability
 * @param {RandomNumbers} random
 */
function removeRandom(W, probability, { uniform }) {
  let count = 0;
  if (probability === 0) return count;
  for (let i = 0; i < W.length; i++) {
    if (uniform() >= probability) continue;
    W[i] = 0;
    count++;
  }
  return count;
}

/**
 * Set this share of the weights to 0, the smallest first, in place; how many they are. Of equally
 * large ones the first are taken.
 * @param {Numbers} W
 * @param {number} share
 */
function removeSmallest(W, share) {
  const count = Math.ceil(share * W.length);
  if (count === 0) return count;
  const sizes = W.map(Math.abs);
  const largest = sizes.slice().sort()[count - 1]; // of those that go
  let equal = count;
  for (const size of sizes) if (size < largest) equal--;
  sizes.forEach((size, i) => {
    if (size < largest || (size === largest && equal-- > 0)) W[i] = 0;
  });
  return count;
}

/** @param {Numbers} values */
function standardDeviation(values) {
  let [sum, squares] = [0, 0];
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / values.length);
}

/**
 * The pixels with Gaussian noise of this standard deviation, clipped to 0 to 1.
 * @param {Float32Array<ArrayBuffer>} x
 * @param {number} sd
 * @param {RandomNumbers} random
 */
function noisyPixels(x, sd, { normal }) {
  return sd === 0 ? x : x.map((value) => Math.min(1, Math.max(0, value + sd * normal())));
}

/**
 * All weights of a network without activation functions as one matrix, W1 W2 ..., (inputs, classes).
 * @param {Network} network
 */
function productOfLayers({ layers }) {
  const last = layers.length - 1;
  const classes = layers[last].units;
  let product = layers[last].W;
  for (let l = last - 1; l >= 0; l--) product = matrixProduct(layers[l], product, classes);
  return product;
}

/**
 * W times a matrix (units, columns).
 * @param {Layer} layer
 * @param {Numbers} right
 * @param {number} columns
 */
function matrixProduct({ W, inputs, units }, right, columns) {
  const product = new Float64Array(inputs * columns);
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++) {
      for (let k = 0; k < columns; k++) {
        product[i * columns + k] += W[i * units + j] * right[j * columns + k];
      }
    }
  }
  return product;
}

/**
 * Wilson's 95% interval of a share (1927).
 * @param {number} correct
 * @param {number} n
 */
function wilson(correct, n) {
  const [p, z2] = [correct / n, Z95 * Z95];
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/**
 * The class that a damaged network predicts for the test image with this number, with its noise.
 * @param {Network} network
 * @param {Damage} damage
 * @param {Float32Array<ArrayBuffer>} x
 * @param {number} number
 */
function predictDamaged(network, { pixelNoise, seed }, x, number) {
  return predict(network, noisyPixels(x, pixelNoise, randomFor(seed, 1000 + number)));
}
