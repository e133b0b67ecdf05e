// How it learned: the first layer's weights as pictures, at several moments of training.
"use strict";

const playing = { timer: null };

/** The pictures of a run: whole numbers -15 to 15, (moments, pixels, units) in one array. */
async function picturesOf(run) {
  const bytes = await bytesOf(`first-layer-${run.name}`);
  const numbers = new Int8Array(bytes.buffer);
  const units = numbers.length / run.snapshots.length / run.layer_dims[0];
  return { numbers, units };
}

/** The picture of one unit at one moment, (pixels,). */
function pictureAt({ numbers, units }, pixels, moment, unit) {
  return Float32Array.from({ length: pixels }, (_, i) => numbers[(moment * pixels + i) * units + unit]);
}

async function showPictures() {
  const run = pageData.runs.find(({ name }) => name === byId("pictures-run").value);
  const moment = Number(byId("pictures-time").value);
  const kept = await picturesOf(run);
  const place = byId("pictures");
  while (place.childElementCount > kept.units) place.lastChild.remove();
  while (place.childElementCount < kept.units) place.append(element("canvas"));
  [...place.children].forEach((canvas, unit) => {
    paintSigned(canvas, pictureAt(kept, run.layer_dims[0], moment, unit));
  });
  const after = run.snapshots[moment];
  const counted = run.trainer === "phase1" ? "step" : "epoch";
  const when = `after ${after} ${counted}${after === 1 ? "" : "s"}`;
  byId("pictures-when").textContent = after === 0 ? "before the first step" : when;
  const units = `${kept.units} of ${run.layer_dims[1]} units of the first layer`;
  place.setAttribute("aria-label", `The weights of ${units}, ${byId("pictures-when").textContent}`);
}

function chooseRunOfPictures() {
  const run = pageData.runs.find(({ name }) => name === byId("pictures-run").value);
  byId("pictures-time").max = run.snapshots.length - 1;
  byId("pictures-time").value = run.snapshots.length - 1;
  showPictures();
}

/** From the start to the end, a moment every half second. */
function playPictures() {
  const slider = byId("pictures-time");
  if (playing.timer !== null) return stopPictures();
  slider.value = 0;
  byId("pictures-play").textContent = "Stop";
  showPictures();
  playing.timer = setInterval(() => {
    slider.value = Number(slider.value) + 1;
    showPictures();
    if (slider.value === slider.max) stopPictures();
  }, 600);
}

function stopPictures() {
  clearInterval(playing.timer);
  playing.timer = null;
  byId("pictures-play").textContent = "Play";
}

document.addEventListener("DOMContentLoaded", () => {
  if (!byId("pictures")) return;
  fillRuns(byId("pictures-run"), (run) => run.snapshots);
  byId("pictures-run").addEventListener("change", chooseRunOfPictures);
  byId("pictures-time").addEventListener("input", () => (stopPictures(), showPictures()));
  byId("pictures-play").addEventListener("click", playPictures);
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    chooseRunOfPictures();
  }).observe(byId("pictures"));
});
