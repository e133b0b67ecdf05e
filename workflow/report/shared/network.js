// The network: the formulas and letters of workflow/scripts/handwritten/learning/network.py, for one
// image at a time. Pure functions on arrays of numbers; they run in the page and in its Worker.
//
//   a[0] = x                        the pixels, 0 to 1
//   z[l] = a[l] W + b               W is (inputs, units), row by row in one array
//   a[l + 1] = g(z[l])              the last layer has no g, but softmax: p
//   delta[l] = dJ/dz[l]             the error signal
"use strict";

/**
 * Numbers of either precision.
 * @typedef {Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>} Numbers
 *
 * @typedef {object} Layer
 * @property {number} inputs
 * @property {number} units
 * @property {Numbers} W weights (inputs, units)
 * @property {Numbers} b biases (units,)
 *
 * @typedef {object} Network
 * @property {number[]} dims the sizes of all layers, from the input to the output
 * @property {Layer[]} layers
 * @property {(string | null)[]} activations those of the hidden layers; null is the identity
 *
 * @typedef {{W: Float64Array<ArrayBuffer>, b: Float64Array<ArrayBuffer>}[]} Gradients
 *
 * What a forward pass computes: the layers' activations, x first, and sums, and the probabilities.
 * @typedef {{a: Numbers[], z: Float64Array<ArrayBuffer>[], p: Float64Array<ArrayBuffer>}} Pass
 *
 * @typedef {{uniform: () => number, normal: () => number}} RandomNumbers
 */

const IDENTITY = { value: (/** @type {number} */ z) => z, derivative: () => 1 };

/** The activation function of this name. @param {string | null} name */
const activationOf = (name) => (name === null ? IDENTITY : ACTIVATIONS[name]);

/** The largest of some numbers. @param {Numbers | number[]} values */
const largestOf = (values) => {
  let largest = -Infinity;
  for (const value of values) if (value > largest) largest = value;
  return largest;
};

/**
 * The network whose weights, layer by layer, and then biases are in `vector`, as views into it.
 * @param {Numbers} vector
 * @param {number[]} dims
 * @param {string} activation
 * @returns {Network}
 */
function networkFrom(vector, dims, activation) {
  let start = 0;
  const next = (/** @type {number} */ count) => {
    start += count;
    return vector.subarray(start - count, start);
  };
  const sizes = dims.slice(1).map((units, l) => ({ inputs: dims[l], units }));
  const weights = sizes.map(({ inputs, units }) => next(inputs * units));
  const layers = sizes.map((size, l) => ({ ...size, W: weights[l], b: next(size.units) }));
  return { dims, layers, activations: layers.slice(1).map(() => activation) };
}

/**
 * A network of its own with the same numbers.
 * @param {Network} network
 * @returns {Network}
 */
function copied(network) {
  const layers = network.layers.map((layer) => {
    return { ...layer, W: layer.W.slice(), b: layer.b.slice() };
  });
  return { ...network, layers, activations: [...network.activations] };
}

/**
 * z = a W + b. Inputs that are 0, as most pixels are, add nothing and are skipped.
 * @param {Numbers} a
 * @param {Layer} layer
 */
function weightedSums(a, { W, b, units }) {
  const z = Float64Array.from(b);
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0, at = i * units; j < units; j++, at++) z[j] += a[i] * W[at];
  }
  return z;
}

/**
 * Probabilities from the logits; subtracting the largest keeps exp from overflowing.
 * @param {Float64Array<ArrayBuffer>} z
 */
function softmax(z) {
  const largest = largestOf(z);
  const e = z.map((value) => Math.exp(value - largest));
  const sum = e.reduce((x, y) => x + y);
  return e.map((value) => value / sum);
}

/**
 * The loss J of one image in nats, log(sum exp z) - z of the true class.
 * @param {Float64Array<ArrayBuffer>} z
 * @param {number} label
 */
