// The data of the page: facts as JSON, and arrays as deflated bytes in base 85, which are unpacked
// when they are first used, and only once.
"use strict";

/**
 * How a run was trained (page/training_facts.py): null is what is not known of its trainer. `batch` is
 * "full" for all images; `others` are settings that the playground does not have.
 * @typedef {object} TrainingFacts
 * @property {number} images
 * @property {number | null} epochs
 * @property {number} networks of an ensemble
 * @property {string | null} start
 * @property {string | null} optimizer
 * @property {number | null} rate
 * @property {number | "full" | null} batch
 * @property {number | null} l2
 * @property {number | null} dropout
 * @property {Record<string, string>} others
 *
 * @typedef {object} Run
 * @property {string} name
 * @property {number[]} layer_dims
 * @property {string} activation
 * @property {number} accuracy on the test set
 * @property {boolean} embedded whether its network can compute in the page
 * @property {number | null} bits of each weight, where they are rounded
 * @property {number[] | null} snapshots after how many steps or epochs its first layer was recorded
 * @property {string} trainer
 * @property {number} temperature by which its logits are divided for its confidence to be calibrated
 * @property {number | null} threshold the confidence from which on it answers; null where it never does
 * @property {number} test_time_shift of the pipeline's predictions, in pixels
 * @property {number[]} dead the hidden units of its first layer that are the same for every dev image
 * @property {TrainingFacts} trained
 *
 * @typedef {object} PageData
 * @property {string} dataset
 * @property {string} title
 * @property {string} noun what an image shows: "digit", or "image" where the classes are not digits
 * @property {string[]} classes
 * @property {number[]} wrong_labels
 * @property {[number, number]} image_shape rows and columns
 * @property {number} far the distance to the nearest training image that most dev images do not exceed
 * @property {number} far_kept the share of the dev images that do not exceed it
 * @property {Run[]} runs
 *
 * Images and labels of a split; `bytes` are an image's pixels from 0 to 255, `x` from 0 to 1.
 * @typedef {object} Split
 * @property {number} count
 * @property {Uint16Array<ArrayBuffer>} labels
 * @property {(i: number) => Uint8Array<ArrayBuffer>} bytes
 * @property {(i: number) => Float32Array<ArrayBuffer>} x
 *
 * What a run predicts for every test image, and how confident it is after calibration.
 * @typedef {{classes: Uint16Array<ArrayBuffer>, confidences: Float32Array<ArrayBuffer>}} Predictions
 */

/** @type {PageData} */
const pageData = JSON.parse(embeddedText("page-data"));
const [ROWS, COLUMNS] = pageData.image_shape;
const PIXELS = ROWS * COLUMNS;
/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
const unpacked = new Map();

/** The text of a script element. @param {string} id */
function embeddedText(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
}

/** @type {Map<string, string>} */
const workerUrls = new Map();

/** A Worker made of the declarations, network.js and these scripts of the page. @param {string[]} scripts */
function workerOf(...scripts) {
  const texts = ["declarations.js", "shared/network.js", ...scripts].map(embeddedText);
  const url = workerUrls.get(scripts.join()) ?? URL.createObjectURL(new Blob(texts));
  workerUrls.set(scripts.join(), url);
  return new Worker(url);
}

/** The bytes of an embedded array. @param {string} name */
async function bytesOf(name) {
  const bytes = unpacked.get(name) ?? inflated(embeddedText(`array-${name}`));
  unpacked.set(name, bytes);
  return bytes;
}

