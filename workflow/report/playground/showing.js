// The playground: what is shown of a run, after every report: figures, words, weights, predictions, and
// the table of runs.
"use strict";

const TRAIN_SHOWN = 32; // units of the first layer whose weights are shown, at most

function showTraining() {
  const run = presentRun();
  const network = trainNetwork(run);
  showTrainButtons();
  showTrainFigures(run);
  showTrainComment(run);
  showCompared(run);
  showTrainWeights(network, run.start);
  showTrainExamples(network);
  showOwnDigits(run);
  drawTrainCharts([...training.kept, run]);
  showTrainRuns([...training.kept, run]);
}

function showTrainButtons() {
  const { run, going } = training;
  const { step = 0, ended = false } = run?.report ?? {};
  const begun = step > 0;
  trainButton("go").textContent = going ? "Pause" : begun ? "Continue" : "Start";
  trainButton("go").disabled = trainButton("step").disabled = ended;
  trainButton("again").disabled = !begun;
  setText(byId("train-note"), trainNote(run, going));
}

/** @param {ReportedRun} run */
function showTrainFigures({ heldOut, report, images }) {
  const figures = {
    steps: withCommas(report.step),
    epochs: heldOut[heldOut.length - 1].epoch.toFixed(2),
    loss: String(Number(report.trained.toPrecision(3))),
    accuracy: percent(report.heldOut.accuracy, 1),
    dead: report.units > 0 ? `${report.heldOut.dead} of ${report.units}` : "–",
    speed: report.speed ? withCommas(Number(report.speed.toPrecision(2))) : "–",
    epoch: report.speed ? rateText(images / report.speed) : "–",
  };
  for (const [name, words] of Object.entries(figures)) byId(`train-${name}`).textContent = words;
}

/**
 * The comment is always on the figures beside it. It is read out at rest, and before that when
 * something else happens, and not before the last one could be heard.
 * @param {ReportedRun} run
 */
function showTrainComment(run) {
  const [kind, comment] = [trainingKind(run), trainingComment(run)];
  const words = byId("train-words");
  words.dataset.kind = kind;
  setText(words, comment);
  const { said, going } = training;
  const now = `${run.number} ${kind} ${going ? "" : run.report.step}`;
  const urgent = !going || run.report.step < 2 || said.kind.includes("ready");
  if (now === said.kind || (!urgent && performance.now() - said.at < 1500)) return;
  training.said = { kind: now, at: performance.now() };
  setText(byId("train-said"), comment);
}

/** The accuracy of the page's network on the same images, beside that of the run. @param {ReportedRun} run */
function showCompared(run) {
  const { report } = run;
  const other = chosen.run ?? pageData.runs[pageData.runs.length - 1];
  const { compared } = training;
  if (compared?.name !== other.name) compareWith(other);
  if (compared?.name !== other.name || compared.accuracy === null) return;
  const images = `${withCommas(trainData().test.labels.length)} held-out ${pageData.noun}s`;
  setText(
    byId("train-compared"),
    `On the same ${images}, ${other.name} has an accuracy of ${percent(compared.accuracy, 1)} ` +
      `(${percent(other.accuracy, 1)} on all test ${pageData.noun}s), and this network one of ` +
      `${percent(report.heldOut.accuracy, 1)}. ${differencesText(other, run)}`,
  );
}

/** Count what a run of the page classifies correctly, and show it. @param {Run} other */
async function compareWith({ name }) {
  training.compared = { name, accuracy: null };
  const { classes } = await predictionsOf(runOf(name));
  const { labels } = trainData().test;
  const correct = labels.filter((label, i) => label === classes[i]).length;
  if (training.compared.name !== name) return;
  training.compared.accuracy = correct / labels.length;
  if (training.run?.report) showTraining();
}

/** Which units' weights are shown. @param {Network} network */
function shownUnits({ layers }) {
  const { units } = layers[0];
  if (layers.length === 1) return `its ${units} outputs`;
  const which = units > TRAIN_SHOWN ? `the first ${TRAIN_SHOWN} of the ${units}` : `the ${units}`;
  return `${which} units of its ${layers.length > 2 ? "first " : ""}hidden layer`;
}

