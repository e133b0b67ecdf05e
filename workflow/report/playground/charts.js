// The playground: its two charts, SVG that is drawn again with every report.
"use strict";

/**
 * @typedef {{points: [number, number][], kind: string, name?: string}} TrainLine
 * @typedef {(point: [number, number]) => string[]} Position of a point in the SVG, x and y
 *
 * The vertical axis: what it shows, its labelled values from the lowest to the highest, and how one is
 * written.
 * @typedef {{title: string, values: number[], write: (value: number) => string, log?: boolean}} TrainAxis
 */

const TRAIN_CHART = { left: 54, right: 378, top: 30, bottom: 206 }; // the frame, in the SVG's units
/** Where the axis may end: in four parts of round numbers, from a step on single images on. */
const NICE_EPOCHS = [
  ...[-3, -2, -1, 0].flatMap((power) => [1, 2, 4, 8].map((digit) => Number(`${digit}e${power}`))),
  ...[12, 20, 40, 60],
];

/**
 * Draw `lines` into a chart; `level` is a value to compare with, and its name.
 * @param {SVGSVGElement} svg
 * @param {{description: string, lines: TrainLine[], epochs: number, axis: TrainAxis,
 *   level: {value: number, name: string}}} chart
 */
function drawTrainChart(svg, { description, lines, epochs, axis, level }) {
  svg.setAttribute("aria-label", description);
  const { left, right, top, bottom } = TRAIN_CHART;
  const ends = [axis.values[0], axis.values[axis.values.length - 1]];
  /** @type {Position} */
  const position = ([epoch, value]) => {
    const clipped = Math.min(ends[1], Math.max(ends[0], value));
    return [
      left + (right - left) * alongAxis(epoch, [0, epochs]),
      bottom - (bottom - top) * alongAxis(clipped, ends, axis.log),
    ].map((number) => number.toFixed(1));
  };
  const [, at] = position([0, level.value]);
  /** @type {{x: number, y: number}[]} */
  const names = [];
  svg.replaceChildren(
    ...verticalAxis(axis, position),
    ...horizontalAxis(epochs, position),
    svgElement("path", { class: "level", d: `M${left} ${at}H${right}` }),
    svgElement("text", { class: "end", x: right, y: Number(at) - 5 }, level.name),
    ...lines.flatMap((line) => drawTrainLine(line, position, names)),
  );
}

/**
 * @param {TrainAxis} axis
 * @param {Position} position
 */
function verticalAxis({ title, values, write }, position) {
  const { left, right } = TRAIN_CHART;
  const marks = values.flatMap((value) => {
    const [, y] = position([0, value]);
    return [
      svgElement("path", { class: "grid", d: `M${left} ${y}H${right}` }),
      svgElement("text", { class: "tick-y", x: left - 7, y: Number(y) + 4 }, write(value)),
    ];
  });
  return [...marks, svgElement("text", { class: "axis-name", x: 4, y: 14 }, title)];
}

/**
 * @param {number} epochs
 * @param {Position} position
 */
function horizontalAxis(epochs, position) {
  const { right, bottom } = TRAIN_CHART;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const [x] = position([share * epochs, 1]);
    const words = String(Number((share * epochs).toPrecision(2)));
    return svgElement("text", { class: "tick-x", x, y: bottom + 18 }, words);
  });
  const place = { class: "axis-name end", x: right, y: bottom + 38 };
  return [...marks, svgElement("text", place, "epochs")];
}

/**
 * A line, with its name at its end, above those of `names` that are there already.
 * @param {TrainLine} line
 * @param {Position} position
 * @param {{x: number, y: number}[]} names
 */
function drawTrainLine({ points, kind, name }, position, names) {
  const positions = points.filter(([, value]) => Number.isFinite(value)).map(position);
  if (positions.length === 0) return [];
  const d = `M${positions.map((at) => at.join(" ")).join("L")}`;
  const [x, y] = positions[positions.length - 1].map(Number);
  const path = svgElement("path", { class: kind, d });
  if (!name) return [path];
  const at = { x: x + 7, y: y + 4 };
  while (names.some((other) => Math.abs(other.x - at.x) < 12 && Math.abs(other.y - at.y) < 13)) {
    at.y -= 13;
  }
  names.push(at);
  const end = { class: kind, cx: x, cy: y, r: kind === "now" ? 3.5 : 2 };
  const label = svgElement("text", { class: kind, ...at }, name);
  return [path, svgElement("circle", end), label];
}

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
  const all = runs.flatMap(({ points, heldOut }) => [...points, ...heldOut]);
  const most = all.reduce((epoch, point) => Math.max(epoch, point.epoch), 0);
  const epochs = most > 0 ? (NICE_EPOCHS.find((nice) => nice >= most) ?? most) : 1;
  const present = runs[runs.length - 1];
  /** @type {(key: "loss" | "accuracy") => TrainLine[]} */
  const lines = (key) =>
    runs.map((run) => ({
      points: run.heldOut.map((point) => [point.epoch, point[key]]),
      kind: run === present ? "now" : "kept",
      name: String(run.number),
    }));
  const now = present.heldOut[present.heldOut.length - 1];
  const where =
    `on held-out ${pageData.noun}s after ${now.epoch.toFixed(2)} epochs, ` +
    `run ${present.number}`;
  /** @type {[number, number][]} */
  const trainingLoss = present.points.map(({ epoch, loss }) => [epoch, loss]);
  drawTrainChart(byId("train-losses", SVGSVGElement), {
    description: `Loss by epoch: ${nats(now.loss)} ${where}`,
    lines: [...lines("loss"), { points: trainingLoss, kind: "now dotted" }],
    epochs,
    axis: {
      title: "loss in nats (logarithmic)",
      log: true,
      values: lossValues(all.map(({ loss }) => loss)),
      write: (value) => (value < 1e5 ? value.toLocaleString("en") : value.toExponential(0)),
    },
    level: { value: Math.log(pageData.classes.length), name: "guessing" },
  });
  drawTrainChart(byId("train-accuracies", SVGSVGElement), {
    description: `Accuracy by epoch: ${percent(now.accuracy, 1)} ${where}`,
    lines: lines("accuracy"),
    epochs,
    axis: {
      title: "held-out accuracy",
      values: [0, 0.2, 0.4, 0.6, 0.8, 1],
      write: (value) => percent(value, 0),
    },
    level: { value: 1 / pageData.classes.length, name: "guessing" },
  });
}
