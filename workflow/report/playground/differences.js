// The playground: what differs between the training of a run of the page and the one in the page.
"use strict";

/** @typedef {string | number | null} Fact null where it is not known */

/**
 * What both trainings have and what matters for both: each in words, for the run of the page and for the one here.
 * @param {Run} other
 * @param {ReportedRun} run
 * @returns {[words: (fact: Fact) => string, there: Fact, here: Fact][]}
 */
function comparedFacts({ layer_dims, activation, trained }, { settings, images, heldOut }) {
  const { epoch } = heldOut[heldOut.length - 1];
  const batch = trained.batch === "full" ? Infinity : trained.batch;
  const there = { ...trained, activation, batch };
  const areHidden = layer_dims.length > 2 && settings.hidden.length > 0; // or these say nothing
  const units = (/** @type {number[]} */ hidden) => hidden.join(", ") || "none";
  /** @type {(what: string) => (fact: Fact) => string} */
  const many = (what) => (fact) => `${fact} ${what}`;
  /** @type {(what: string) => (fact: Fact) => string} */
  const of = (what) => (fact) => `${what} ${fact}`;
  /** @type {(label: string, name: "activation" | "start" | "optimizer" | "batch" | "l2" | "dropout") => [(fact: Fact) => string, Fact, Fact]} */
  const choice = (label, name) => [
    of(label),
    there[name] === null ? null : optionText(name, there[name]),
    optionText(name, settings[name]),
  ];
  return [
    [many("networks"), trained.networks, 1],
    [many(`training ${pageData.noun}s`), withCommas(trained.images), withCommas(images)],
    [many("epochs"), trained.epochs, epoch.toFixed(2)],
    [of("hidden units"), units(layer_dims.slice(1, -1)), units(settings.hidden)],
    ...(areHidden ? [choice("activation", "activation")] : []),
    choice("initial weights", "start"),
    choice("optimizer", "optimizer"),
    [of("learning rate"), trained.rate, settings.rate],
    choice("batch size", "batch"),
    choice("L2 penalty", "l2"),
    ...(areHidden ? [choice("dropout", "dropout")] : []),
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
    .map(([words, there, here]) => `${words(there)} (here ${here})`);
  const others = Object.entries(other.trained.others).map(([name, value]) => `${name} ${value}`);
  const also = `and what cannot be chosen here: ${others.join(", ")}`;
  const all = [...differing, ...(others.length > 0 ? [also] : [])];
  return all.length > 0 ? `What differs for ${other.name}: ${all.join("; ")}.` : "";
}
