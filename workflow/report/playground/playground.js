// The playground: the page's side. It asks a Worker to learn for a moment, shows the state, and asks
// again; while it does not ask, the Worker rests. The last three runs stay in the charts.
"use strict";

const TRAIN_EPOCHS = 60; // where a run ends
const TRAIN_HELD_OUT = 2000; // test images that it is evaluated on
const TRAIN_MOMENT = 120; // ms of learning between two reports
const TRAIN_SLOWLY = 50; // ms between two steps in slow motion
const TRAIN_KEPT = 3; // runs beside the present one

/**
 * The declarations of learner.worker.js, which is no script of the page.
 * @typedef {{hidden: number[], activation: string, optimizer: string, rate: number, batch: number,
 *   start: string, l2: number, dropout: number, seed: number, epochs: number,
 *   own: number[]}} TrainSettings with the numbers of the reader's digits that it is trained on
 * @typedef {{loss: number, accuracy: number, dead: number}} Evaluation on held-out images
 * @typedef {{step: number, seen: number, trained: number, heldOut: Evaluation,
 *   units: number, diverged: boolean, ended: boolean,
 *   speed: number | null, vector: Float64Array<ArrayBuffer>}} TrainReport
 *
 * A run: its evaluations, each with the loss on training images, the parameters that it started from,
 * the Worker's last report, the seconds that the Worker has been at work, and what the sender of a link
 * had trained.
 * @typedef {object} TrainRun
 * @property {number} number
 * @property {TrainSettings} settings
 * @property {number} images that it is trained on
 * @property {(Evaluation & {epoch: number, trained: number})[]} heldOut
 * @property {Float64Array<ArrayBuffer> | null} start
 * @property {TrainReport | null} report
 * @property {number} seconds
 * @property {TrainGoal | null} goal
 *
 * @typedef {{steps: number, seconds: number}} TrainGoal
 *
 * A run that has reported.
 * @typedef {TrainRun & {start: Float64Array<ArrayBuffer>, report: TrainReport}} ReportedRun
 *
 * @typedef {{bytes: Uint8Array<ArrayBuffer>, labels: Uint16Array<ArrayBuffer>}} PackedImages
 */

const training = {
  /** @type {Worker | null} */
  worker: null,
  /** @type {TrainRun | null} */
  run: null,
  /** @type {ReportedRun[]} */
  kept: [],
  going: false,
  asked: 0, // when; 0 once it has reported
  step: false, // a single one is wanted
  visible: false,
  /** @type {Promise<void> | null} */
  ready: null,
  /** @type {{train: PackedImages, test: PackedImages, examples: Example[]} | null} */
  digits: null,
  said: { kind: "", at: 0 },
  /** @type {{name: string, accuracy: number | null} | null} */
  compared: null, // the page's network, and how it classifies the held-out images
};

/** @typedef {{x: Float32Array<ArrayBuffer>, label: number | null, origin: string}} Example */

/** What is there once the section is ready. */
const trainData = () => /** @type {NonNullable<typeof training.digits>} */ (training.digits);

/** The present run, once it has reported. */
const presentRun = () => /** @type {ReportedRun} */ (training.run);

/** The images to learn from and to be evaluated on, and the first held-out one of every class. */
async function loadTrainDigits() {
  const [train, test] = await Promise.all([digits("train"), digits("test")]);
  const held = Math.min(TRAIN_HELD_OUT, test.count);
  const images = (await pixelsOf("test")).slice(0, held * PIXELS);
  const first = pageData.classes.map((_, k) => test.labels.indexOf(k)).filter((i) => i >= 0);
  return {
    train: { bytes: await pixelsOf("train"), labels: train.labels },
    test: { bytes: images, labels: test.labels.slice(0, held) },
    examples: first.map((i) => {
      return { x: test.x(i), label: test.labels[i], origin: className(test.labels[i]) };
    }),
  };
}

const trainButton = (/** @type {string} */ name) => byId(`train-${name}`, HTMLButtonElement);

