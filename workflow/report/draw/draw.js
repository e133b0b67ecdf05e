// Draw a digit: from the strokes of the pen to the image that the network expects, and its prediction.
//
// MNIST's makers fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and then
// moved it so that its centre of mass came to the image's centre (LeCun and others 1998, section
// III-A). Here the strokes themselves are fitted and redrawn with MNIST's stroke width, so the size
// of a drawing and the width of its lines do not matter.
"use strict";

/** @typedef {[number, number]} Point x and y, in the image's pixels from the board's upper left */
/** @typedef {Point[]} Stroke */

const BOX = [COLUMNS, ROWS].map((length) => Math.round((20 / 28) * length)); // width and height
const PEN = (1.4 / 28) * Math.min(COLUMNS, ROWS); // half a stroke's width in pixels, as in MNIST
/** @type {Stroke[]} */
const strokes = [];
const cursor = { x: COLUMNS / 2, y: ROWS / 2, down: false }; // of the keyboard

/**
 * The image (its pixels row by row, 0 to 1) of strokes on a board, or null where there are none.
 * @param {Stroke[]} drawn
 */
function imageOf(drawn) {
  const points = drawn.flat();
  if (points.length === 0) return null;
  const [left, right] = bounds(points.map(([x]) => x));
  const [top, bottom] = bounds(points.map(([, y]) => y));
  const [width, height] = BOX.map((length) => length - 2 * PEN);
  const scale = Math.min(
    width / Math.max(right - left, 1e-3),
    height / Math.max(bottom - top, 1e-3),
  );
  const fitted = mapped(drawn, ([x, y]) => [
    (x - (left + right) / 2) * scale + COLUMNS / 2,
    (y - (top + bottom) / 2) * scale + ROWS / 2,
  ]);
  const [x, y] = centreOfMass(rendered(fitted));
  return rendered(mapped(fitted, ([u, v]) => [u - x + COLUMNS / 2, v - y + ROWS / 2]));
}

/**
 * @param {Stroke[]} drawn
 * @param {(point: Point) => Point} move
 */
const mapped = (drawn, move) => drawn.map((stroke) => stroke.map(move));

/** The smallest and the largest. @param {number[]} values */
const bounds = (values) => [
  values.reduce((x, y) => Math.min(x, y)),
  values.reduce((x, y) => Math.max(x, y)),
];

/** Strokes as pixels, whose centres are at whole numbers. @param {Stroke[]} drawn */
function rendered(drawn) {
  const image = new Float32Array(PIXELS);
  for (const stroke of drawn) {
    stroke.forEach((point, i) => {
      renderLine(image, stroke[Math.max(i - 1, 0)], point);
    });
  }
  return image.map((value) => Math.round(255 * value) / 255);
}

/**
 * Draw a line into the image; the pixels at its edges are grey.
 * @param {Float32Array} image
 * @param {Point} from
 * @param {Point} to
 */
function renderLine(image, from, to) {
  const radius = PEN + 0.5;
  const columns = pixelsBetween(from[0], to[0], radius, COLUMNS);
  const rows = pixelsBetween(from[1], to[1], radius, ROWS);
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      const ink = Math.min(1, Math.max(0, radius - distance([column, row], from, to)));
      const at = row * COLUMNS + column;
      image[at] = Math.max(image[at], ink);
    }
  }
}

/**
 * The first and the last of `length` pixels that lie within `radius` of the way from a to b.
 * @param {number} a
 * @param {number} b
 * @param {number} radius
 * @param {number} length
 */
const pixelsBetween = (a, b, radius, length) => [
  Math.max(0, Math.ceil(Math.min(a, b) - radius)),
  Math.min(length - 1, Math.floor(Math.max(a, b) + radius)),
];

