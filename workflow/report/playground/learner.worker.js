// The Worker of the playground: a small network that is trained while the page stays responsive. It is
// made of the declarations, network.js and this script. It works only when it is asked to: `begin` once,
// then `learn` for some steps or milliseconds; after each it reports its state.
"use strict";

/**
 * What the reader can set.
 * @typedef {object} TrainSettings
 * @property {number[]} hidden the units of each hidden layer
 * @property {string} activation
 * @property {string} optimizer
 * @property {number} rate
 * @property {number} batch Infinity for all images
 * @property {string} start
 * @property {number} l2 the factor of the L2 penalty on the weights
 * @property {number} dropout the share of the hidden units that is dropped in every step
 * @property {number} seed
 * @property {number} epochs where a run ends
 *
 * @typedef {{bytes: Uint8Array, labels: Uint16Array}} PackedImages
 * @typedef {TrainSettings & {dims: number[], train: PackedImages, test: PackedImages}} BeginRequest
 * @typedef {{steps?: number, milliseconds?: number}} LearnRequest
 *
 * @typedef {{images: Float32Array<ArrayBuffer>[], labels: Uint16Array}} Images
 *
 * The state: how many images were `seen` in how many steps; the loss on training images; loss and
 * accuracy on held-out images, and how many of the hidden units are dead; all parameters as a vector.
 * @typedef {object} TrainReport
 * @property {number} step
 * @property {number} seen
 * @property {number} trained
 * @property {{loss: number, accuracy: number, dead: number}} heldOut
 * @property {number} units
 * @property {boolean} diverged
 * @property {boolean} ended
 * @property {number | null} speed images a second
 * @property {Float64Array<ArrayBuffer>} vector
 */

const FAR = 10; // as in learning/divergence.py: ten times guessing and ten times the smallest loss
const EVALUATING = 0.5; // the largest part of the time that evaluations take
const TRAINED = 1000; // training images, on which their loss is measured, at most
const MEAN = { images: 100, share: 0.05 }; // it is by a mean of at least so many that a run diverges

/** An initial weight of the initialisation with this name, or one that is far too large. @param {string} name */
const initialWeight = (name) =>
  INITIALISATIONS[name] ?? ((/** @type {RandomNumbers} */ { normal }) => 2 * normal());

/**
 * A network with initial weights, biases 0, and `vector`, which holds all its parameters.
 * @param {TrainSettings & {dims: number[]}} settings
 */
