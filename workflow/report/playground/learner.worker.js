// The Worker of the playground: a small network that is trained while the page stays responsive. It is
// made of the activations, network.js and this script. It works only when it is asked to: `begin` once,
// then `learn` for some steps or milliseconds; after each it reports its state.
"use strict";

/**
 * What the reader can set.
 * @typedef {object} TrainSettings
 * @property {number} rate
 * @property {number} batch Infinity for all images
 * @property {string} start
 * @property {number} seed
 * @property {number} epochs where a run ends
 *
 * @typedef {{bytes: Uint8Array, labels: Uint16Array}} PackedImages
 * @typedef {TrainSettings & {dims: number[], train: PackedImages, test: PackedImages}} BeginRequest
 * @typedef {{steps?: number, milliseconds?: number}} LearnRequest
 *
 * @typedef {{images: Float32Array<ArrayBuffer>[], labels: Uint16Array}} Images
 *
 * The state: how many images were `seen` in how many steps; new points of the training curve; loss and
 * accuracy on held-out images, and how many units are dead; all parameters as a vector.
 * @typedef {object} TrainReport
 * @property {number} step
 * @property {number} seen
 * @property {{seen: number, loss: number}[]} curve
 * @property {{loss: number, accuracy: number, dead: number}} heldOut
 * @property {number} units
 * @property {boolean} diverged
 * @property {boolean} ended
 * @property {number | null} speed images a second
 * @property {Float64Array<ArrayBuffer>} vector
 */

const FAR = 10; // as in learning/divergence.py: ten times guessing and ten times the smallest loss
const POINT = { images: 100, share: 0.05 }; // a point of the curve is the mean of at least so many

/** An initial weight of the initialisation with this name, or one that is far too large. @param {string} name */
const initialWeight = (name) =>
  INITIALISATIONS[name] ?? ((/** @type {RandomNumbers} */ { normal }) => 2 * normal());

/**
 * A network with initial weights, biases 0, and `vector`, which holds all its parameters.
 * @param {number[]} dims
 * @param {string} start
 * @param {number} seed
 */
function initialNetwork(dims, start, seed) {
  const sizes = dims.slice(1).map((units, l) => (dims[l] + 1) * units);
  const vector = new Float64Array(sizes.reduce((x, y) => x + y));
  const network = networkFrom(vector, dims, "relu");
  const random = randomFrom(seed);
  const weight = initialWeight(start);
  for (const { W, inputs, units } of network.layers) {
    for (let i = 0; i < W.length; i++) W[i] = weight(random, inputs, units);
  }
  return { network, vector };
}

/**
 * Images as the network takes them (0 to 1) from their bytes.
 * @param {PackedImages} packed
 * @param {number} pixels
 * @returns {Images}
 */
function imagesFrom({ bytes, labels }, pixels) {
  const images = Array.from(labels, (_, i) => bytes.subarray(i * pixels, (i + 1) * pixels));
  return { images: images.map((image) => Float32Array.from(image, (byte) => byte / 255)), labels };
}

/**
 * The numbers 0 to count - 1 in random order (Fisher and Yates).
 * @param {number} count
 * @param {RandomNumbers} random
 */
function shuffled(count, { uniform }) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/**
 * One step of gradient descent, in place, on the images in these rows; their mean loss before it.
 * @param {Network} network
 * @param {Gradients} gradients
 * @param {Images} data
 * @param {number[]} rows
 * @param {number} rate
 */
function learnFrom(network, gradients, { images, labels }, rows, rate) {
  for (const { W, b } of gradients) {
    W.fill(0);
    b.fill(0);
  }
  let loss = 0;
  for (const i of rows) {
    const pass = forward(network, images[i]);
    loss += crossEntropy(pass.z[pass.z.length - 1], labels[i]);
    backward(network, pass, labels[i], gradients);
  }
  descend(network, gradients, rate / rows.length);
  return loss / rows.length;
}

/**
 * Mean loss and accuracy on images that it is not trained on, and the number of dead units, which are
 * those that are 0 for all of these images.
 * @param {Network} network
 * @param {Images} data
 */