const LETTERS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%:()*+-;,=.?@^_`{|}~";

/** The bytes of a text in base 85: four for every five letters (page/embedding.py). @param {string} text */
function fromBase85(text) {
  const values = new Uint8Array(128);
  for (let value = 0; value < 85; value++) values[LETTERS.charCodeAt(value)] = value;
  const groups = Math.ceil(text.length / 5);
  const bytes = new DataView(new ArrayBuffer(4 * groups));
  for (let group = 0; group < groups; group++) {
    let sum = 0;
    for (let at = 5 * group; at < 5 * group + 5; at++) {
      sum = 85 * sum + (at < text.length ? values[text.charCodeAt(at)] : 84);
    }
    bytes.setUint32(4 * group, sum);
  }
  return new Uint8Array(bytes.buffer, 0, 4 * groups - (5 * groups - text.length));
}

/** @param {string} text */
async function inflated(text) {
  const packed = fromBase85(text.trim());
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @type {Map<string, Promise<Uint8Array<ArrayBuffer>>>} */
const unpackedImages = new Map();

/**
 * The pixels of a split's images, image by image, as bytes. They are packed as a bit for each pixel,
 * set where it is not 0, and then the values of those pixels (page/embedding.py).
 * @param {"test" | "train"} split
 */
function pixelsOf(split) {
  const pixels = unpackedImages.get(split) ?? unpackPixels(split);
  unpackedImages.set(split, pixels);
  return pixels;
}

/** @param {"test" | "train"} split */
async function unpackPixels(split) {
  const [bytes, labels] = await Promise.all([
    bytesOf(`${split}-images`),
    bytesOf(`${split}-labels`),
  ]);
  const count = new Uint16Array(labels.buffer).length * PIXELS;
  const pixels = new Uint8Array(count);
  let next = Math.ceil(count / 8);
  for (let i = 0; i < count; i++) {
    if (bytes[i >> 3] & (128 >> (i & 7))) pixels[i] = bytes[next++];
  }
  return pixels;
}

/**
 * Images with their labels: `test`, or the `train`ing images that are embedded in the page.
 * @param {"test" | "train"} split
 * @returns {Promise<Split>}
 */
async function digits(split) {
  const [images, packedLabels] = await Promise.all([pixelsOf(split), bytesOf(`${split}-labels`)]);
  const labels = new Uint16Array(packedLabels.buffer);
  const bytes = (/** @type {number} */ i) => images.subarray(i * PIXELS, (i + 1) * PIXELS);
  const x = (/** @type {number} */ i) => Float32Array.from(bytes(i), (byte) => byte / 255);
  return { count: labels.length, labels, bytes, x };
}

/** The run of this name. @param {string} name */
function runOf(name) {
  return /** @type {Run} */ (pageData.runs.find((run) => run.name === name));
}

/** The trained network of a run whose weights are embedded. @param {Run} run */
async function networkOf(run) {
  const { buffer } = await bytesOf(`weights-${run.name}`);
  const vector = run.bits ? await restored(run, buffer) : new Float32Array(buffer);
  return networkFrom(vector, run.layer_dims, run.activation);
}

/**
 * The weights and biases of a run whose weights are rounded: each is a whole number of steps, which
 * every unit has of its own (page/rounding.py).
 * @param {Run} run
 * @param {ArrayBuffer} buffer
 */
async function restored(run, buffer) {
  const whole =
    /** @type {number} */ (run.bits) > 8 ? new Int16Array(buffer) : new Int8Array(buffer);
  const { buffer: others } = await bytesOf(`steps-${run.name}`);
  const steps = new Float32Array(others, 0, others.byteLength / 8);
  const vector = new Float32Array(whole.length + steps.length);
  vector.set(new Float32Array(others, others.byteLength / 2), whole.length);
  let [next, first] = [0, 0]; // weight, and unit of the layer
  run.layer_dims.slice(1).forEach((units, l) => {
    for (let i = 0; i < run.layer_dims[l]; i++) {
      for (let j = first; j < first + units; j++, next++) vector[next] = whole[next] * steps[j];
    }
    first += units;
  });
  return vector;
}

/**
 * @param {Run} run
 * @returns {Promise<Predictions>}
 */
async function predictionsOf(run) {
  const [packedClasses, confidences] = await Promise.all([
    bytesOf(`classes-${run.name}`),
    bytesOf(`confidences-${run.name}`),
  ]);
  const classes = new Uint16Array(packedClasses.buffer);
  const steps = new Uint16Array(confidences.buffer);
  return { classes, confidences: Float32Array.from(steps, (step) => step / 65535) };
}
