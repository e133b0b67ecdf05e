// Damage the network: the controls, and what the damage does to the prediction for one image.
"use strict";

const damaging = {
  /** @type {Network | null} */
  network: null, // intact
  /** @type {Damage | null} */
  damage: null,
  /** @type {DamagedNetwork | null} */
  damaged: null, // the network after the damage
  /** @type {Count | null} */
  count: null, // once all test images are classified
  job: 0, // which counting of the test images is the current one
  counted: true, // or is there something to count
  visible: false,
  /** @type {Tried[]} */
  tried: [], // newest first
};

/** What is damaged, once the network is there. */
const current = () =>
  /** @type {{network: Network, damage: Damage, damaged: DamagedNetwork}} */ (
    /** @type {unknown} */ (damaging)
  );

/**
 * The buttons: what each of them damages, and an explanation of the mechanism, which is true of every
 * network. How much this network loses is counted, and said above it.
 * @type {Record<string, {damage: (network: Network) => Partial<Damage>, lesson: (network: Network) => string}>}
 */
const DAMAGE_PRESETS = {
  biases: {
    damage: () => ({ biases: false }),
    lesson: ({ layers }) => {
      const [weights, biases] = [parameters(layers, "W"), parameters(layers, "b")];
      return (
        `${withCommas(biases)} of its ${withCommas(weights + biases)} parameters are biases. A bias ` +
        "is added to the sum of a unit, so it decides how large the weighted inputs have to be " +
        "before the sum becomes positive. Without it, that threshold is 0 for every unit."
      );
    },
  },
  nonlinearity: {
    damage: ({ activations }) => ({ activations: activations.map(() => false) }),
    lesson: () =>
      "Without an activation function between them, the layers multiply to one matrix, which is " +
      "drawn below. The weights were trained with the activation function in place, so this is " +
      "not the best matrix that there is: one that is trained as such can be better.",
  },
  half: {
    damage: () => ({ removed: 0.5 }),
    lesson: () =>
      "Each sum now has about half of its terms. The curve below shows how many random weights the " +
      "network can lose; then remove the smallest instead.",
  },
  smallest: {
    damage: () => ({ removed: 0.5, smallest: true }),
    lesson: () =>
      "About as many weights are set to 0 as with a random half, but these are closest to 0. Removing " +
      "small weights to make a network smaller is called pruning. Compare the two in the table " +
      "below; the curve shows how few weights suffice.",
  },
  noise: {
    damage: () => ({ pixelNoise: 0.3 }),
    lesson: () =>
      "Every pixel that is not 0 adds its weight to the sums of the first layer, whether it " +
      "belongs to a stroke or is noise, and hundreds of small contributions add up. Training on " +
      "noisy images is one way to make a network less sensitive to them.",
  },
};

/**
 * The damage of a preset to the current network.
 * @param {string} name
 * @returns {Damage}
 */
function presetDamage(name) {
  const { network, damage } = current();
  const preset = DAMAGE_PRESETS[name].damage(network);
  return { ...undamaged(network), ...preset, seed: damage.seed };
}

/** @returns {Damage} */
function damageOfControls() {
  const value = (/** @type {string} */ id) => Number(byId(id, HTMLInputElement).value);
  return {
    biases: !byId("damage-biases", HTMLInputElement).checked,
    activations: activationBoxes().map((box) => !box.checked),
    removed: value("damage-removed"),
    smallest: byId("damage-smallest", HTMLInputElement).checked,
    weightNoise: value("damage-weight-noise"),
    pixelNoise: value("damage-pixel-noise"),
    seed: value("damage-seed"),
  };
}

const activationBoxes = () => findAll("#damage-activations input", document, HTMLInputElement);
const presetButtons = () => findAll("[data-damage]", document, HTMLButtonElement);

/** Let the controls show this damage. @param {Damage} damage */
function showDamage(damage) {
  byId("damage-biases", HTMLInputElement).checked = !damage.biases;
  byId("damage-smallest", HTMLInputElement).checked = damage.smallest;
  activationBoxes().forEach((box, l) => {
    box.checked = !damage.activations[l];
  });
  for (const name of damageKinds()) {
    const { id, words } = DAMAGE_SLIDERS[name];
    const slider = byId(id, HTMLInputElement);
    slider.value = String(damage[name]);
    slider.setAttribute("aria-valuetext", words(damage[name]));
    find(`output[for="${id}"]`).textContent = words(damage[name]);
  }
  const seed = byId("damage-seed", HTMLInputElement);
  if (seed.valueAsNumber !== damage.seed) seed.value = String(damage.seed);
  let lesson = "";
  const text = damageText(damage);
  byId("damage").classList.toggle("is-intact", text === "none");
  for (const button of presetButtons()) {
    const name = String(button.dataset.damage);
    const pressed = text !== "none" && text === damageText(presetDamage(name));
    button.setAttribute("aria-pressed", String(pressed));
    button.disabled = name === "nonlinearity" && current().network.activations.length === 0;
    if (pressed) lesson = DAMAGE_PRESETS[name].lesson(current().network);
  }
  setText(byId("damage-lesson"), lesson);
}

