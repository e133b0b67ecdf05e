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
  symmetric: "nothing changes",
  mostlyDead: "mostly dead",
  diverged: "diverged",
};

/**
 * What kind of thing a run shows.
 * @param {ReportedRun} run
 * @returns {TrainKind}
 */
function trainingKind({ settings, report, points, heldOut }) {
  if (report.step === 0) return "ready";
  if (report.diverged) return "diverged";
  if (settings.start === "zeros") return "symmetric";
  if (report.heldOut.dead > Math.max(report.units / 2, heldOut[0].dead)) {
    return report.heldOut.dead === report.units ? "dead" : "mostlyDead";
  }
  const { loss } = points[points.length - 1];
  const smallest = points.reduce((so, point) => Math.min(so, point.loss), Infinity);
  if (loss < 0.05 && report.heldOut.loss > 4 * loss) return "overfits";
  if (points.length < 6) return "begins";
  if (loss > 1.5 * smallest && loss > 0.3) return "unsteady";
  if (report.heldOut.loss >= heldOut[0].loss) return "worse";
  return report.heldOut.loss > 0.9 * heldOut[0].loss ? "slow" : "learning";
}

/** What happens in a run, and what to make of it. @param {ReportedRun} run */
function trainingComment(run) {
  const comment = TRAIN_COMMENTS[trainingKind(run)](run);
  const done = run.report.ended && !run.report.diverged;
  return done ? `The run ended after ${run.settings.epochs} epochs. ${comment}` : comment;
}

const guessingLoss = () => nats(Math.log(pageData.classes.length));

/** @type {Record<TrainKind, (run: ReportedRun) => string>} */
const TRAIN_COMMENTS = {
  ready: ({ settings, report }) => {
    /** @type {Record<string, string>} */
    const starts = {
      zeros: " All weights are 0, so it predicts the same for every image.",
      large: " Its weights are far larger than those of any other choice here.",
    };
    return (
      `It has not been trained yet.${starts[settings.start] ?? ""} Its loss on held-out ` +
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
  unsteady: ({ points }) => {
    const losses = points.map(({ loss }) => loss);
    return (
      `It is unsteady: the training loss is ${nats(losses[losses.length - 1])}, and was ` +
      `${nats(Math.min(...losses))} before. Try a lower learning rate.`
    );
  },
  overfits: ({ report, points }) =>
    `It overfits: its loss is ${nats(points[points.length - 1].loss)} on the ${pageData.noun}s ` +
    `that it is trained on, and ${nats(report.heldOut.loss)} on held-out ones.`,
  dead: () =>
    "All units are dead: steps have moved their weights so far that their sums are negative for " +
    "every held-out image. Where a ReLU’s sum is negative its derivative is 0, so no gradient " +
    "reaches its weights. Start again with a lower learning rate.",
  symmetric: () =>
    "Only the biases of the outputs change. Units with equal weights get equal gradients and stay " +
    "equal, and where the weights on both sides of a unit are 0, its gradient is 0. Random initial " +
    "weights break this symmetry: choose others.",
  mostlyDead: () =>
    "More than half of its units are dead: steps have made their sums negative for every held-out " +
    "image, and there a ReLU’s derivative is 0. Start again with a lower learning rate.",
  diverged: ({ settings, report, points }) => {
    const { loss } = points[points.length - 1];
    const high = Number.isFinite(loss)
      ? `the loss is ${nats(loss)}, while guessing would give ${guessingLoss()}`
      : "the loss is not a number (NaN), because the sums exceeded what a computer can hold";
    return (
      `It diverged by step ${report.step}: ${high}. Where a step that is too large ends, the ` +
      "gradient can be larger, and then the next step is larger still. Start again with a lower " +
      `learning rate, for example ${Number((settings.rate / 30).toPrecision(1))}.`
    );
  },
};

/** How the loss on held-out images has changed. @param {ReportedRun} run */
const heldOutChange = ({ report, heldOut }) =>
  `the loss on held-out ${pageData.noun}s was ${nats(heldOut[0].loss)} at the start and is ` +
  nats(report.heldOut.loss);

const nats = (/** @type {number} */ loss) =>
  `${Number(loss.toPrecision(3)).toLocaleString("en")} nats`;
const rateText = (/** @type {number} */ rate) => String(Number(rate.toPrecision(2)));
