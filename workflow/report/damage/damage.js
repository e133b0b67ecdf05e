// What can be broken in a network, and what that does to its answers. Pure functions, but for the
// counting, which lets the page breathe. All chance comes from a seed, so that the same settings
// break the same weights.
"use strict";

const BREAK_Z95 = 1.959963984540054; // deviations that hold the normal distribution's middle 95%
const BREAK_SLICE = 12; // ms of counting before the page may do something else

/** Nothing is broken. `bends` and `biases` are true where they are in use; `gone` is a share of the
 * weights, drawn by chance or `smallest` first; noise is in standard deviations, of the layer's own
 * weights or in pixels from 0 to 1. */
function unbroken(network) {
  const bends = network.activations.map(() => true);
  return { biases: true, bends, gone: 0, smallest: false, weightNoise: 0, pixelNoise: 0, seed: 1 };
}

/** Random numbers for one purpose, another one for every `place`. */
const chanceFor = (seed, place) => randomFrom(Math.imul(seed, 1_000_003) + place);

/** A broken copy of the network. A weight's own luck decides when it goes and where noise moves it,
 * so that a slider adds to what it did before: at 0.5 all are gone that were gone at 0.4. */
function brokenNetwork(network, damage) {
  const broken = copied(network);
  broken.layers.forEach((layer, l) => {
    addWeightNoise(layer.W, damage.weightNoise, chanceFor(damage.seed, 2 * l));
    if (damage.smallest) takeSmallest(layer.W, damage.gone);
    else takeByChance(layer.W, damage.gone, chanceFor(damage.seed, 2 * l + 1));
    if (!damage.biases) layer.b.fill(0);
  });
  broken.activations = network.activations.map((bend, l) => (damage.bends[l] ? bend : "identity"));
  return broken;
}

/** Normal noise on weights, in place; `amount` is in units of their own standard deviation. */
function addWeightNoise(W, amount, { normal }) {
  if (amount === 0) return;
  const sd = amount * spreadOfWeights(W);
  for (let i = 0; i < W.length; i++) W[i] += sd * normal();
}

/** Each weight is set to 0 with this chance, in place. */
function takeByChance(W, share, { uniform }) {
  if (share === 0) return;
  for (let i = 0; i < W.length; i++) if (uniform() < share) W[i] = 0;
}

/** This share of the weights is set to 0, those nearest to 0 already, in place. */
function takeSmallest(W, share) {
  const left = W.map(Math.abs).sort()[Math.ceil(share * W.length)] ?? Infinity;
  for (let i = 0; i < W.length; i++) if (Math.abs(W[i]) < left) W[i] = 0;
}

function spreadOfWeights(values) {
  const mean = values.reduce((x, y) => x + y, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

/** The pixels with normal noise of this standard deviation, then brought back within 0 to 1. */
function noisyPixels(x, sd, { normal }) {
  return sd === 0 ? x : x.map((value) => Math.min(1, Math.max(0, value + sd * normal())));
}

/** All weights of a network without bends as one matrix, W1 W2 ..., (inputs, classes). */
function matrixOfBroken({ layers }) {
  const classes = layers.at(-1).units;
  let product = layers.at(-1).W;
  for (let l = layers.length - 2; l >= 0; l--) product = matrixProduct(layers[l], product, classes);
  return product;
}

/** W times a matrix of as many rows as the layer has units. */
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

/** Wilson's 95% interval for a share seen as `right` of `n` (1927). */
function wilsonOfBroken(right, n) {
  const [p, z2] = [right / n, BREAK_Z95 * BREAK_Z95];
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (BREAK_Z95 / (1 + z2 / n)) * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** Asks a broken network for all digits of a split and counts: `n` asked, `right`, `lost` (right
 * before, wrong now), `won` (the other way round). `before` are the intact network's classes. After
 * every slice of work `seen` gets the count so far; counting goes on until it returns false. */
async function askBroken(network, damage, split, before, seen) {
  const count = { n: 0, right: 0, lost: 0, won: 0 };
  while (count.n < split.count) {
    const until = performance.now() + BREAK_SLICE;
    while (count.n < split.count && performance.now() < until) {
      const i = count.n++;
      const x = noisyPixels(split.x(i), damage.pixelNoise, chanceFor(damage.seed, 1000 + i));
      const [now, then] = [answerTo(network, x), before[i]].map((k) => k === split.labels[i]);
      count.right += now;
      count.lost += then && !now;
      count.won += now && !then;
    }
    if (!seen(count)) break;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return count;
}
