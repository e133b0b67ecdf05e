// The playground: what differs between the training of a run of the page and the one in the page.
"use strict";

/** @typedef {string | number | null} Fact null where it is not known, or says nothing */

/**
 * What both trainings have, with # in the place of the fact: that of the run of the page, and the one
 * here.
 * @param {Run} other
 * @param {ReportedRun} run
 * @returns {[words: string, there: Fact, here: Fact][]}
 */
function comparedFacts({ layer_dims, activation, trained }, { settings, images, heldOut }) {
  const batch = trained.batch === "full" ? Infinity : trained.batch;
  const areHidden = layer_dims.length > 2 && settings.hidden.length > 0;
  const units = (/** @type {number[]} */ hidden) => hidden.join(", ") || "none";
  const share = (/** @type {number} */ value) =>
    value ? `${Number((100 * value).toPrecision(3))}%` : "none";
  /** @type {(name: string, value: Fact) => Fact} */
  const called = (name, value) => (value === null ? null : optionText(name, value));
  return [
    ["# networks", trained.networks, 1],
    [`# training ${pageData.noun}s`, withCommas(trained.images), withCommas(images)],
    ["# epochs", trained.epochs, heldOut[heldOut.length - 1].epoch.toFixed(2)],
    ["hidden units #", units(layer_dims.slice(1, -1)), units(settings.hidden)],
    [
      "activation #",
      called("activation", areHidden ? activation : null),
      called("activation", settings.activation),
    ],
    ["initial weights #", called("start", trained.start), called("start", settings.start)],
    [
      "optimizer #",
      called("optimizer", trained.optimizer),
      called("optimizer", settings.optimizer),
    ],
    ["learning rate #", trained.rate, settings.rate],
    ["batch size #", called("batch", batch), called("batch", settings.batch)],
    ["L2 penalty #", called("l2", trained.l2), called("l2", settings.l2)],
    [
      "dropout #",
      areHidden && trained.dropout !== null ? share(trained.dropout) : null,
      share(settings.dropout),
    ],
  ];
}

/**
 * What differs, in words; nothing where nothing does.
 * @param {Run} other
 * @param {ReportedRun} run
 */
function differencesText(other, run) {
  const isSame = (/** @type {Fact} */ there, /** @type {Fact} */ here) =>
    String(there) === String(here) || Number(there) === Number(here);
  const differing = comparedFacts(other, run)
    .filter(([, there, here]) => there !== null && !isSame(there, here))
    .map(([words, there, here]) => `${words.replace("#", String(there))} (here ${here})`);
  const others = Object.entries(other.trained.others).map(([name, value]) => `${name} ${value}`);
  const also = `and what cannot be chosen here: ${others.join(", ")}`;
  const all = [...differing, ...(others.length > 0 ? [also] : [])];
  return all.length > 0 ? `What differs for ${other.name}: ${all.join("; ")}.` : "";
}
