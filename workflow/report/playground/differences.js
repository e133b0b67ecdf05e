// The playground: what differs between the training of a run of the page and the one in the page.
"use strict";

/**
 * Null where it is not known, or says nothing.
 * @typedef {string | number | null} Fact
 *
 * What both trainings have, with # in the place of the fact: that of the run of the page, and the one
 * here; and whether that of the run can be chosen here.
 * @typedef {[words: string, there: Fact, here: Fact, choosable: boolean]} ComparedFact
 */

/** Whether the select of this setting has a value. @param {string} name @param {unknown} value */
const isOffered = (name, value) =>
  [...trainSelect(name).options].some((option) => option.value === String(value));

/** Whether the slider reaches a learning rate. @param {number | null} rate */
function isRateInReach(rate) {
  const { min, max } = trainInput("rate");
  const power = Math.log10(rate ?? 1);
  return Number(min) <= power && power <= Number(max);
}

/**
 * How long both were trained; nothing where it was not longer there.
 * @param {Run["trained"]} trained
 * @param {ReportedRun} run
 * @returns {ComparedFact}
 */
function comparedEpochs({ epochs }, { settings, heldOut }) {
  const { epoch } = heldOut[heldOut.length - 1];
  const begun = epoch < 0.01 ? "less than 0.01" : epoch.toFixed(2);
  const isChoosable = (epochs ?? 0) <= settings.epochs;
  const most = isChoosable ? "" : `, and at most ${settings.epochs}`;
  const there = epochs !== null && epoch < epochs ? epochs : null;
  return ["# epochs", there, `${epoch > 0 ? begun : "none yet"}${most}`, isChoosable];
}

/**
 * @param {Run} other
 * @param {ReportedRun} run
 * @returns {ComparedFact[]}
 */
function comparedLayers({ layer_dims, activation, trained }, { settings }) {
  const [there, here] = [layer_dims.slice(1, -1), settings.hidden];
  const units = (/** @type {number[]} */ hidden) => hidden.join(", ") || "none";
  const share = (/** @type {number} */ value) =>
    value ? `${Number((100 * value).toPrecision(3))}%` : "none";
  const areOffered =
    isOffered("layers", there.length) && there.every((count) => isOffered("width-1", count));
  const areHidden = there.length > 0 && here.length > 0;
  const dropout = areHidden && trained.dropout !== null ? share(trained.dropout) : null;
  /** @type {ComparedFact[]} */
  const ofHidden = [
    ["dropout #", dropout, share(settings.dropout), isOffered("dropout", trained.dropout)],
    comparedChoice("activation", "activation", areHidden ? activation : null, settings.activation),
  ];
  return [["hidden units #", units(there), units(here), areOffered], ...ofHidden];
}

/**
 * A setting that is chosen from a list.
 * @param {string} words
 * @param {string} name
 * @param {Fact} there
 * @param {Fact} here
 * @returns {ComparedFact}
 */
const comparedChoice = (words, name, there, here) => [
  `${words} #`,
  there === null ? null : optionText(name, there),
  optionText(name, here),
  isOffered(name, there),
];

/**
 * The number of images comes first.
 * @param {Run} other
 * @param {ReportedRun} run
 * @returns {ComparedFact[]}
 */
function comparedFacts(other, run) {
  const [{ trained }, { settings, images }] = [other, run];
  const batch = trained.batch === "full" ? Infinity : trained.batch;
  const rate = trained.rate === null ? null : rateText(trained.rate);
  return [
    [`# training ${pageData.noun}s`, withCommas(trained.images), withCommas(images), false],
    ["# networks", trained.networks, 1, false],
    comparedEpochs(trained, run),
    ...comparedLayers(other, run),
    comparedChoice("initial weights", "start", trained.start, settings.start),
    comparedChoice("optimizer", "optimizer", trained.optimizer, settings.optimizer),
    ["learning rate #", rate, rateText(settings.rate), isRateInReach(trained.rate)],
    comparedChoice("batch size", "batch", batch, settings.batch),
    comparedChoice("L2 penalty", "l2", trained.l2, settings.l2),
  ];
}

/**
 * What differs, in words, and first what cannot be chosen; nothing where nothing does.
 * @param {Run} other
 * @param {ReportedRun} run
 */
function differencesText(other, run) {
  const isSame = (/** @type {Fact} */ there, /** @type {Fact} */ here) =>
    String(there) === String(here) || Number(there) === Number(here);
  const differing = comparedFacts(other, run).filter(
    ([, there, here]) => there !== null && !isSame(there, here),
  );
  const named = (/** @type {boolean} */ wanted) =>
    differing
      .filter(([, , , choosable]) => choosable === wanted)
      .map(([words, there, here]) => `${words.replace("#", String(there))} (here ${here})`);
  const others = Object.entries(other.trained.others).map(([name, value]) => `${name} ${value}`);
  const [fixed, free] = [[...named(false), ...others], named(true)];
  const which = fixed.length > 0 ? "What differs as well" : `What differs for ${other.name}`;
  return [
    ...(fixed.length > 0
      ? [`What ${other.name} has and is not offered here: ${fixed.join("; ")}.`]
      : []),
    ...(free.length > 0 ? [`${which}: ${free.join("; ")}.`] : []),
  ].join(" ");
}
