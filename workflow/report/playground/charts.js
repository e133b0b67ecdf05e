// The playground: its two charts, which are drawn again with every report.
"use strict";

/** Where the axis may end: in four parts of round numbers, from a step on single images on. */
const NICE_EPOCHS = [
  ...[-3, -2, -1, 0].flatMap((power) => [1, 2, 4, 8].map((digit) => Number(`${digit}e${power}`))),
  ...[12, 20, 40, 60],
];

/**
 * Powers of ten that contain all these losses up to 1,000, so that a run that diverges leaves room for
 * the others, and at least 0.1 to 10.
 * @param {number[]} losses
 */
function lossValues(losses) {
  const shown = losses.filter((loss) => loss > 0 && Number.isFinite(loss));
  const powers = shown.map((loss) => Math.log10(Math.min(loss, 1000)));
  const low = Math.floor(powers.reduce((x, y) => Math.min(x, y), -1));
  const high = Math.ceil(powers.reduce((x, y) => Math.max(x, y), 1));
  return Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`));
}

/** The runs' losses and accuracies; the last run is the present one. @param {ReportedRun[]} runs */
function drawTrainCharts(runs) {
  const all = runs.flatMap(({ heldOut }) => heldOut);
  const most = all.reduce((epoch, point) => Math.max(epoch, point.epoch), 0);
  const epochs = most > 0 ? (NICE_EPOCHS.find((nice) => nice >= most) ?? most) : 1;
  const present = runs[runs.length - 1];
  /** @type {(run: ReportedRun, key: "loss" | "trained" | "accuracy") => [number, number][]} */
  const pointsOf = ({ heldOut }, key) => heldOut.map((point) => [point.epoch, point[key]]);
  /** @type {(key: "loss" | "accuracy") => ChartLine[]} */
  const lines = (key) =>
    runs.map((run) => ({
      points: pointsOf(run, key),
      kind: run === present ? "now" : "kept",
      name: String(run.number),
    }));
  const now = present.heldOut[present.heldOut.length - 1];
  const where =
    `on held-out ${pageData.noun}s after ${now.epoch.toFixed(2)} epochs, ` +
    `run ${present.number}`;
  const { name, accuracy } = training.compared ?? {};
  const other = name && accuracy ? [{ value: accuracy, name, isLeft: true }] : [];
  const x = {
    title: "epochs",
    values: [0, 0.25, 0.5, 0.75, 1].map((share) => share * epochs),
    write: (/** @type {number} */ value) => String(Number(value.toPrecision(2))),
  };
  drawLineChart(byId("train-losses", SVGSVGElement), {
    description: `Loss by epoch: ${nats(now.loss)} ${where}`,
    lines: [...lines("loss"), { points: pointsOf(present, "trained"), kind: "now dotted" }],
    x,
    y: {
      title: "loss in nats (logarithmic)",
      log: true,
      values: lossValues(all.flatMap(({ loss, trained }) => [loss, trained])),
      write: (value) => (value < 1 || value >= 1e5 ? String(value) : value.toLocaleString("en")),
    },
    levels: [{ value: Math.log(pageData.classes.length), name: "guessing" }],
  });
  drawLineChart(byId("train-accuracies", SVGSVGElement), {
    description: `Accuracy by epoch: ${percent(now.accuracy, 1)} ${where}`,
    lines: lines("accuracy"),
    x,
    y: { title: "held-out accuracy", values: [0, 0.2, 0.4, 0.6, 0.8, 1], write: wholePercent },
    levels: [{ value: 1 / pageData.classes.length, name: "guessing" }, ...other],
  });
}
