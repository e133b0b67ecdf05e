// Train it here: the two charts, SVG trainSvg anew with every report. Lines are lists of [x, y].
"use strict";

const TRAIN_CHART = { left: 54, right: 378, top: 30, bottom: 206 }; // the frame, in the SVG's units
const NICE_PASSES = [1, 2, 4, 8, 12, 20, 40, 60]; // where the axis may end: four even parts

/** A new SVG element. */
function trainSvg(tag, attributes, text = "") {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

/** Where a value lies between the ends of an axis, from 0 to 1. */
const alongTrainAxis = (value, [low, high], log) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

/** A chart of `lines` ({points, kind, name}) into `svg`, and `said`, the same in words. `y` has
 * `words`, `ticks` from the lowest to the highest, `log`, and `tick`, which writes one; `level` is
 * a value to compare with and its name. */
function drawTrainChart(svg, { said, lines, passes, y, level }) {
  svg.setAttribute("aria-label", said);
  const { left, right, top, bottom } = TRAIN_CHART;
  const ends = [y.ticks[0], y.ticks.at(-1)];
  const place = ([seen, value]) => {
    const kept = Math.min(ends[1], Math.max(ends[0], value));
    return [
      left + (right - left) * alongTrainAxis(seen, [0, passes]),
      bottom - (bottom - top) * alongTrainAxis(kept, ends, y.log),
    ].map((number) => number.toFixed(1));
  };
  const parts = [
    ...trainYAxis(y, (value) => place([0, value])[1]),
    ...trainXAxis(passes, (seen) => place([seen, ends[0]])[0]),
  ];
  if (level) {
    const at = place([0, level.value])[1];
    parts.push(trainSvg("path", { class: "level", d: `M${left} ${at}H${right}` }));
    parts.push(trainSvg("text", { class: "end", x: right, y: at - 5 }, level.words));
  }
  const names = [];
  svg.replaceChildren(...parts, ...lines.flatMap((line) => drawTrainLine(line, place, names)));
}

function trainYAxis({ ticks, words, tick }, at) {
  const { left, right } = TRAIN_CHART;
  const name = trainSvg("text", { class: "axis-name", x: 4, y: 14 }, words);
  return ticks.flatMap((value) => [
    trainSvg("path", { class: "grid", d: `M${left} ${at(value)}H${right}` }),
    trainSvg("text", { class: "tick-y", x: left - 7, y: Number(at(value)) + 4 }, tick(value)),
  ]).concat(name);
}

function trainXAxis(passes, at) {
  const { right, bottom } = TRAIN_CHART;
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => share * passes);
  const name = { class: "axis-name end", x: right, y: bottom + 38 };
  return marks
    .map((pass) => trainSvg("text", { class: "tick-x", x: at(pass), y: bottom + 18 }, String(pass)))
    .concat(trainSvg("text", name, "passes over the training digits"));
}

/** A line, and its name at its end, above those of `names` that are there already. */
function drawTrainLine({ points, kind, name }, place, names) {
  const within = points.filter(([, value]) => isFinite(value));
  if (within.length === 0) return [];
  const places = within.map(place);
  const d = `M${places.map((at) => at.join(" ")).join("L")}`;
  const [x, y] = places.at(-1).map(Number);
  const parts = [trainSvg("path", { class: kind, d })];
  if (!name) return parts;
  const at = { x: x + 7, y: y + 4 };
  while (names.some((other) => Math.abs(other.x - at.x) < 12 && Math.abs(other.y - at.y) < 13)) {
    at.y -= 13;
  }
  names.push(at);
  const end = { class: kind, cx: x, cy: y, r: kind === "now" ? 3.5 : 2 };
  return parts.concat(
    trainSvg("circle", end),
    trainSvg("text", { class: kind, ...at }, name),
  );
}

/** Powers of ten that hold all these losses, and at least 0.1 to 10. */
function trainLossTicks(losses) {
  const powers = losses.filter((loss) => loss > 0 && isFinite(loss)).map(Math.log10);
  const low = Math.floor(powers.reduce((x, y) => Math.min(x, y), -1));
  const high = Math.ceil(powers.reduce((x, y) => Math.max(x, y), 1));
  return Array.from({ length: high - low + 1 }, (_, i) => Number(`1e${low + i}`));
}

/** The runs' losses and accuracies; the last run is the one that is going on. */
function drawTrainCharts(runs) {
  const all = runs.flatMap(({ points, heldOut }) => [...points, ...heldOut]);
  const most = all.reduce((seen, point) => Math.max(seen, point.pass), 0);
  const passes = NICE_PASSES.find((nice) => nice >= most) ?? most;
  const line = (key, run) => ({
    points: run.heldOut.map((point) => [point.pass, point[key]]),
    kind: run === runs.at(-1) ? "now" : "kept",
    name: String(run.number),
  });
  const training = runs.at(-1).points.map(({ pass, loss }) => [pass, loss]);
  const guessing = Math.log(pageData.classes.length);
  const now = runs.at(-1).heldOut.at(-1);
  const where = `on held-out digits after ${now.pass.toFixed(2)} passes, run ${runs.at(-1).number}`;
  drawTrainChart(byId("train-losses"), {
    said: `Loss over passes: ${natsInWords(now.loss)} ${where}`,
    lines: [...runs.map((run) => line("loss", run)), { points: training, kind: "now dotted" }],
    passes,
    y: {
      words: "loss in nats (logarithmic)",
      log: true,
      ticks: trainLossTicks(all.map(({ loss }) => loss)),
      tick: (value) => (value < 1e5 ? value.toLocaleString("en") : value.toExponential(0)),
    },
    level: { value: guessing, words: "guessing" },
  });
  drawTrainChart(byId("train-accuracies"), {
    said: `Accuracy over passes: ${percent(now.accuracy, 1)} ${where}`,
    lines: runs.map((run) => line("accuracy", run)),
    passes,
    y: {
      words: "right answers on held-out digits",
      ticks: [0, 0.2, 0.4, 0.6, 0.8, 1],
      tick: (value) => percent(value, 0),
    },
    level: { value: 1 / pageData.classes.length, words: "guessing" },
  });
}
