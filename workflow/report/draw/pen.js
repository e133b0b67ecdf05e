// The pen: the pointer that began a stroke, or the arrow keys. Each adds to a stroke of its own, so
// neither another finger nor a key that is pressed in mid-stroke changes what is being drawn.
"use strict";

/** @type {Stroke[]} */
const strokes = [];

const pen = {
  /** @type {number | null} */
  pointer: null, // that draws
  type: "",
  /** @type {Point} */
  at: [0, 0],
  /** @type {Stroke | null} */
  stroke: null, // to which it adds; null while it is outside the board
  /** @type {Stroke[]} */
  drawn: [], // since it was put down
};

/** A pen that can be told from a hand: while it is near, or has drawn, touching is leaning on the screen. */
const stylus = { isNear: false, hasDrawn: false };

/** The pen of the keyboard. */
const cursor = {
  x: COLUMNS / 2,
  y: ROWS / 2,
  /** @type {Stroke | null} */
  stroke: null, // while it is down
};

/** Whether a stroke is not finished, since its pen is down. */
const isDrawing = () => pen.pointer !== null || cursor.stroke !== null;

/**
 * Whether a pointer may begin a stroke: no other one is drawing, and it is no hand beside a stylus.
 * @param {PointerEvent} event
 */
function mayDraw({ button, pointerType }) {
  if (button !== 0 || pen.pointer !== null) return false;
  if (pointerType !== "touch") return true;
  return !stylus.isNear && !(stylus.hasDrawn && strokes.length > 0);
}

/** @param {PointerEvent} event */
function penDown(event) {
  stylusSeen(event);
  if (!mayDraw(event)) return;
  const { pointerId, pointerType } = event;
  endDemonstration();
  pad().setPointerCapture(pointerId);
  stylus.hasDrawn = pointerType === "pen" || (stylus.hasDrawn && strokes.length > 0);
  const at = onBoard(pointOf(event));
  Object.assign(pen, { pointer: pointerId, type: pointerType, at, stroke: null, drawn: [] });
  penTo(at);
  drawing.changed();
}

/** @param {PointerEvent} event */
function penMoved(event) {
  stylusSeen(event);
  if (event.pointerId !== pen.pointer) return;
  if (event.buttons % 2 === 0) return penGone(event); // it was lifted where the page was not told
  const between = event.getCoalescedEvents?.() ?? [];
  for (const point of (between.length ? between : [event]).map(pointOf)) penTo(point);
  drawing.changed();
}

/**
 * Add to the stroke where the pen is now. What is outside the board is left out, and another stroke
 * begins where the pen comes back.
 * @param {Point} to
 */
function penTo(to) {
  const way = wayOnBoard(pen.at, to);
  pen.at = to;
  if (!way) return;
  if (!pen.stroke) {
    pen.stroke = [way[0]];
    pen.drawn.push(pen.stroke);
    strokes.push(pen.stroke);
  }
  pen.stroke.push(way[1]);
  if (way[1].some((length, i) => length !== to[i])) pen.stroke = null;
}

/** A stylus is near, so what a hand is drawing beside it does not count. @param {PointerEvent} event */
function stylusSeen({ pointerType }) {
  if (pointerType !== "pen") return;
  stylus.isNear = true;
  if (pen.pointer === null || pen.type !== "touch") return;
  const kept = strokes.filter((stroke) => !pen.drawn.includes(stroke));
  strokes.splice(0, strokes.length, ...kept);
  endStroke();
  drawing.changed();
}

/** @param {PointerEvent} event */
function penGone({ pointerId, pointerType, type }) {
  if (pointerId === pen.pointer) {
    endStroke();
    prediction.changed();
  }
  if (pointerType === "pen" && type === "pointerleave") stylus.isNear = false;
}

/** The pointer adds nothing more, even if it is still down. */
function endStroke() {
  pen.pointer = null;
}

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowLeft: () => moveCursor(-1, 0),
  ArrowRight: () => moveCursor(1, 0),
  ArrowUp: () => moveCursor(0, -1),
  ArrowDown: () => moveCursor(0, 1),
  " ": () => {
    cursor.stroke = cursor.stroke ? null : [[cursor.x, cursor.y]];
    if (cursor.stroke) strokes.push(cursor.stroke);
  },
  Backspace: () => undo(),
  Delete: () => clearBoard(),
};

/**
 * @param {number} columns
 * @param {number} rows
 */
function moveCursor(columns, rows) {
  [cursor.x, cursor.y] = onBoard([cursor.x + columns, cursor.y + rows]);
  cursor.stroke?.push([cursor.x, cursor.y]);
}

/** @type {Stroke[]} */
let cleared = []; // what was on the board before it was cleared

/** Remove the last stroke, or bring back what was cleared. A stroke that is being drawn ends. */
function undo() {
  setStrokes(strokes.length > 0 ? strokes.slice(0, -1) : cleared);
}

function clearBoard() {
  if (strokes.length > 0) cleared = [...strokes];
  setStrokes([]);
  lookAtAll();
}

/** Let these be the strokes on the board, and end what is being drawn. @param {Stroke[]} drawn */
function setStrokes(drawn) {
  endStroke();
  cursor.stroke = null;
  strokes.splice(0, strokes.length, ...drawn);
}

/** @param {KeyboardEvent} event */
function keyPressed(event) {
  if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  endDemonstration();
  KEYS[event.key]();
  drawing.changed();
}

/** @param {HTMLCanvasElement} canvas */
function listenToPen(canvas) {
  canvas.addEventListener("pointerdown", penDown);
  canvas.addEventListener("pointermove", penMoved);
  for (const end of /** @type {const} */ ([
    "pointerup",
    "pointercancel",
    "lostpointercapture",
    "pointerleave",
  ])) {
    canvas.addEventListener(end, penGone);
  }
  canvas.addEventListener("keydown", keyPressed);
  canvas.addEventListener("focus", paintBoard);
  canvas.addEventListener("blur", paintBoard);
  document.fonts.ready.then(paintBoard); // what was written before has another font
}
