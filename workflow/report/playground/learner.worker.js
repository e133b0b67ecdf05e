// The Worker of "Train it here": a small network that learns digits while the page stays free. In
// one Blob it stands behind network.js, whose formulas it uses. It works only when it is asked to:
// `begin` once, then `learn` for some steps or milliseconds; after each it tells how things stand.
"use strict";

const FAR = 10; // as in learning/divergence.py: past ten times guessing and ten times the least
const POINT = { digits: 100, share: 0.05 }; // a point of the curve is the mean of at least so many

/** Starting weights by their names in the page, for a layer with so many inputs. */
const STARTS = {
  he: ({ normal }, inputs) => Math.sqrt(2 / inputs) * normal(), // He and others 2015
  uniform: ({ uniform }) => uniform() - 0.5,
  zeros: () => 0,
  large: ({ normal }) => 2 * normal(),
};

/** A network with starting weights, biases 0, and `vector`, which holds all its numbers. */
function startingNetwork(dims, start, seed) {
  const sizes = dims.slice(1).map((units, l) => (dims[l] + 1) * units);
  const vector = new Float64Array(sizes.reduce((x, y) => x + y));
  const network = networkFrom(vector, dims, "relu");
  const random = randomFrom(seed);
  for (const { W, inputs } of network.layers) {
    for (let i = 0; i < W.length; i++) W[i] = STARTS[start](random, inputs);
  }
  return { network, vector };
}

/** Images as the network takes them (0 to 1) from their bytes, one after the other. */
function imagesOf(bytes, pixels) {
  const image = (_, i) => bytes.subarray(i * pixels, (i + 1) * pixels);
  const images = Array.from({ length: bytes.length / pixels }, image);
  return images.map((one) => Float32Array.from(one, (byte) => byte / 255));
}

/** The numbers 0 to count - 1 in the order of one pass (Fisher and Yates). */
function shuffled(count, { uniform }) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** One step of gradient descent, in place, on the digits in these rows; their mean loss before. */
function learnFrom(network, gradients, { images, labels }, rows, rate) {
  for (const { W, b } of gradients) W.fill(0), b.fill(0);
  let loss = 0;
  for (const i of rows) {
    const pass = forward(network, images[i]);
    loss += crossEntropy(pass.z.at(-1), labels[i]);
    backward(network, pass, labels[i], gradients);
  }
  descend(network, gradients, rate / rows.length);
  return loss / rows.length;
}

/** Mean loss and accuracy on digits it does not learn from, and how many units stay silent, which
 * means that they are 0 for all of these digits. */
function heldOut(network, { images, labels }) {
  const heard = new Set();
  let [loss, right] = [0, 0];
  images.forEach((x, i) => {
    const { z, a, p } = forward(network, x);
    loss += crossEntropy(z.at(-1), labels[i]);
    right += p.indexOf(p.reduce((one, other) => Math.max(one, other))) === labels[i];
    a[1].forEach((value, unit) => value > 0 && heard.add(unit));
  });
  const silent = network.layers[0].units - heard.size;
  return { loss: loss / images.length, accuracy: right / images.length, silent };
}

const learner = {}; // what the Worker keeps between two questions

function begin({ dims, start, seed, rate, batch, passes, train, test }) {
  const split = ({ bytes, labels }) => ({ images: imagesOf(bytes, dims[0]), labels });
  const { network, vector } = startingNetwork(dims, start, seed);
  Object.assign(learner, { network, vector, rate, seed, train: split(train), test: split(test) });
  const count = learner.train.labels.length;
  Object.assign(learner, {
    gradients: noGradients(network),
    batch: Math.min(batch, count),
    last: passes * count,
    step: 0,
    seen: 0, // digits
    order: [],
    curve: [], // points that the page does not have yet
    sum: { loss: 0, digits: 0 }, // of the next point
    least: Infinity,
    diverged: false,
    speed: null, // digits a second
  });
}

/** Learn for so many steps, or for so long, or until there is an end. */
function learn({ steps = Infinity, milliseconds = Infinity }) {
  const [from, seen] = [performance.now(), learner.seen];
  for (let taken = 0; taken < steps && performance.now() - from < milliseconds; taken++) {
    if (learner.diverged || learner.seen >= learner.last) break;
    takeStep();
  }
  learner.speed = (1000 * (learner.seen - seen)) / (performance.now() - from);
}

function takeStep() {
  const { network, gradients, train, batch, rate } = learner;
  if (learner.order.length === 0) {
    const pass = learner.seen / train.labels.length;
    learner.order = shuffled(train.labels.length, randomFrom(learner.seed + 1 + pass));
  }
  const rows = learner.order.splice(0, batch);
  const loss = learnFrom(network, gradients, train, rows, rate);
  learner.step++;
  learner.seen += rows.length;
  keepPoint(loss, rows.length);
}

/** Adds a batch's loss to the curve: the first by itself, then means of more and more digits. */
function keepPoint(loss, digits) {
  const { sum } = learner;
  sum.loss += loss * digits;
  sum.digits += digits;
  const enough = Math.max(POINT.digits, POINT.share * learner.seen);
  if (learner.step > 1 && sum.digits < enough && isFinite(loss)) return;
  const mean = sum.loss / sum.digits;
  learner.curve.push({ seen: learner.seen, loss: mean });
  const guessing = Math.log(learner.network.dims.at(-1));
  learner.diverged = !(mean <= FAR * Math.max(guessing, learner.least));
  learner.least = Math.min(learner.least, mean);
  Object.assign(sum, { loss: 0, digits: 0 });
}

/** How things stand. The points of the curve go with it and are not kept here. */
function report() {
  const { network, vector, test, step, seen, last, diverged, speed } = learner;
  const curve = learner.curve.splice(0);
  const ended = diverged || seen >= last;
  const { units } = network.layers[0];
  const found = { heldOut: heldOut(network, test), units };
  return { step, seen, curve, diverged, ended, speed, vector, ...found };
}

onmessage = ({ data }) => {
  if (data.begin) begin(data.begin);
  else learn(data.learn);
  postMessage(report());
};