/** A new run with the settings that the controls show; the last one is kept. */
function beginTraining() {
  const { run } = training;
  const begun = run?.report && run.report.step > 0;
  if (begun) training.kept = [...training.kept, presentRun()].slice(-TRAIN_KEPT);
  const number = (run?.number ?? 0) + (begun || !run ? 1 : 0);
  const train = trainSet();
  const empty = { heldOut: [], start: null, report: null, seconds: 0, goal: null };
  training.run = { number, settings: trainSettings(), images: train.labels.length, ...empty };
  stopWorker();
  const worker = trainWorker();
  worker.onmessage = ({ data }) => training.worker === worker && trainReported(data);
  training.worker = worker;
  training.asked = performance.now();
  const { settings } = training.run;
  const { test } = trainData();
  worker.postMessage({ begin: { ...settings, dims: trainDims(settings), train, test } });
}

const trainWorker = () => workerOf("playground/learner.worker.js", "playground/rates.worker.js");

/** End the Worker: its run is over, or another begins. */
function stopWorker() {
  training.worker?.terminate();
  Object.assign(training, { worker: null, asked: 0, step: false });
}

/** Ask for a single step, or for more, if training goes on and the section is in view. */
function askWorker() {
  if (training.step) askToLearn({ steps: 1 });
  else if (training.going && training.visible) {
    const steps = stepsToGoal(/** @type {TrainRun} */ (training.run));
    askToLearn(trainInput("slowly").checked ? { steps: 1 } : { steps, milliseconds: TRAIN_MOMENT });
  }
}

/** Ask, unless the last request is still open. @param {{steps?: number, milliseconds?: number}} amount */
function askToLearn(amount) {
  if (!training.worker || training.asked) return;
  Object.assign(training, { asked: performance.now(), step: false });
  training.worker.postMessage({ learn: amount });
}

/** The Worker has reported: ask for more, then show the state. @param {TrainReport} report */
function trainReported(report) {
  const { run, asked } = training;
  training.asked = 0;
  if (!run) return;
  run.seconds += (performance.now() - asked) / 1000;
  run.report = report;
  run.start ??= report.vector;
  run.heldOut.push({ epoch: report.seen / run.images, trained: report.trained, ...report.heldOut });
  if (report.ended || report.step === run.goal?.steps) training.going = false;
  if (report.ended) stopWorker();
  setTimeout(askWorker, trainInput("slowly").checked ? TRAIN_SLOWLY : 0);
  showTraining();
}

/** The network that a run has come to. @param {ReportedRun} run */
const trainNetwork = ({ settings, report }) =>
  networkFrom(report.vector, trainDims(settings), settings.activation);

/** Everything the section needs, from the first time that it comes into view or is used. */
const trainingReady = () => (training.ready ??= getTrainingReady());

async function getTrainingReady() {
  training.digits = await loadTrainDigits();
  const { train, test } = training.digits;
  byId("train-count").textContent = withCommas(train.labels.length);
  byId("train-held-out").textContent = `${withCommas(test.labels.length)} held-out`;
  beginTraining();
}

document.addEventListener("DOMContentLoaded", () => {
  /** @type {(name: string, event: string, act: () => void) => void} */
  const on = (name, event, act) =>
    byId(`train-${name}`).addEventListener(event, () => trainingReady().then(act));
  on("go", "click", () => {
    training.going = !training.going;
    showTrainButtons();
    if (training.run?.report && !training.asked) showTrainComment(presentRun());
    askWorker();
  });
  on("step", "click", () => {
    Object.assign(training, { going: false, step: true });
    showTrainButtons();
    askWorker();
  });
  on("again", "click", () => {
    training.going = true;
    beginTraining();
  });
  on("difference", "change", () => training.run?.report && showTraining());
  viewOfChoice("playground", () => training.run?.report && showTraining());
  whenNear(byId("playground"), (isNear) => {
    training.visible = isNear;
    if (isNear) trainingReady();
    askWorker();
  });
});