/**
 * The weights of each unit of the first layer as an image, or their change since the start.
 * @param {Network} network
 * @param {Numbers} start
 */
function showTrainWeights(network, start) {
  const { W, units } = network.layers[0];
  const change = trainInput("difference").checked;
  const values = change ? W.map((weight, at) => weight - start[at]) : W;
  const list = byId("train-weights");
  const shown = Math.min(units, TRAIN_SHOWN);
  while (list.childElementCount > shown) list.lastChild?.remove();
  while (list.childElementCount < shown) list.append(element("canvas"));
  findAll("canvas", list, HTMLCanvasElement).forEach((canvas, j) => {
    paintSigned(
      canvas,
      Float32Array.from({ length: PIXELS }, (_, i) => values[i * units + j]),
    );
  });
  const when = `after ${byId("train-epochs").textContent} epochs`;
  const title = `The weights of ${shownUnits(network)}`;
  setText(byId("train-weights-title"), title);
  list.setAttribute("aria-label", `${title} ${when}`);
}

/** Predictions for the first held-out image of each class, and for the chosen one. @param {Network} network */
function showTrainExamples(network) {
  const list = byId("train-examples");
  const examples = [...trainData().examples, ...(chosen.digit ? [chosen.digit] : [])];
  while (list.childElementCount > examples.length) list.lastChild?.remove();
  while (list.childElementCount < examples.length) {
    list.append(element("li", {}, element("canvas", { role: "img" }), element("span")));
  }
  findAll("li", list).forEach((item, i) => {
    showTrainExample(item, examples[i], network);
  });
}

/**
 * @param {HTMLElement} item
 * @param {Example} example
 * @param {Network} network
 */
function showTrainExample(item, example, network) {
  const canvas = find("canvas", item, HTMLCanvasElement);
  const { p } = forward(network, example.x);
  const k = indexOfLargest(p);
  paint(canvas, example.x);
  canvas.setAttribute("aria-label", example.origin);
  const prediction = find("span", item);
  prediction.textContent = k >= 0 ? `${className(k)}\n${percent(p[k], 0)}` : "NaN";
  item.className = example === chosen.digit ? "chosen" : "";
  const correctness = k === example.label ? "is-true" : "is-wrong";
  prediction.className = example.label === null ? "" : correctness;
}

/** The table of the runs in the charts, the present one first. @param {ReportedRun[]} runs */
function showTrainRuns(runs) {
  const rows = runs.map((run) => trainRow(run, run === runs[runs.length - 1]));
  find("#train-runs tbody").replaceChildren(...rows.reverse());
}

/** What the select of this setting calls a value. @param {string} name @param {unknown} value */
const optionText = (name, value) =>
  [...trainSelect(name).options].find((option) => option.value === String(value))?.text ??
  String(value);

/** What a select calls one of these settings. @param {string} name @param {TrainSettings} settings */
const chosenText = (name, settings) =>
  optionText(name, settings[/** @type {keyof TrainSettings} */ (name)]);

/**
 * @param {ReportedRun} run
 * @param {boolean} isPresent
 */
function trainRow(run, isPresent) {
  const { settings, heldOut } = run;
  const { epoch, loss, accuracy } = heldOut[heldOut.length - 1];
  const cells = [
    settings.hidden.length ? settings.hidden.join(", ") : "none",
    ...["activation", "start", "optimizer"].map((name) => chosenText(name, settings)),
    rateText(settings.rate),
    ...["batch", "l2", "dropout"].map((name) => chosenText(name, settings)),
    String(settings.seed),
    String(settings.own.length),
    epoch.toFixed(2),
    nats(loss).replace(" nats", ""),
    percent(accuracy, 1),
    TRAIN_KINDS[trainingKind(run)],
  ];
  const texts = [0, 1, 2, 3, 13]; // columns of words
  return element(
    "tr",
    { class: isPresent ? "now" : null },
    element("th", { scope: "row" }, String(run.number)),
    ...cells.map((cell, i) => element("td", { class: texts.includes(i) ? "text" : null }, cell)),
  );
}
