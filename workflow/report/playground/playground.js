// Train it here: the page's side. It asks a Worker to learn for a moment, shows how things stand,
// and asks again; while nobody asks, the Worker rests. The last three runs stay in the charts.
"use strict";

const TRAIN_UNITS = 32;
const TRAIN_PASSES = 60; // where a run is over
const TRAIN_HELD_OUT = 2000; // test digits it is measured on
const TRAIN_MOMENT = 120; // ms of learning between two looks
const TRAIN_SLOWLY = 50; // ms between two steps in slow motion
const TRAIN_KEPT = 3; // runs beside the present one

const TRAIN_PRESETS = {
  learns: { rate: 0.1, batch: 32, start: "he" },
  slow: { rate: 0.001, batch: Infinity, start: "he" },
  diverges: { rate: 10, batch: 32, start: "he" },
  zeros: { rate: 0.1, batch: 32, start: "zeros" },
};

/** `run` is the present run: its number, its settings, the points of its curve, its figures on
 * held-out digits, the vector it started from and the Worker's last report. */
const training = {
  worker: null,
  run: null,
  kept: [],
  going: false,
  asked: false, // and not answered yet
  step: false, // a single one is wanted
  visible: false,
  ready: null, // the promise of the digits
  digits: null, // what travels to the Worker, and the examples
  url: null, // of the Worker's script
  words: { kind: null, at: 0 },
};

/** The digits to learn from and to be measured on, and the first held-out one of every class. */
async function trainDigits() {
  const [train, test] = await Promise.all([digits("train"), digits("test")]);
  const held = Math.min(TRAIN_HELD_OUT, test.count);
  const images = (await bytesOf("test-images")).slice(0, held * PIXELS);
  const first = pageData.classes.map((_, k) => test.labels.indexOf(k)).filter((i) => i >= 0);
  return {
    train: { bytes: await bytesOf("train-images"), labels: train.labels },
    test: { bytes: images, labels: test.labels.slice(0, held) },
    examples: first.map((i) => ({ x: test.x(i), label: test.labels[i] })),
  };
}

function trainSettings() {
  const value = (id) => Number(byId(id).value);
  return {
    rate: Number((10 ** value("train-rate")).toPrecision(3)),
    batch: value("train-batch"),
    start: byId("train-start").value,
    seed: value("train-seed"),
    passes: TRAIN_PASSES,
  };
}

/** A new run from its start, with the settings that the controls show; the last one is kept. */
function trainBegin() {
  const { run } = training;
  if (run?.report?.step > 0) training.kept = [...training.kept, run].slice(-TRAIN_KEPT);
  const number = run?.report?.step === 0 ? run.number : (run?.number ?? 0) + 1;
  const empty = { points: [], heldOut: [], start: null, report: null };
  training.run = { number, settings: trainSettings(), ...empty };
  trainStop();
  const worker = new Worker(trainWorkerUrl());
  worker.onmessage = ({ data }) => training.worker === worker && trainTold(data);
  training.worker = worker;
  training.asked = true;
  const { train, test } = training.digits;
  worker.postMessage({ begin: { ...training.run.settings, dims: trainDims(), train, test } });
}

const trainDims = () => [PIXELS, TRAIN_UNITS, pageData.classes.length];

function trainWorkerUrl() {
  training.url ??= URL.createObjectURL(
    new Blob(["shared/network.js", "playground/learner.worker.js"].map((name) => byId(name).textContent)),
  );
  return training.url;
}

/** The Worker goes when its run is over, or another begins. */
function trainStop() {
  training.worker?.terminate();
  Object.assign(training, { worker: null, asked: false, step: false });
}

/** Ask for a single step, or for more, if learning goes on and somebody looks. */
function trainAsk() {
  if (training.step) trainLearn({ steps: 1 });
  else if (training.going && training.visible) trainLearn(trainPace());
}

