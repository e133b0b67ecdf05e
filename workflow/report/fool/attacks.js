// Fool the network: changes of an image that make its prediction wrong, as in
// workflow/scripts/handwritten/evaluation/adversarial_images.py, which lists the attacks and their sizes.
"use strict";

/**
 * What an attack is for: the class that the image is to be led away from, or if there is a target, the
 * class that it is to be taken for.
 * @typedef {{label: number, target: number | null}} Aim
 *
 * @typedef {object} Attack
 * @property {string} name
 * @property {string} title
 * @property {number} steps
 *
 * @typedef {object} Attacks
 * @property {Attack[]} attacks
 * @property {number} step the size of a step of PGD, as a share of the size of the change
 * @property {number[]} sizes that the pipeline has measured
 *
 * An image after a change of this size at most.
 * @typedef {(network: Network, x: Numbers, aim: Aim, size: number, how: {steps: number, step: number})
 *   => Numbers} Change
 */

const SIGNS_SEED = 1; // so that random signs are the same at every size

/** By the names of the attacks in the pipeline. @type {Record<string, Change>} */
const CHANGES = {
  random_signs: (_, x, __, size) => {
    const { uniform } = randomFrom(SIGNS_SEED);
    return x.map((value) => withinImage(value + (uniform() < 0.5 ? -size : size)));
  },
  fgsm: (network, x, aim, size) => {
    const direction = worstDirection(network, forward(network, x), aim);
    return x.map((value, i) => withinImage(value + size * Math.sign(direction[i])));
  },
  pgd: (network, x, aim, size, { steps, step }) => {
    let changed = x;
    for (let k = 0; k < steps; k++) {
      const pass = forward(network, changed);
      if (isReached(indexOfLargest(pass.p), aim)) break;
      const direction = worstDirection(network, pass, aim);
      changed = changed.map((value, i) => {
        const moved = value + step * size * Math.sign(direction[i]);
        return withinImage(Math.max(x[i] - size, Math.min(x[i] + size, moved)));
      });
    }
    return changed;
  },
};

const withinImage = (/** @type {number} */ value) => Math.max(0, Math.min(1, value));

/**
 * Whether a prediction is what the attack is for.
 * @param {number} predicted
 * @param {Aim} aim
 */
const isReached = (predicted, { label, target }) =>
  target === null ? predicted !== label : predicted === target;

/**
 * How the pixels have to change for the loss to grow, dJ/dx; towards a target, for the loss of that class
 * to fall.
 * @param {Network} network
 * @param {Pass} pass
 * @param {Aim} aim
 */
function worstDirection(network, pass, { label, target }) {
  const gradient = derivativeOfPixels(network, pass, errorSignal(pass.p, target ?? label));
  return target === null ? gradient : gradient.map((d) => -d);
}

/**
 * p - y, for the class's own probability as minus the sum of the others, which is not rounded to 0.
 * @param {Float64Array<ArrayBuffer>} p
 * @param {number} label
 */
function errorSignal(p, label) {
  const delta = p.slice();
  delta[label] = 0;
  delta[label] = -delta.reduce((sum, value) => sum + value, 0);
  return delta;
}