/**
 * The distance of a point from the line between two others.
 * @param {Point} point
 * @param {Point} from
 * @param {Point} to
 */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length ? ((x - x0) * dx + (y - y0) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

/** Column and row of the ink's centre. @param {Float32Array} image */
function centreOfMass(image) {
  let [sum, column, row] = [0, 0, 0];
  image.forEach((ink, i) => {
    sum += ink;
    column += ink * (i % COLUMNS);
    row += ink * Math.floor(i / COLUMNS);
  });
  return [column / sum, row / sum];
}

/**
 * A bar for each class in `parent`; the bars are made once, then only their lengths change.
 * @param {HTMLElement} parent
 * @param {Numbers} p
 */
function showBars(parent, p) {
  if (!parent.firstChild) {
    const bars = pageData.classes.map((name) =>
      element(
        "li",
        {},
        element("span", {}, name),
        element("span", { class: "track" }, element("span", { class: "bar" })),
        element("span", { class: "share" }),
      ),
    );
    parent.append(element("ol", { class: "bars" }, ...bars));
  }
  const largest = indexOfLargest(p);
  findAll("li", parent).forEach((bar, k) => {
    bar.className = k === largest && p[k] > 0 ? "largest" : "";
    find(".bar", bar).style.width = percent(p[k]);
    find(".share", bar).textContent = p[k] ? percent(p[k], 1) : "–";
  });
}

/** Show everything again: the board, what the network sees of it, the prediction. */
function redraw() {
  paintBoard();
  const x = imageOf(strokes);
  const input = byId("draw-input", HTMLCanvasElement);
  paint(input, x ?? new Float32Array(PIXELS));
  const what = x ? `your ${pageData.noun}` : "nothing yet";
  input.setAttribute(
    "aria-label",
    `The ${ROWS} by ${COLUMNS} pixels that the network sees: ${what}`,
  );
  if (x) choose({ digit: { x, label: null, origin: `your ${pageData.noun}`, number: null } });
  predictDrawn();
}

function predictDrawn() {
  const x = imageOf(strokes);
  const empty = new Float64Array(pageData.classes.length);
  const p = x && chosen.network ? forward(chosen.network, x).p : empty;
  showBars(byId("draw-probabilities"), p);
  const largest = indexOfLargest(p);
  byId("draw-prediction").textContent = x
    ? `Prediction: ${className(largest)}, with a confidence of ${percent(p[largest], 1)}.`
    : "Draw something to get a prediction.";
}

const pad = () => byId("pad", HTMLCanvasElement);

function paintBoard() {
  const board = pad();
  const context = contextOf(board);
  const pixel = board.width / COLUMNS;
  context.clearRect(0, 0, board.width, board.height);
  Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
  context.lineWidth = 2 * PEN * pixel;
  if (strokes.length === 0) paintInvitation(context, board);
  for (const stroke of strokes) {
    context.beginPath();
    stroke.forEach(([x, y], i) => {
      if (i === 0) context.moveTo(x * pixel, y * pixel);
      context.lineTo(x * pixel, y * pixel);
    });
    context.stroke();
  }
  if (board.matches(":focus-visible")) paintCursor(context, pixel);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} board
 */
function paintInvitation(context, { width, height }) {
  Object.assign(context, { fillStyle: "#8a93a1", textAlign: "center" });
  context.font = "31px system-ui, sans-serif";
  context.fillText("draw here", width / 2, height / 2);
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
  KEYS[event.key]();
  redraw();
}

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("pad")) return; // no network can compute in this page
  const board = pad();
  board.addEventListener("pointerdown", penDown);
  board.addEventListener("pointermove", penMoved);
  board.addEventListener("keydown", keyPressed);
  board.addEventListener("focus", paintBoard);
  board.addEventListener("blur", paintBoard);
  const on = (/** @type {string} */ id, /** @type {() => void} */ change) =>
    byId(id).addEventListener("click", () => {
      change();
      redraw();
    });
  on("pad-clear", clearBoard);
  on("pad-undo", undo);
  chosen.addEventListener("change", predictDrawn);
  redraw();
});
