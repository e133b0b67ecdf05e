// The playground: comments on a run, from its numbers to what they show.
"use strict";

/** @typedef {keyof typeof TRAIN_KINDS} TrainKind */

const TRAIN_KINDS = {
  ready: "not started",
  begins: "begins",
  learning: "learns",
  slow: "too slow",
  worse: "no better",
  unsteady: "unsteady",
  overfits: "overfits",
  dead: "all units dead",
  symmetric: "units stay equal",
  mostlyDead: "mostly dead",
  diverged: "diverged",
};

/**
 * What kind of thing a run shows.
 * @param {ReportedRun} run
 * @returns {TrainKind}
 */
function trainingKind(run) {
  const { settings, report, heldOut } = run;
  if (report.step === 0) return "ready";
  if (report.diverged) return "diverged";
  if (settings.start === "zeros" && unitsAreEqual(run)) return "symmetric";
  if (report.heldOut.dead > Math.max(report.units / 2, heldOut[0].dead)) {
    return report.heldOut.dead === report.units ? "dead" : "mostlyDead";
  }
  const { trained } = report;
  if (trained < 0.05 && report.heldOut.loss > 4 * trained) return "overfits";
  if (report.step < 6 || report.seen < 600) return "begins";
  if (trained > 1.5 * smallestTrained(run) && trained > 0.3) return "unsteady";
  if (report.heldOut.loss >= heldOut[0].loss) return "worse";
  return report.heldOut.loss > 0.9 * heldOut[0].loss ? "slow" : "learning";
}

/** The lowest loss on training images so far. @param {ReportedRun} run */
const smallestTrained = ({ heldOut }) => Math.min(...heldOut.map(({ trained }) => trained));

/** What happens in a run, and what to make of it. @param {ReportedRun} run */
function trainingComment(run) {
  const comment = TRAIN_COMMENTS[trainingKind(run)](run);
  const done = run.report.ended && !run.report.diverged;
  return done ? `The run ended after ${run.settings.epochs} epochs. ${comment}` : comment;
}

const guessingLoss = () => nats(Math.log(pageData.classes.length));

/** @type {Record<TrainKind, (run: ReportedRun) => string>} */
const TRAIN_COMMENTS = {
  ready: ({ settings, report, goal }) => {
    /** @type {Record<string, string>} */
    const starts = {
      zeros: " All weights are 0, so it predicts the same for every image.",
      large: " Its weights are far larger than those of any other choice here.",
    };
    const linked = goal ? " Start trains it as far as the sender of the link did." : "";
    const how = training.going ? "." : `: press Start.${linked}`;
    return (
      `It has not been trained yet${how}${starts[settings.start] ?? ""} Its loss on held-out ` +
      `${pageData.noun}s is ${nats(report.heldOut.loss)}; guessing would give ${guessingLoss()}.`
    );
  },
  begins: () => "It has begun. After a few more batches there is more to say.",
  learning: (run) =>
    `It learns: ${heldOutChange(run)}. Show only the change since the start to see what it has ` +
    "learned.",
  slow: (run) => {
    const few =
      run.settings.batch === Infinity ? " With such a batch, an epoch is a single step." : "";
    return (
      `It hardly learns: ${heldOutChange(run)}.${few} Try a larger learning rate, or smaller ` +
      "batches."
    );
  },
  worse: (run) =>
    `It is no better than at the start: ${heldOutChange(run)}. Try a lower learning rate, or other ` +
    "initial weights.",
  unsteady: (run) =>
    `It is unsteady: the training loss is ${nats(run.report.trained)}, and was ` +
    `${nats(smallestTrained(run))} before. Try a lower learning rate.`,
  overfits: ({ report }) =>
    `It overfits: its loss is ${nats(report.trained)} on the ${pageData.noun}s ` +
    `that it is trained on, and ${nats(report.heldOut.loss)} on held-out ones.`,
  dead: ({ settings }) => `All hidden units are dead: ${whyDead(settings)}`,
  symmetric: (run) => {
    const why = weightsAreZero(run)
      ? "Only biases change. Units with equal weights get equal gradients and stay equal, and where " +
        "the weights on both sides of a unit are 0, so are their gradients."
      : "The units of each hidden layer have equal weights. So they get equal gradients and stay " +
        "equal, and a layer can do no more than a single unit.";
    return `${why} Random initial weights break this symmetry: choose others.`;
  },
  mostlyDead: ({ settings }) => `More than half of its hidden units are dead: ${whyDead(settings)}`,
  diverged: ({ settings, report }) => {
    const high = Number.isFinite(report.trained)
      ? `the training loss is ${nats(report.trained)}, while guessing would give ${guessingLoss()}`
      : "the loss is not a number (NaN), because the sums exceeded what a computer can hold";
    return (
      `It diverged by step ${report.step}: ${high}. Where a step that is too large ends, the ` +
      "gradient can be larger, and then the next step is larger still. Start again with a lower " +
      `learning rate, for example ${Number((settings.rate / 30).toPrecision(1))}.`
    );
  },
};

/** What dead units are. @param {TrainSettings} settings */
function whyDead({ activation }) {
  const words = activationWords(activation);
  const name = activation === "relu" ? `a ${words}` : `the activation function ${words}`;
  const negative = activation === "relu" ? " negative, where" : " in a range where";
  return (
    `their sums are${negative} ${name} has the derivative 0, for every held-out image, so no ` +
    "gradient reaches their weights. Start again with a lower learning rate."
  );
}

/** Whether all weights are 0. @param {ReportedRun} run */
const weightsAreZero = (run) =>
  trainNetwork(run).layers.every(({ W }) => W.every((weight) => weight === 0));

/** Whether the units of each hidden layer have equal weights on both sides. @param {ReportedRun} run */
function unitsAreEqual(run) {
  const { layers } = trainNetwork(run);
  return (
    layers.length > 1 &&
    layers.slice(0, -1).every(({ W, units }, l) => {
      const next = layers[l + 1];
      return (
        W.every((weight, at) => weight === W[at - (at % units)]) &&
        next.W.every((weight, at) => weight === next.W[at % next.units])
      );
    })
  );
}

/** How the loss on held-out images has changed. @param {ReportedRun} run */
const heldOutChange = ({ report, heldOut }) =>
  `the loss on held-out ${pageData.noun}s was ${nats(heldOut[0].loss)} at the start and is ` +
  nats(report.heldOut.loss);

const nats = (/** @type {number} */ loss) =>
  `${Number(loss.toPrecision(3)).toLocaleString("en")} nats`;
const rateText = (/** @type {number} */ rate) => String(Number(rate.toPrecision(2)));
