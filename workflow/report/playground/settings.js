// The playground: its settings, from its controls to the address and back. What a control shows when the
// page is opened is the default.
"use strict";

const TRAIN_LAYERS = [1, 2, 3, 4]; // hidden ones, at most
const TRAIN_CONTROLS = [
  ...["layers", ...TRAIN_LAYERS.map((l) => `width-${l}`), "activation", "start"],
  ...["optimizer", "rate", "batch", "l2", "dropout", "seed"],
];

/** What differs from the defaults, as the controls' own values. @type {Record<string, Record<string, string>>} */
const TRAIN_PRESETS = {
  learns: { rate: "-1" },
  slow: { rate: "-3", batch: "Infinity" },
  diverges: { rate: "1" },
  zeros: { start: "zeros" },
};

const trainInput = (/** @type {string} */ name) => byId(`train-${name}`, HTMLInputElement);
const trainSelect = (/** @type {string} */ name) => byId(`train-${name}`, HTMLSelectElement);
const trainControl = (/** @type {string} */ name) => /** @type {Control} */ (byId(`train-${name}`));

/** @returns {TrainSettings} */
function trainSettings() {
  const number = (/** @type {string} */ name) => Number(trainSelect(name).value);
  return {
    hidden: TRAIN_LAYERS.slice(0, number("layers")).map((l) => number(`width-${l}`)),
    activation: trainSelect("activation").value,
    start: trainSelect("start").value,
    optimizer: trainSelect("optimizer").value,
    rate: Number((10 ** trainInput("rate").valueAsNumber).toPrecision(3)),
    batch: number("batch"),
    l2: number("l2"),
    dropout: number("dropout"),
    seed: trainInput("seed").valueAsNumber || 0,
    epochs: TRAIN_EPOCHS,
    own: own.digits.map((digit) => digit.number),
  };
}

/** The sizes of a network's layers. @param {TrainSettings} settings */
const trainDims = ({ hidden } = trainSettings()) => [PIXELS, ...hidden, pageData.classes.length];

/** What the controls show that is not the default, by name. @returns {Record<string, string>} */
function changedTrainValues() {
  const values = TRAIN_CONTROLS.map((name) => [name, trainControl(name).value]);
  return Object.fromEntries(
    values.filter(([name, value]) => value !== controlValue(trainControl(name), true)),
  );
}

/** Let the controls show these values, and the defaults elsewhere. @param {Record<string, string>} values */
function setTrainValues(values) {
  for (const name of TRAIN_CONTROLS) {
    const control = trainControl(name);
    control.value = values[name] ?? controlValue(control, true);
  }
  showTrainSettings();
}

/** What the controls show, and what follows from it: their words, and the network's size. */
function showTrainSettings() {
  const { rate, hidden } = trainSettings();
  const words = rateText(rate);
  find('output[for="train-rate"]').textContent = words;
  trainInput("rate").setAttribute("aria-valuetext", words);
  for (const l of TRAIN_LAYERS) trainSelect(`width-${l}`).hidden = l > hidden.length;
  byId("train-widths").hidden = hidden.length === 0;
  const dims = trainDims();
  const parameters = dims.slice(1).reduce((sum, units, l) => sum + (dims[l] + 1) * units, 0);
  byId("train-network").textContent = `${dims.join(" → ")}: ${withCommas(parameters)} parameters`;
  const [option] = trainSelect("optimizer").selectedOptions;
  byId("train-formula").textContent = option.dataset.formula ?? "";
  if (training.digits) mapRates();
}

/** @param {string} name */
function trainPreset(name) {
  setTrainValues({ ...TRAIN_PRESETS[name], seed: trainInput("seed").value });
  training.going = true;
  beginTraining();
}

addressParts.watched = partOfControls("playground", ["train-slowly", "train-difference"]);
addressParts.train = {
  seen: ["playground"],
  text: () => {
    const changed = changedTrainValues();
    return Object.keys(changed).length > 0 ? JSON.stringify(changed) : "";
  },
  restore: (text) => {
    const [values, before] = [JSON.parse(text), changedTrainValues()];
    setTrainValues(values);
    /** @type {(value: [string, unknown]) => boolean} */
    const isShown = ([name, value]) =>
      TRAIN_CONTROLS.includes(name) &&
      trainControl(name).value === value &&
      trainControl(name).checkValidity();
    if (!Object.entries(values).every(isShown)) {
      setTrainValues(before);
      throw new RangeError(text);
    }
    if (training.digits) beginTraining();
  },
  start: () => {
    if (Object.keys(changedTrainValues()).length === 0) return;
    setTrainValues({});
    if (training.digits) beginTraining();
  },
};

document.addEventListener("DOMContentLoaded", () => {
  for (const name of TRAIN_CONTROLS) {
    trainControl(name).addEventListener("input", showTrainSettings);
    trainControl(name).addEventListener("change", () => trainingReady().then(beginTraining));
  }
  for (const button of findAll("[data-train]")) {
    const preset = String(button.dataset.train);
    button.addEventListener("click", () => trainingReady().then(() => trainPreset(preset)));
  }
  showTrainSettings();
});