const trainPace = () =>
  byId("train-slowly").checked ? { steps: 1 } : { milliseconds: TRAIN_MOMENT };

/** Ask, once the last answer is there. */
function trainLearn(amount) {
  if (!training.worker || training.asked) return;
  Object.assign(training, { asked: true, step: false });
  training.worker.postMessage({ learn: amount });
}

/** The Worker's report: ask on, then show it. */
function trainTold(report) {
  training.asked = false;
  const { run } = training;
  const pass = (seen) => seen / training.digits.train.labels.length;
  run.report = report;
  run.start ??= report.vector;
  run.points.push(...report.curve.map((point) => ({ ...point, pass: pass(point.seen) })));
  run.heldOut.push({ pass: pass(report.seen), ...report.heldOut });
  if (report.ended) {
    training.going = false;
    trainStop();
  }
  setTimeout(trainAsk, byId("train-slowly").checked ? TRAIN_SLOWLY : 0);
  showTraining();
}

function showTraining() {
  const { run, kept } = training;
  const network = networkFrom(run.report.vector, trainDims(), "relu");
  showTrainButtons();
  showTrainFigures(run);
  showTrainWords(run);
  showTrainPictures(network.layers[0], run.start);
  showTrainExamples(network);
  drawTrainCharts([...kept, run]);
  showTrainRuns([...kept, run]);
}

function showTrainButtons() {
  const { run, going } = training;
  const { step = 0, ended = false } = run.report ?? {};
  const begun = step > 0;
  byId("train-go").textContent = going ? "Pause" : begun ? "Go on" : "Start";
  byId("train-go").disabled = byId("train-step").disabled = ended;
  byId("train-again").disabled = !begun;
}

function showTrainFigures({ points, report }) {
  const figures = {
    steps: withCommas(report.step),
    passes: (report.seen / training.digits.train.labels.length).toFixed(2),
    loss: points.length ? String(Number(points.at(-1).loss.toPrecision(3))) : "–",
    accuracy: percent(report.heldOut.accuracy, 1),
    silent: `${report.heldOut.silent} of ${TRAIN_UNITS}`,
    speed: report.speed ? withCommas(Number(report.speed.toPrecision(2))) : "–",
  };
  for (const [name, words] of Object.entries(figures)) byId(`train-${name}`).textContent = words;
}

/** The words change when something else happens, and no faster than they can be read. */
function showTrainWords(run) {
  const kind = `${run.number} ${trainingKind(run)} ${run.report.ended}`;
  const { words } = training;
  const urgent = run.report.ended || run.report.step < 2 || words.kind?.includes("ready");
  if (kind === words.kind || (!urgent && performance.now() - words.at < 1500)) return;
  training.words = { kind, at: performance.now() };
  byId("train-words").dataset.kind = trainingKind(run);
  byId("train-words").textContent = trainingInWords(run);
}

/** The weights that lead to each unit as pictures, or how far they have come from their start. */
function showTrainPictures({ W, units }, start) {
  const place = byId("train-pictures");
  const shown = byId("train-learnt").checked ? W.map((weight, at) => weight - start[at]) : W;
  while (place.childElementCount < units) place.append(element("canvas"));
  [...place.children].forEach((canvas, j) => {
    paintSigned(canvas, Float32Array.from({ length: PIXELS }, (_, i) => shown[i * units + j]));
  });
  const passes = byId("train-passes").textContent;
  const words = `The weights of the ${units} units of the first layer after ${passes} passes`;
  place.setAttribute("aria-label", words);
}