function crossEntropy(z, label) {
  const largest = largestOf(z);
  const sum = z.reduce((total, value) => total + Math.exp(value - largest), 0);
  return largest + Math.log(sum) - z[label];
}

/**
 * All layers' sums z and activations a, and the probabilities p, for one image x.
 * @param {Network} network
 * @param {Numbers} x
 * @returns {Pass}
 */
function forward(network, x) {
  /** @type {Numbers[]} */
  const a = [x];
  /** @type {Float64Array<ArrayBuffer>[]} */
  const z = [];
  network.layers.forEach((layer, l) => {
    z.push(weightedSums(a[l], layer));
    if (l < network.activations.length) {
      a.push(z[l].map(activationOf(network.activations[l]).value));
    }
  });
  return { a, z, p: softmax(z[z.length - 1]) };
}

/**
 * The predicted class: the one with the largest probability.
 * @param {Network} network
 * @param {Numbers} x
 */
function predict(network, x) {
  const { p } = forward(network, x);
  return p.indexOf(largestOf(p));
}

/**
 * Zeros in the shapes of the network's weights and biases, for gradients to be added to.
 * @param {Network} network
 * @returns {Gradients}
 */
function zeroGradients(network) {
  return network.layers.map(({ W, b }) => {
    return { W: new Float64Array(W.length), b: new Float64Array(b.length) };
  });
}

/**
 * The error signals delta of all layers for one image of this class; its gradients are added to
 * `gradients`. `pass` is what `forward` returned.
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} label
 * @param {Gradients} gradients
 */
function backward(network, pass, label, gradients) {
  const { layers, activations } = network;
  const last = layers.length - 1;
  /** @type {Float64Array<ArrayBuffer>[]} */
  const delta = new Array(layers.length);
  delta[last] = pass.p.map((p, k) => p - (k === label ? 1 : 0));
  for (let l = last; l >= 0; l--) {
    addGradients(gradients[l], pass.a[l], delta[l]);
    if (l > 0) {
      const { derivative } = activationOf(activations[l - 1]);
      const back = sentBack(delta[l], layers[l]);
      delta[l - 1] = back.map((d, i) => d * derivative(pass.z[l - 1][i]));
    }
  }
  return delta;
}

/**
 * dW += a^T delta, db += delta.
 * @param {Gradients[number]} gradients
 * @param {Numbers} a
 * @param {Float64Array} delta
 */
function addGradients({ W, b }, a, delta) {
  for (let j = 0; j < delta.length; j++) b[j] += delta[j];
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 0) continue;
    for (let j = 0, at = i * delta.length; j < delta.length; j++, at++) W[at] += a[i] * delta[j];
  }
}

/**
 * delta W^T: the derivative of the loss with respect to the layer's inputs.
 * @param {Float64Array} delta
 * @param {Layer} layer
 */
function sentBack(delta, { W, inputs, units }) {
  const back = new Float64Array(inputs);
  for (let i = 0, at = 0; i < inputs; i++) {
    for (let j = 0; j < units; j++, at++) back[i] += W[at] * delta[j];
  }
  return back;
}

/**
 * One step of gradient descent, in place: every parameter minus the rate times its gradient.
 * @param {Network} network
 * @param {Gradients} gradients
 * @param {number} rate
 */
function descend(network, gradients, rate) {
  network.layers.forEach(({ W, b }, l) => {
    for (let i = 0; i < W.length; i++) W[i] -= rate * gradients[l].W[i];
    for (let j = 0; j < b.length; j++) b[j] -= rate * gradients[l].b[j];
  });
}

/**
 * Random numbers from a seed: uniform from [0, 1), and standard normal (Box and Muller 1958). The
 * generator is splitmix32.
 * @param {number} seed
 * @returns {RandomNumbers}
 */
function randomFrom(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  };
  const normal = () => {
    return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  };
  return { uniform, normal };
}
