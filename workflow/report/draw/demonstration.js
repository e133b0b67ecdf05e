// Until somebody draws, test images write themselves on the board, and the network predicts them.
// Where a reader's system asks for reduced motion, the first of them stands there complete.
"use strict";

const WRITING = 1500; // ms that an image takes
const READING = 1700; // ms that it then stays
const DEMONSTRATED = 10; // test images, before the first one comes again

const demonstration = {
  going: false,
  visible: false,
  number: 0,
  started: 0,
  /** @type {Digit | null} */
  digit: null,
  /** @type {number | null} */
  frame: null, // that is asked for
  share: 0, // of the image that is written, from 0 to 1
  /** @type {Float32Array<ArrayBuffer>} */
  times: new Float32Array(), // when each pixel is written, from 0 to 1
};

/**
 * When each pixel of an image would be written, from 0 to 1: the ink spreads from its uppermost pixel
 * to its neighbours, and jumps where a part is not connected with what is written.
 * @param {Numbers} x
 */
function writingTimes(x) {
  const times = new Float32Array(PIXELS).fill(Infinity);
  let last = 0;
  for (let next = nextInk(x, times); next >= 0; next = nextInk(x, times)) {
    times[next] = last;
    const queue = [next];
    for (const i of queue) {
      last = times[i];
      for (const neighbour of neighboursOf(i)) {
        if (x[neighbour] === 0 || times[neighbour] < Infinity) continue;
        times[neighbour] = times[i] + 1;
        queue.push(neighbour);
      }
    }
  }
  return times.map((time) => (last > 0 ? time / last : 0));
}

/**
 * The uppermost pixel with ink that has no time yet, or -1.
 * @param {Numbers} x
 * @param {Numbers} times
 */
const nextInk = (x, times) => x.findIndex((ink, i) => ink > 0 && times[i] === Infinity);

/** The pixels around a pixel. @param {number} i */
function neighboursOf(i) {
  const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
  const found = [];
  for (let r = Math.max(0, row - 1); r <= Math.min(ROWS - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(COLUMNS - 1, column + 1); c++) {
      if (r !== row || c !== column) found.push(r * COLUMNS + c);
    }
  }
  return found;
}

/** Show the image as far as it is written at a time from 0 to 1. @param {number} time */
function showWritten(time) {
  const { digit, times } = demonstration;
  demonstration.share = time;
  const ink = (/** @type {number} */ full, /** @type {number} */ i) =>
    full * Math.min(1, Math.max(0, 12 * (1.08 * time - times[i]) + 1));
  showBoard(/** @type {Digit} */ (digit).x.map(ink), null);
}

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

function goOnDemonstrating() {
  if (!isStill()) demonstration.frame ??= requestAnimationFrame(demonstrate);
}

/** Show the next frame, and after the last one of an image the next image. @param {number} now */
async function demonstrate(now) {
  const { going, visible, digit } = demonstration;
  demonstration.frame = null;
  if (!going || !visible) return;
  const elapsed = now - demonstration.started;
  if (!digit || elapsed > WRITING + READING) {
    await demonstrateNext();
  } else if (demonstration.share < 1) {
    showWritten(Math.min(1, elapsed / WRITING));
  }
  goOnDemonstrating();
}

async function demonstrateNext() {
  const { count } = await digits("test");
  const digit = await testDigit(demonstration.number % Math.min(DEMONSTRATED, count));
  const times = writingTimes(digit.x);
  Object.assign(demonstration, { digit, times, started: performance.now(), share: 0 });
  demonstration.number += 1;
}

/** Begin, or show the first image at once where nothing may move. */
async function beginDemonstration() {
  if (demonstration.going) return;
  demonstration.going = true;
  showDemonstrationButton();
  if (!isStill()) {
    goOnDemonstrating();
    return;
  }
  await demonstrateNext();
  drawing.now(); // clears the board
  if (demonstration.going) showWritten(1);
}

/** End it, because somebody draws or asked for it. */
function endDemonstration() {
  Object.assign(demonstration, { going: false, digit: null });
  showDemonstrationButton();
}

function showDemonstrationButton() {
  const { going } = demonstration;
  byId("pad-demonstration").textContent = going ? "Stop examples" : "Show examples";
}
