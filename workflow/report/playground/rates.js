// The playground's map of the learning rate: what short trainings at other rates lead to, above the
// slider. It is made once the reader uses the slider, and again when another setting changes.
"use strict";

/**
 * The declarations of rates.worker.js, which is no script of the page.
 * @typedef {{rate: number, steps: number, start: number, loss: number, diverged: boolean}} RateTrial
 */

const RATE_STEPS = 60; // of a short training, at most
const RATE_MOMENT = 400; // ms that one may take
const RATE_HELD_OUT = 500; // images for its loss
const RATE_CHANGE = 0.1; // by how much of itself the loss has to change to count
const RATES = Array.from({ length: 13 }, (_, k) => 10 ** (-3 + k / 3)); // as far as the slider goes
const RATE_CHART = { left: 8, right: 262, top: 8, bottom: 82 }; // where the thumb can be, and the losses

const rateMap = {
  wanted: false,
  settings: "", // that it is of
  /** @type {Worker | null} */
  worker: null,
  /** @type {RateTrial[]} */
  trials: [],
};

/** What a short training shows. @param {RateTrial} trial @returns {"learns" | "stalls" | "diverges"} */
function rateKind({ start, loss, diverged }) {
  if (diverged || !(loss <= (1 + RATE_CHANGE) * start)) return "diverges";
  return loss < (1 - RATE_CHANGE) * start ? "learns" : "stalls";
}

/** Make the map of the present settings, unless it is there or being made. */
function mapRates() {
  const settings = JSON.stringify({ ...trainSettings(), rate: null });
  if (!rateMap.wanted || rateMap.settings === settings) {
    showRateMap();
    return;
  }
  rateMap.worker?.terminate();
  const worker = trainWorker();
  Object.assign(rateMap, { settings, worker, trials: [] });
  worker.onmessage = ({ data }) => rateMap.worker === worker && rateTried(data);
  const { test } = trainData();
  const few = {
    bytes: test.bytes.slice(0, RATE_HELD_OUT * PIXELS),
    labels: test.labels.slice(0, RATE_HELD_OUT),
  };
  const images = { train: trainSet(), test: few };
  const amount = { rates: RATES, steps: RATE_STEPS, milliseconds: RATE_MOMENT };
  worker.postMessage({ rates: { ...trainSettings(), dims: trainDims(), ...images, ...amount } });
  showRateMap();
}

/** @param {RateTrial} trial */
function rateTried(trial) {
  rateMap.trials.push(trial);
  if (rateMap.trials.length === RATES.length) rateMap.worker?.terminate();
  showRateMap();
}

function showRateMap() {
  byId("train-rates").hidden = !rateMap.wanted;
  if (!rateMap.wanted) return;
  const { trials } = rateMap;
  const svg = byId("train-rate-map", SVGSVGElement);
  const x = (/** @type {number} */ rate) => {
    const { left, right } = RATE_CHART;
    return left + (right - left) * alongAxis(rate, [RATES[0], RATES[RATES.length - 1]], true);
  };
  const chosenX = x(trainSettings().rate);
  const chosenRate = svgElement("path", { class: "chosen", d: `M${chosenX} 0V90` });
  svg.replaceChildren(chosenRate, ...(trials.length > 0 ? rateMarks(trials, x) : []));
  setText(byId("train-rate-words"), rateWords(trials));
}

/**
 * A mark for each short training, the higher the larger its loss, and a line at the loss before them.
 * @param {RateTrial[]} trials
 * @param {(rate: number) => number} x
 */
function rateMarks(trials, x) {
  const { left, right, top, bottom } = RATE_CHART;
  const [{ start }] = trials;
  const losses = trials.map(({ loss }) => loss).filter(Number.isFinite);
  const ends = [Math.max(1e-6, Math.min(start / 2, ...losses)), 4 * start];
  const y = (/** @type {number} */ loss) =>
    bottom - (bottom - top) * (loss <= ends[1] ? alongAxis(loss, ends, true) : 1);
  return [
    svgElement("path", { class: "level", d: `M${left} ${y(start)}H${right}` }),
    ...trials.map((trial) => rateMark(rateKind(trial), x(trial.rate), y(trial.loss))),
  ];
}

/** @param {string} kind @param {number} x @param {number} y */
function rateMark(kind, x, y) {
  const shapes = {
    learns: "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    stalls: "m-3.5-3.5h7v7h-7z",
    diverges: "m-4-4l8 8m0-8l-8 8",
  };
  const shape = shapes[/** @type {keyof typeof shapes} */ (kind)];
  return svgElement("path", { class: kind, d: `M${x.toFixed(1)} ${y.toFixed(1)}${shape}` });
}

/** What the map shows: the ranges of each kind, and the lowest loss. @param {RateTrial[]} trials */
function rateWords(trials) {
  if (trials.length < RATES.length) {
    return `Short trainings: ${trials.length} of ${RATES.length} learning rates tried.`;
  }
  /** @type {{kind: string, rates: number[]}[]} */
  const ranges = [];
  for (const trial of trials) {
    const [kind, last] = [rateKind(trial), ranges[ranges.length - 1]];
    if (last?.kind === kind) last.rates.push(trial.rate);
    else ranges.push({ kind, rates: [trial.rate] });
  }
  const texts = ranges.map(({ kind, rates }) => {
    const [low, high] = [rates[0], rates[rates.length - 1]].map(rateText);
    return `${low === high ? `at ${low}` : `from ${low} to ${high}`} it ${kind}`;
  });
  const steps = Math.max(...trials.map((trial) => trial.steps));
  const fewer = trials.some((trial) => trial.steps < steps) ? ", or fewer where it diverges" : "";
  const kinds = `After ${steps} step${steps === 1 ? "" : "s"}${fewer}: ${texts.join(", ")}.`;
  const finite = trials.filter(({ loss }) => Number.isFinite(loss));
  if (finite.length === 0) return kinds;
  const best = finite.reduce((least, trial) => (trial.loss < least.loss ? trial : least));
  return (
    `${kinds} The loss on held-out ${pageData.noun}s was ${nats(best.start)} at the start (dashed), ` +
    `and is lowest at a rate of ${rateText(best.rate)}: ${nats(best.loss)}.`
  );
}

document.addEventListener("DOMContentLoaded", () => {
  for (const use of ["pointerdown", "keydown", "input"]) {
    trainInput("rate").addEventListener(use, () => {
      rateMap.wanted = true;
      trainingReady().then(mapRates);
    });
  }
  for (const mark of findAll("[data-rate-kind]")) {
    const svg = svgElement("svg", { viewBox: "0 0 12 12", "aria-hidden": "true" });
    svg.append(rateMark(String(mark.dataset.rateKind), 6, 6));
    mark.prepend(svg);
  }
});