function initialNetwork({ dims, activation, start, seed }) {
  const sizes = dims.slice(1).map((units, l) => (dims[l] + 1) * units);
  const vector = new Float64Array(sizes.reduce((x, y) => x + y));
  const network = networkFrom(vector, dims, activation);
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

/** The images of a request. @param {BeginRequest} request */
const unpackedImages = ({ dims: [pixels], train, test }) => {
  return { train: imagesFrom(train, pixels), test: imagesFrom(test, pixels) };
};

/** At most so many of the images, from all parts. @param {Images} images @param {number} most @returns {Images} */
function someOf({ images, labels }, most) {
  const step = Math.ceil(images.length / most);
  const isOne = (/** @type {unknown} */ _, /** @type {number} */ i) => i % step === 0;
  return { images: images.filter(isOne), labels: labels.filter(isOne) };
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
 * The mean loss of the images in these rows; the sum of their gradients is added to `gradients`.
 * @param {Network} network
 * @param {Gradients} gradients
 * @param {Images} data
 * @param {number[]} rows
 * @param {(() => Numbers[]) | null} drop draws the factors of the hidden units for an image
 */
function lossAndGradients(network, gradients, { images, labels }, rows, drop) {
  let loss = 0;
  for (const i of rows) {
    const pass = forward(network, images[i], drop?.());
    loss += crossEntropy(pass.z[pass.z.length - 1], labels[i]);
    backward(network, pass, labels[i], gradients);
  }
  return loss / rows.length;
}

/**
 * Draws the hidden units that are kept, divided by the share of those (Srivastava and others 2014).
 * @param {TrainSettings} settings
 */
function dropper({ hidden, dropout, seed }) {
  const { uniform } = randomFrom(~seed);
  const factor = () => (uniform() < dropout ? 0 : 1 / (1 - dropout));
  return () => hidden.map((units) => Float32Array.from({ length: units }, factor));
}

/** The declared optimizer with its usual settings, on this vector. */
class Optimizer {
  /**
   * @param {Float64Array<ArrayBuffer>} vector
   * @param {TrainSettings} settings
   */
  constructor(vector, { optimizer, rate }) {
    const { settings, vectors, step } = OPTIMIZERS[optimizer];
    this.options = { ...settings, learning_rate: rate, step: 0 };
    const state = Array.from({ length: vectors }, () => new Float64Array(vector.length));
    /** @param {Float64Array<ArrayBuffer>} gradient */
    this.takeStep = (gradient) => {
      this.options.step++;
      step(vector, gradient, state, this.options);
    };
  }
}

/**
 * Mean loss and accuracy on images that it is not trained on, and the number of dead units: the hidden
 * units whose derivative is 0 for all of these images.
 * @param {Network} network
 * @param {Images} data
 */
function evaluate(network, { images, labels }) {
  const dead = network.layers.slice(0, -1).map(({ units }) => new Uint8Array(units).fill(1));
  let [loss, correct] = [0, 0];
  images.forEach((x, i) => {
    const { z, p } = forward(network, x);
    loss += crossEntropy(z[z.length - 1], labels[i]);
    correct += Number(p.indexOf(largestOf(p)) === labels[i]);
    dead.forEach((units, l) => {
      keepDead(units, z[l], activationOf(network.activations[l]).derivative);
    });
  });
  const [sum, all] = [dead.flatMap((units) => [...units]).filter(Boolean).length, images.length];
  return { loss: loss / all, accuracy: correct / all, dead: sum };
}

/**
 * Strike out the units that are not dead, by their sums for another image.
 * @param {Uint8Array} dead
 * @param {Numbers} z
 * @param {(z: number) => number} derivative
 */
function keepDead(dead, z, derivative) {
  for (let j = 0; j < z.length; j++) if (dead[j] && derivative(z[j]) !== 0) dead[j] = 0;
}

/** A network in training. */
class Learner {
  /**
   * @param {BeginRequest} request
   * @param {{train: Images, test: Images}} images
   */
  constructor(request, { train, test }) {
    const { dims, activation, seed, batch, epochs } = request;
    const { network, vector } = initialNetwork(request);
    this.network = network;
    this.vector = vector;
    this.train = train;
    this.test = test;
    this.some = someOf(train, TRAINED);
    this.count = train.labels.length;
    this.gradient = new Float64Array(vector.length);
    const views = networkFrom(this.gradient, dims, activation).layers;
    this.gradients = /** @type {Gradients} */ (/** @type {unknown} */ (views));
    this.weights = network.layers.reduce((sum, { W }) => sum + W.length, 0); // come before the biases
    this.optimizer = new Optimizer(vector, request);
    this.l2 = request.l2;
    this.drop = request.dropout ? dropper(request) : null;
    this.seed = seed;
    this.batch = Math.min(batch, this.count);
    this.last = epochs * this.count;
    this.step = 0;
    this.seen = 0; // images
    /** @type {number[]} */
    this.order = [];
    this.sum = { loss: 0, images: 0 }; // of the next mean
    this.smallest = Infinity;
    this.diverged = false;
    /** @type {number | null} */
    this.speed = null;
    this.evaluating = 0; // how many milliseconds the last evaluation took
  }

  /** Learn for so many steps, or for so long, or until the end. @param {LearnRequest} request */
  learn({ steps = Infinity, milliseconds = Infinity }) {
    const [from, seen] = [performance.now(), this.seen];
    const long = Math.max(milliseconds, (this.evaluating * (1 - EVALUATING)) / EVALUATING);
    for (let taken = 0; taken < steps && performance.now() - from < long; taken++) {
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
    this.gradient.fill(0);
    const loss = lossAndGradients(this.network, this.gradients, this.train, rows, this.drop);
    this.update(rows.length);
    this.step++;
    this.seen += rows.length;
    this.watch(loss, rows.length);
  }

  /** Step against the mean gradient of so many images and of the penalty. @param {number} images */
  update(images) {
    const { gradient, vector, weights, l2 } = this;
    if (images > 1) for (let i = 0; i < gradient.length; i++) gradient[i] /= images;
    if (l2) for (let i = 0; i < weights; i++) gradient[i] += l2 * vector[i];
    this.optimizer.takeStep(gradient);
  }

  /**
   * Watch whether the batches' losses diverge: the first by itself, then means of more and more images.
   * @param {number} loss
   * @param {number} images
   */
  watch(loss, images) {
    this.sum.loss += loss * images;
    this.sum.images += images;
    const enough = Math.max(MEAN.images, MEAN.share * this.seen);
    if (this.step > 1 && this.sum.images < enough && Number.isFinite(loss)) return;
    const mean = this.sum.loss / this.sum.images;
    const guessing = Math.log(this.network.dims[this.network.dims.length - 1]);
    this.diverged = !(mean <= FAR * Math.max(guessing, this.smallest));
    this.smallest = Math.min(this.smallest, mean);
    this.sum = { loss: 0, images: 0 };
  }

  /**
   * The state. Both losses are the plain cross-entropy of the whole network, without penalty and dropout.
   * @returns {TrainReport}
   */
  report() {
    const { network, vector, test, some, step, seen, last, diverged, speed } = this;
    const ended = diverged || seen >= last;
    const units = network.dims.slice(1, -1).reduce((sum, each) => sum + each, 0);
    const from = performance.now();
    const heldOut = evaluate(network, test);
    const trained = evaluate(network, some).loss;
    this.evaluating = performance.now() - from;
    return { step, seen, trained, heldOut, units, diverged, ended, speed, vector };
  }
}

/** @type {Learner} */
let learner;

/** @param {MessageEvent<{begin?: BeginRequest, learn?: LearnRequest, rates?: RatesRequest}>} event */
function requested({ data }) {
  if (data.rates) {
    tryRates(data.rates);
    return;
  }
  if (data.begin) learner = new Learner(data.begin, unpackedImages(data.begin));
  else learner.learn(data.learn ?? {});
  postMessage(learner.report());
}

addEventListener("message", requested);
