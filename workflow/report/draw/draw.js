// The drawing board: what is drawn on it is predicted at once.
"use strict";

/** @type {Stroke[]} */
const strokes = [];
const cursor = { x: COLUMNS / 2, y: ROWS / 2, down: false }; // of the keyboard

/** Show everything again: the board, what the network sees of it, the prediction. */
function redraw() {
  const x = imageOf(strokes);
  if (x) choose({ digit: { x, label: null, origin: `your ${pageData.noun}`, number: null } });
  showBoard(null, x);
}

/**
 * Show a board on which a test image is being written, or else the reader's strokes and the image
 * that was made of them.
 * @param {Float32Array<ArrayBuffer> | null} written
 * @param {Float32Array<ArrayBuffer> | null} x
 */
function showBoard(written, x) {
  board.written = written;
  board.x = written ?? x;
  paintBoard();
  const input = byId("draw-input", HTMLCanvasElement);
  paint(input, board.x ?? new Float32Array(PIXELS));
  const origin = written
    ? demonstration.digit?.origin
    : x
      ? `your ${pageData.noun}`
      : "nothing yet";
  input.setAttribute(
    "aria-label",
    `The ${ROWS} by ${COLUMNS} pixels that the network sees: ${origin}`,
  );
  predictDrawn();
}

const pad = () => byId("pad", HTMLCanvasElement);

function paintBoard() {
  const canvas = pad();
  const context = contextOf(canvas);
  const pixel = canvas.width / COLUMNS;
  context.clearRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
  context.lineWidth = 2 * PEN * pixel;
  if (board.written) paintWritten(context, board.written, pixel);
  if (strokes.length === 0) paintInvitation(context, canvas);
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => {
      if (i === 0) context.moveTo(x * pixel, y * pixel);
      context.lineTo(x * pixel, y * pixel);
    });
    context.stroke();
  }
  if (canvas.matches(":focus-visible")) paintCursor(context, pixel);
}

/**
 * A test image on the board, in grey, because it is not the reader's.
 * @param {CanvasRenderingContext2D} context
 * @param {Numbers} written
 * @param {number} pixel
 */
function paintWritten(context, written, pixel) {
  const image = document.createElement("canvas");
  paintColours(image, written, (ink) => [150 * ink, 160 * ink, 175 * ink]);
  context.imageSmoothingEnabled = true;
  context.drawImage(image, 0, 0, COLUMNS * pixel, ROWS * pixel);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} canvas
 */
function paintInvitation(context, { width, height }) {
  Object.assign(context, { fillStyle: "#c3cad4", textAlign: "center" });
  context.font = "31px system-ui, sans-serif";
  context.fillText("draw here", width / 2, board.written ? 52 : height / 2);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} pixel
 */
function paintCursor(context, pixel) {
  context.fillStyle = cursor.down ? "#56b4e9" : "#9aa3b0";
  context.beginPath();
  context.arc(cursor.x * pixel, cursor.y * pixel, 0.4 * PEN * pixel, 0, 2 * Math.PI);
  context.fill();
}

/**
 * Where on the board an event took place, in the image's pixels.
 * @param {PointerEvent} event
 * @returns {Point}
 */
function pointOf(event) {
  const box = pad().getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return [shares[0] * COLUMNS, shares[1] * ROWS];
}

/** @param {PointerEvent} event */
function penDown(event) {
  if (event.button !== 0) return;
  endDemonstration();
  pad().setPointerCapture(event.pointerId);
  strokes.push([pointOf(event)]);
  redraw();
}

/** @param {PointerEvent} event */
function penMoved(event) {
  if (!pad().hasPointerCapture(event.pointerId)) return;
  const between = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1)?.push(...(between.length ? between : [event]).map(pointOf));
  redraw();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowLeft: () => moveCursor(-1, 0),
  ArrowRight: () => moveCursor(1, 0),
  ArrowUp: () => moveCursor(0, -1),
  ArrowDown: () => moveCursor(0, 1),
  " ": () => {
    cursor.down = !cursor.down;
    if (cursor.down) strokes.push([[cursor.x, cursor.y]]);
  },
  Backspace: () => undo(),
  Delete: () => clearBoard(),
};

/**
 * @param {number} columns
 * @param {number} rows
 */
function moveCursor(columns, rows) {
  cursor.x = Math.min(COLUMNS, Math.max(0, cursor.x + columns));
  cursor.y = Math.min(ROWS, Math.max(0, cursor.y + rows));
  if (cursor.down) strokes.at(-1)?.push([cursor.x, cursor.y]);
}

function undo() {
  cursor.down = false;
  strokes.pop();
}

function clearBoard() {
  cursor.down = false;
  strokes.length = 0;
}

/** @param {KeyboardEvent} event */
function keyPressed(event) {
  if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  endDemonstration();
  KEYS[event.key]();
  redraw();
}

addressParts.strokes = {
  text: () => textOf(strokes),
  restore: (text) => {
    const drawn = strokesFrom(text);
    endDemonstration();
    strokes.splice(0, strokes.length, ...drawn);
    redraw();
  },
};

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("pad")) return; // no network can compute in this page
  const canvas = pad();
  canvas.addEventListener("pointerdown", penDown);
  canvas.addEventListener("pointermove", penMoved);
  canvas.addEventListener("keydown", keyPressed);
  canvas.addEventListener("focus", paintBoard);
  canvas.addEventListener("blur", paintBoard);
  const on = (/** @type {string} */ id, /** @type {() => void} */ change) =>
    byId(id).addEventListener("click", () => {
      endDemonstration();
      change();
      redraw();
    });
  on("pad-clear", clearBoard);
  on("pad-undo", undo);
  byId("pad-demonstration").addEventListener("click", () => {
    clearBoard();
    if (demonstration.going) endDemonstration();
    else beginDemonstration();
    redraw();
  });
  chosen.addEventListener("change", predictDrawn);
  new ResizeObserver(() => {
    board.arranged = null;
    predictDrawn();
  }).observe(byId("draw-stage"));
  new IntersectionObserver((entries) => {
    demonstration.visible = entries[entries.length - 1].isIntersecting;
    goOnDemonstrating();
  }).observe(canvas);
  redraw();
  beginDemonstration();
});