/** What it says of the first held-out digit of each class, and of the digit chosen elsewhere. */
function showTrainExamples(network) {
  const place = byId("train-examples");
  const { digit } = chosen;
  const examples = [...training.digits.examples, ...(digit ? [digit] : [])];
  while (place.childElementCount > examples.length) place.lastChild.remove();
  while (place.childElementCount < examples.length) {
    place.append(element("li", {}, element("canvas", { role: "img" }), element("span")));
  }
  examples.forEach((example, i) => {
    const [canvas, words] = place.children[i].children;
    const { p } = forward(network, example.x);
    const k = indexOfMost(p);
    paint(canvas, example.x);
    canvas.setAttribute("aria-label", example.origin ?? className(example.label));
    words.textContent = isFinite(p[k]) ? `${className(k)}\n${percent(p[k], 0)}` : "NaN";
    place.children[i].className = example === digit ? "chosen" : "";
    const right = k === example.label ? "is-true" : "is-wrong";
    words.className = example.label === null ? "" : right;
  });
}

/** The table of the runs in the charts, the present one first. */
function showTrainRuns(runs) {
  const starts = Object.fromEntries([...byId("train-start").options].map((o) => [o.value, o.text]));
  const rows = runs.map((run) => {
    const { settings, heldOut } = run;
    const { pass, loss, accuracy } = heldOut.at(-1);
    const cells = [
      trainRateInWords(settings.rate),
      isFinite(settings.batch) ? settings.batch : "all",
      element("span", {}, starts[settings.start].split(":")[0]),
      settings.seed,
      pass.toFixed(2),
      natsInWords(loss).replace(" nats", ""),
      percent(accuracy, 1),
      TRAIN_KINDS[trainingKind(run)],
    ];
    const texts = [2, 7]; // columns of words
    return element(
      "tr",
      { class: run === runs.at(-1) ? "now" : null },
      element("th", { scope: "row" }, String(run.number)),
      ...cells.map((cell, i) => element("td", { class: texts.includes(i) ? "text" : null }, cell)),
    );
  });
  document.querySelector("#train-runs tbody").replaceChildren(...rows.reverse());
}

function showTrainRate() {
  const words = trainRateInWords(trainSettings().rate);
  document.querySelector('output[for="train-rate"]').value = words;
  byId("train-rate").setAttribute("aria-valuetext", words);
}

function trainPreset(name) {
  const { rate, batch, start } = TRAIN_PRESETS[name];
  byId("train-rate").value = Math.log10(rate);
  byId("train-batch").value = batch;
  byId("train-start").value = start;
  showTrainRate();
  training.going = true;
  trainBegin();
}

/** Get everything ready when the section is seen for the first time. */
async function trainReady() {
  training.digits = await trainDigits();
  const counts = [training.digits.train, training.digits.test].map((split) => split.labels.length);
  byId("train-count").textContent = withCommas(counts[0]);
  byId("train-held-out").textContent = withCommas(counts[1]);
  showTrainRate();
  trainBegin();
}

document.addEventListener("DOMContentLoaded", () => {
  if (!byId("playground")) return;
  const whenReady = (act) => () => training.digits && act();
  const on = (id, event, act) => byId(id).addEventListener(event, whenReady(act));
  on("train-go", "click", () => {
    training.going = !training.going;
    showTrainButtons();
    trainAsk();
  });
  on("train-step", "click", () => {
    Object.assign(training, { going: false, step: true });
    showTrainButtons();
    trainAsk();
  });
  on("train-again", "click", () => {
    training.going = true;
    trainBegin();
  });
  on("train-learnt", "change", showTraining);
  for (const id of ["train-rate", "train-batch", "train-start", "train-seed"]) {
    on(id, "change", trainBegin);
  }
  byId("train-rate").addEventListener("input", showTrainRate);
  for (const button of document.querySelectorAll("[data-train]")) {
    button.addEventListener("click", whenReady(() => trainPreset(button.dataset.train)));
  }
  chosen.addEventListener("change", () => training.run?.report && showTraining());
  new IntersectionObserver((entries) => {
    training.visible = entries.at(-1).isIntersecting;
    if (training.visible) training.ready ??= trainReady();
    trainAsk();
  }).observe(byId("playground"));
});
