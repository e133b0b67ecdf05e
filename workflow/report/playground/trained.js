// The playground: how far the sender of a link had trained. The opened page trains as far by itself,
// unless that took the sender long.
"use strict";

const TRAIN_BY_ITSELF = 15; // seconds that it took the sender, at most; a phone may need four times as long

/**
 * The steps that are left to where the sender of a link had come; Infinity where there are none.
 * @param {TrainRun} run
 */
function stepsToGoal({ goal, report }) {
  const left = (goal?.steps ?? 0) - (report?.step ?? 0);
  return left > 0 ? left : Infinity;
}

/** The most steps that a run can take. @param {TrainRun} run */
const mostSteps = ({ settings, images }) =>
  settings.epochs * Math.ceil(images / Math.min(settings.batch, images));

/**
 * What is said beside the buttons: why they cannot be pressed, or what a link has to do with them.
 * @param {TrainRun | null} run
 * @param {boolean} going
 */
function trainNote(run, going) {
  if (run?.report?.ended) {
    const why = run.report.diverged
      ? "This run has ended because it diverged."
      : `This run has ended: none here is longer than ${run.settings.epochs} epochs.`;
    return `${why} Press Start again for a new one.`;
  }
  return run?.goal ? goalNote(run.goal, run.report?.step ?? 0, going) : "";
}

/**
 * @param {TrainGoal} goal
 * @param {number} step
 * @param {boolean} going
 */
function goalNote({ steps, seconds }, step, going) {
  const upTo = `up to step ${withCommas(steps)}, as in the link`;
  if (step > steps) return "";
  if (step === steps) return `It is trained ${upTo}.`;
  if (going) return `It is being trained ${upTo}: ${Math.floor((100 * step) / steps)}% done.`;
  if (step > 0) return `Press Continue to train it ${upTo}.`;
  return (
    "The settings are those of the link. Its sender’s computer trained for " +
    `${withCommas(seconds)} seconds, so this does not begin by itself: press Start to train it ${upTo}.`
  );
}

/** Back to a run that has not begun. */
function untrain() {
  Object.assign(training, { going: false, step: false });
  const { run } = training;
  if (run) run.goal = null;
  if (run?.report && (training.asked || run.report.step > 0)) beginTraining();
  showTrainButtons();
}

addressParts.trained = {
  seen: ["playground"],
  text: () => {
    const { run } = training;
    return run?.report?.step ? `${run.report.step}.${Math.ceil(run.seconds)}` : "";
  },
  restore: async (text) => {
    await trainingReady();
    untrain();
    const run = /** @type {TrainRun} */ (training.run);
    const [steps, seconds, ...others] = numbersIn(text);
    const isPossible = 0 < steps && steps <= mostSteps(run) && seconds >= 0;
    if (!isPossible || others.length > 0) throw new RangeError(text);
    run.goal = { steps, seconds };
    training.going = seconds <= TRAIN_BY_ITSELF;
    const again = "The training of the link is done again here.";
    if (training.going) say(again, 8);
    else say("The training of the link took long: press Start to do it here.", 20);
    if (run.report) showTraining();
    askWorker();
  },
  start: untrain,
};