/** Damage the network in this way, show its prediction, and count again. @param {Damage} damage */
function damageWith(damage) {
  followDamage(damaging.damage, damage);
  damaging.damage = damage;
  damaging.damaged = damagedNetwork(current().network, damage);
  damaging.counted = false;
  damaging.count = null;
  damaging.job++;
  showDamage(damage);
  showCurve();
  showDamagedPrediction();
  showMatrix();
  countDamaged();
}

/** What the intact and the damaged network predict for the chosen image. */
function showDamagedPrediction() {
  const { digit } = chosen;
  if (!digit || !damaging.network) return;
  const { network, damage, damaged } = current();
  const { pixelNoise, seed } = damage;
  const noisy = noisyPixels(digit.x, pixelNoise, randomFor(seed, 999));
  showInput("damage-digit", digit.x, digit.origin);
  showInput("damage-noisy", noisy, `${digit.origin} with noise of ${pixelNoise} sd on its pixels`);
  const [before, after] = [forward(network, digit.x), forward(damaged, noisy)].map(calibrated);
  showPairsOfBars(byId("damage-bars"), before, after);
  const [intact, now] = [before, after].map((p) => {
    const k = indexOfLargest(p);
    return `${className(k)} (${percent(p[k], 1)})`;
  });
  const label = digit.label === null ? "" : `The label is ${className(digit.label)}. `;
  const text =
    damageText(damage) === "none"
      ? `The network is intact, and predicts ${intact}.`
      : `Intact, the network predicts ${intact}; damaged, ${now}.`;
  setText(byId("damage-prediction"), `${label}${text}`);
}

/**
 * @param {string} id
 * @param {Numbers} x
 * @param {string} description
 */
function showInput(id, x, description) {
  const canvas = byId(id, HTMLCanvasElement);
  paint(canvas, x);
  canvas.setAttribute("aria-label", description);
}

/** Where no layer has an activation function any more: the matrix that is left, as images. */
function showMatrix() {
  const { damaged } = current();
  const linear = damaged.activations.every((name) => name === null);
  byId("damage-matrix").hidden = !linear;
  if (!linear) return;
  const matrix = productOfLayers(damaged);
  const classes = pageData.classes.length;
  const images = pageData.classes.map((name, k) => {
    const canvas = element("canvas", { "aria-hidden": "true" });
    paintSigned(
      canvas,
      Float64Array.from({ length: PIXELS }, (_, i) => matrix[i * classes + k]),
    );
    return element("li", {}, canvas, name);
  });
  byId("damage-images").replaceChildren(...images);
}

/** One box for each hidden layer, which switches its activation function off. @param {Network} network */
function makeActivationBoxes(network) {
  const boxes = network.activations.map((name, l) => {
    const box = element("input", { type: "checkbox", id: `damage-activation-${l + 1}` });
    return element("label", {}, box, ` ${activationWords(name)} of hidden layer ${l + 1}`);
  });
  byId("damage-activations").replaceChildren(...boxes);
}

/** Another network gets the damage done to the one before, as far as it has such layers. */
function networkChosen() {
  const { network } = chosen;
  if (!network) return;
  if (network === damaging.network) {
    showDamagedPrediction();
    return;
  }
  const whole = undamaged(network);
  const damage = damaging.damage ?? whole;
  const activations = whole.activations.map((used, l) => damage.activations[l] ?? used);
  damaging.network = network;
  makeActivationBoxes(network);
  damageWith({ ...damage, activations });
}

addressParts.damage = {
  seen: ["damage"],
  text: () => (isDamaged() ? JSON.stringify(damaging.damage) : ""),
  restore: (text) => {
    damageView.now();
    const [damage, whole] = [JSON.parse(text), undamaged(current().network)];
    for (const [name, value] of Object.entries(whole)) {
      if (typeof damage[name] !== typeof value) throw new RangeError(name);
    }
    if (damage.activations.length !== whole.activations.length) throw new RangeError("activations");
    damageWith({ ...whole, ...damage });
  },
  start: () => {
    if (isDamaged()) damageWith(undamaged(current().network));
  },
};

/** Whether the damage differs from none in anything, the seed included. */
function isDamaged() {
  const { network, damage } = damaging;
  return network && JSON.stringify(damage) !== JSON.stringify(undamaged(network));
}

/** @type {View} */
let damageView;

/** What a control does, or will do once there is a network. @type {(act: () => void) => () => void} */
const withNetwork = (act) => () => {
  damageView.now();
  if (damaging.network) act();
  else chosen.addEventListener("change", withNetwork(act), { once: true });
};

document.addEventListener("DOMContentLoaded", () => {
  const change = withNetwork(() => damageWith(damageOfControls()));
  find("#damage .damage-controls").addEventListener("input", ({ target }) => {
    if (target !== byId("damage-run")) change();
  });
  for (const button of presetButtons()) {
    const act = () => damageWith(presetDamage(String(button.dataset.damage)));
    button.addEventListener("click", withNetwork(act));
  }
  byId("damage-reset").addEventListener(
    "click",
    withNetwork(() => damageWith(undamaged(current().network))),
  );
  damageView = viewOfChoice("damage", networkChosen);
  whenNear(byId("damage"), (isNear) => {
    damaging.visible = isNear;
    countDamaged();
    if (damaging.count) measureCurve();
  });
});
