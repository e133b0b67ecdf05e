// Damage the network: what a damage is called, in short, and in full with how much of the network, or
// of the image, it changes.
"use strict";

/**
 * What can be damaged by an amount: its slider, and what an amount is called; in a sentence also how
 * many weights were set to 0.
 * @type {Record<"removed" | "weightNoise" | "pixelNoise", {id: string,
 *   words: (value: number) => string, text: (damage: Damage) => string,
 *   short: (value: number, removed: number) => string,
 *   full: (damage: Damage, network: Network, removed: number) => string}>}
 */
const DAMAGE_SLIDERS = {
  removed: {
    id: "damage-removed",
    words: wholePercent,
    text: ({ removed, smallest }) =>
      `${wholePercent(removed)} of the weights set to 0, ${smallest ? "the smallest" : "random ones"}`,
    short: (share, removed) => `${withCommas(removed)} weights (${wholePercent(share)})`,
    full: (damage, { layers }, removed) => {
      const all = withCommas(parameters(layers, "W"));
      const weights = `${withCommas(removed)} of ${all} weights (${wholePercent(damage.removed)})`;
      return damage.smallest
        ? `${weights}, the smallest of each layer, set to 0`
        : `${weights} set to 0 at random`;
    },
  },
  weightNoise: {
    id: "damage-weight-noise",
    words: (value) => `${value} sd`,
    text: ({ weightNoise }) => `noise of ${weightNoise} sd on the weights`,
    short: (value) => `${value} sd`,
    full: ({ weightNoise }, { layers }) =>
      `noise of ${weightNoise} sd on all ${withCommas(parameters(layers, "W"))} weights`,
  },
  pixelNoise: {
    id: "damage-pixel-noise",
    words: (value) => `${value} sd`,
    text: ({ pixelNoise }) => `noise of ${pixelNoise} sd on the pixels`,
    short: (value) => `${value} sd`,
    full: ({ pixelNoise }) => `noise of ${pixelNoise} sd on all ${withCommas(PIXELS)} pixels`,
  },
};

const damageKinds = () => /** @type {DamageKind[]} */ (Object.keys(DAMAGE_SLIDERS));

/**
 * How many parameters of a kind the layers have.
 * @param {Layer[]} layers
 * @param {"W" | "b"} part
 */
const parameters = (layers, part) => layers.reduce((sum, layer) => sum + layer[part].length, 0);

/** The hidden layers, from 0, whose activation function is switched off. @param {Damage} damage */
const linearLayers = ({ activations }) => activations.flatMap((used, l) => (used ? [] : [l]));

/** In short, and the same for all networks. @param {Damage} damage */
function damageText(damage) {
  const linear = linearLayers(damage).map((l) => l + 1);
  const parts = [
    damage.biases ? "" : "no biases",
    linear.length > 0 ? `no activation function in layer ${linear.join(", ")}` : "",
    ...damageKinds().map((kind) => (damage[kind] ? DAMAGE_SLIDERS[kind].text(damage) : "")),
  ];
  return parts.filter(Boolean).join(", ") || "none";
}

/** In full: how many weights, units or pixels, and the random seed. @param {Damage} damage @param {DamagedNetwork} damaged */
function damageInFull(damage, damaged) {
  const { layers, removed } = damaged;
  const linear = linearLayers(damage);
  const units = linear.reduce((sum, l) => sum + layers[l].units, 0);
  const parts = [
    damage.biases ? "" : `all ${withCommas(parameters(layers, "b"))} biases set to 0`,
    linear.length > 0
      ? `no activation function for the ${withCommas(units)} units of layer ${linear.map((l) => l + 1).join(", ")}`
      : "",
    ...damageKinds().map((kind) =>
      damage[kind] ? DAMAGE_SLIDERS[kind].full(damage, damaged, removed) : "",
    ),
  ];
  const text = parts.filter(Boolean).join(", ") || "none";
  return `${text}${seedWords(damage)}`;
}

/** The seed of a damage that depends on one. @param {Damage} damage */
const seedWords = (damage) => (isRandom(damage) ? ` (seed ${damage.seed})` : "");

/** Whether a damage depends on its seed. @param {Damage} damage */
const isRandom = ({ removed, smallest, weightNoise, pixelNoise }) =>
  weightNoise > 0 || pixelNoise > 0 || (removed > 0 && !smallest);