function evaluate(network, { images, labels }) {
  const active = new Set();
  let [loss, correct] = [0, 0];
  images.forEach((x, i) => {
    const { z, a, p } = forward(network, x);
    loss += crossEntropy(z[z.length - 1], labels[i]);
    correct += Number(p.indexOf(largestOf(p)) === labels[i]);
    a[1].forEach((value, unit) => {
      if (value > 0) active.add(unit);
    });
  });
  const dead = network.layers[0].units - active.size;
  return { loss: loss / images.length, accuracy: correct / images.length, dead };
}

/** A network in training. */
class Learner {
  /** @param {BeginRequest} request */
  constructor({ dims, start, seed, rate, batch, epochs, train, test }) {
    const { network, vector } = initialNetwork(dims, start, seed);
    this.network = network;
    this.vector = vector;
    this.train = imagesFrom(train, dims[0]);
    this.test = imagesFrom(test, dims[0]);
    this.count = this.train.labels.length;
    this.gradients = zeroGradients(network);
    this.rate = rate;
    this.seed = seed;
    this.batch = Math.min(batch, this.count);
    this.last = epochs * this.count;
    this.step = 0;
    this.seen = 0; // images
    /** @type {number[]} */
    this.order = [];
    /** @type {TrainReport["curve"]} */
    this.curve = []; // points that the page does not have yet
    this.sum = { loss: 0, images: 0 }; // of the next point
    this.smallest = Infinity;
    this.diverged = false;
    /** @type {number | null} */
    this.speed = null;
  }

  /** Learn for so many steps, or for so long, or until the end. @param {LearnRequest} request */
  learn({ steps = Infinity, milliseconds = Infinity }) {
    const [from, seen] = [performance.now(), this.seen];
    for (let taken = 0; taken < steps && performance.now() - from < milliseconds; taken++) {
      if (this.diverged || this.seen >= this.last) break;
      this.takeStep();
    }
    this.speed = (1000 * (this.seen - seen)) / (performance.now() - from);
  }

  takeStep() {
    if (this.order.length === 0) {
      const epoch = this.seen / this.count;
      this.order = shuffled(this.count, randomFrom(this.seed + 1 + epoch));
    }
    const rows = this.order.splice(0, this.batch);
    const loss = learnFrom(this.network, this.gradients, this.train, rows, this.rate);
    this.step++;
    this.seen += rows.length;
    this.addToCurve(loss, rows.length);
  }

  /**
   * Add a batch's loss to the curve: the first by itself, then means of more and more images.
   * @param {number} loss
   * @param {number} images
   */
  addToCurve(loss, images) {
    this.sum.loss += loss * images;
    this.sum.images += images;
    const enough = Math.max(POINT.images, POINT.share * this.seen);
    if (this.step > 1 && this.sum.images < enough && Number.isFinite(loss)) return;
    const mean = this.sum.loss / this.sum.images;
    this.curve.push({ seen: this.seen, loss: mean });
    const guessing = Math.log(this.network.dims[this.network.dims.length - 1]);
    this.diverged = !(mean <= FAR * Math.max(guessing, this.smallest));
    this.smallest = Math.min(this.smallest, mean);
    this.sum = { loss: 0, images: 0 };
  }

  /**
   * The state. The points of the curve go with it and are not kept here.
   * @returns {TrainReport}
   */
  report() {
    const { network, vector, test, step, seen, last, diverged, speed } = this;
    const curve = this.curve.splice(0);
    const ended = diverged || seen >= last;
    const { units } = network.layers[0];
    const heldOut = evaluate(network, test);
    return { step, seen, curve, heldOut, units, diverged, ended, speed, vector };
  }
}

/** @type {Learner} */
let learner;

/** @param {MessageEvent<{begin?: BeginRequest, learn?: LearnRequest}>} event */
function requested({ data }) {
  if (data.begin) learner = new Learner(data.begin);
  else learner.learn(data.learn ?? {});
  postMessage(learner.report());
}

addEventListener("message", requested);
