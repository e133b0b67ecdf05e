// Training: the first layer's weights as images, at several moments of training.
"use strict";

/** @type {{timer: ReturnType<typeof setInterval> | undefined}} */
const playing = { timer: undefined };

/**
 * Snapshots of a run's first layer: whole numbers -15 to 15, (moments, pixels, units) in one array.
 * @param {Run} run
 */
async function firstLayerOf(run) {
  const bytes = await bytesOf(`first-layer-${run.name}`);
  const numbers = new Int8Array(bytes.buffer);
  const moments = run.snapshots ?? [];
  return { numbers, moments, units: numbers.length / moments.length / run.layer_dims[0] };
}

const firstLayerRun = () => runOf(byId("first-layer-run", HTMLSelectElement).value);
const firstLayerTime = () => byId("first-layer-time", HTMLInputElement);

async function showFirstLayer() {
  const run = firstLayerRun();
  const moment = firstLayerTime().valueAsNumber;
  const { numbers, moments, units } = await firstLayerOf(run);
  const list = byId("first-layer");
  while (list.childElementCount > units) list.lastChild?.remove();
  while (list.childElementCount < units) list.append(element("canvas"));
  findAll("canvas", list, HTMLCanvasElement).forEach((canvas, unit) => {
    const weight = (/** @type {number} */ i) => numbers[(moment * PIXELS + i) * units + unit];
    paintSigned(
      canvas,
      Float32Array.from({ length: PIXELS }, (_, i) => weight(i)),
    );
  });
  showDead(run, findAll("canvas", list));
  const when = momentText(run, moments[moment]);
  byId("first-layer-when").textContent = when;
  const which = `${units} of ${run.layer_dims[1]} units of the first layer`;
  list.setAttribute("aria-label", `The weights of ${which}, ${when}`);
}

/**
 * Mark the units that are dead in the end, and say how many there are.
 * @param {Run} run
 * @param {HTMLElement[]} squares
 */
function showDead(run, squares) {
  squares.forEach((square, unit) => {
    square.classList.toggle("is-dead", run.dead.includes(unit));
  });
  const text = byId("first-layer-dead");
  text.hidden = run.dead.length === 0;
  const count = run.dead.filter((unit) => unit < squares.length).length;
  text.textContent =
    `${run.dead.length} of the ${run.layer_dims[1]} units of the first layer are dead at the end of ` +
    "training: their output is the same for every dev image, so their weights mean nothing. " +
    `${count} of them ${count === 1 ? "is" : "are"} shown, in a dashed frame.`;
}

/**
 * @param {Run} run
 * @param {number} after
 */
function momentText(run, after) {
  if (after === 0) return "before the first step";
  const counted = run.trainer === "phase1" ? "step" : "epoch";
  return `after ${after} ${counted}${after === 1 ? "" : "s"}`;
}

/** Show the chosen run at the end of its training. */
function firstLayerChosen() {
  const last = String((firstLayerRun().snapshots ?? []).length - 1);
  Object.assign(firstLayerTime(), { max: last, defaultValue: last, value: last });
  return showFirstLayer();
}

/** From the start of training to its end. */
function playFirstLayer() {
  if (playing.timer !== undefined) {
    stopFirstLayer();
    return;
  }
  const slider = firstLayerTime();
  slider.value = "0";
  byId("first-layer-play").textContent = "Stop";
  showFirstLayer();
  playing.timer = setInterval(() => {
    slider.value = String(slider.valueAsNumber + 1);
    showFirstLayer();
    if (slider.value === slider.max) stopFirstLayer();
  }, 600);
}

function stopFirstLayer() {
  clearInterval(playing.timer);
  playing.timer = undefined;
  byId("first-layer-play").textContent = "Play";
}

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("first-layer")) return; // all runs are ensembles
  const select = byId("first-layer-run", HTMLSelectElement);
  fillRuns(select, (run) => run.snapshots !== null);
  select.addEventListener("change", firstLayerChosen);
  firstLayerTime().addEventListener("input", () => {
    stopFirstLayer();
    showFirstLayer();
  });
  byId("first-layer-play").addEventListener("click", playFirstLayer);
  const view = new View(byId("training"), firstLayerChosen);
  view.changed();
  const part = partOfControls("training", ["first-layer-run", "first-layer-time"]);
  addressParts.firstLayer = {
    ...part,
    restore: (text) => {
      view.now(); // which leads to the end of the training
      return part.restore(text);
    },
  };
});
