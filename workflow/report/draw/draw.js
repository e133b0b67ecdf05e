// Draw a digit: from the pen's way to the image that the network expects, and what it says of it.
//
// MNIST's makers fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and then
// moved it so that its centre of mass came to the image's (LeCun and others 1998, section III-A).
// Here the pen's way itself is fitted and drawn anew, with a pen as wide as theirs was after fitting,
// so it does not matter how large or with how thick a line somebody draws.
"use strict";

const BOX = [COLUMNS, ROWS].map((length) => Math.round((20 / 28) * length)); // width and height, in pixels
const PEN = (1.4 / 28) * Math.min(COLUMNS, ROWS); // half a line's width in pixels: upright ones of dev have 60 of ink on 20 of height
const strokes = []; // each a list of points [x, y], in the image's pixels from the board's upper left
const cursor = { x: COLUMNS / 2, y: ROWS / 2, down: false }; // of the keyboard

/** The image (its pixels row by row, 0 to 1) of strokes on a board, or null where there are none. */
function imageOf(drawn) {
  const points = drawn.flat();
  if (points.length === 0) return null;
  const [left, right] = bounds(points.map(([x]) => x));
  const [top, bottom] = bounds(points.map(([, y]) => y));
  const [width, height] = BOX.map((length) => length - 2 * PEN);
  const scale = Math.min(width / Math.max(right - left, 1e-3), height / Math.max(bottom - top, 1e-3));
  const fitted = drawn.map((stroke) =>
    stroke.map(([x, y]) => [
      (x - (left + right) / 2) * scale + COLUMNS / 2,
      (y - (top + bottom) / 2) * scale + ROWS / 2,
    ]),
  );
  const [x, y] = centreOfMass(inked(fitted));
  return inked(fitted.map((stroke) => stroke.map(([u, v]) => [u - x + COLUMNS / 2, v - y + ROWS / 2])));
}

const bounds = (values) => [
  values.reduce((x, y) => Math.min(x, y)),
  values.reduce((x, y) => Math.max(x, y)),
];

/** The pen's lines as pixels; a pixel's centre lies at whole numbers, its edge is grey. */
function inked(drawn) {
  const image = new Float32Array(PIXELS);
  for (const stroke of drawn) {
    stroke.forEach((point, i) => inkLine(image, stroke[Math.max(i - 1, 0)], point));
  }
  return image.map((value) => Math.round(255 * value) / 255);
}

function inkLine(image, from, to) {
  const reach = PEN + 0.5;
  const columns = within(Math.min(from[0], to[0]) - reach, Math.max(from[0], to[0]) + reach, COLUMNS);
  const rows = within(Math.min(from[1], to[1]) - reach, Math.max(from[1], to[1]) + reach, ROWS);
  for (let row = rows[0]; row <= rows[1]; row++) {
    for (let column = columns[0]; column <= columns[1]; column++) {
      const ink = Math.min(1, Math.max(0, reach - distance([column, row], from, to)));
      const at = row * COLUMNS + column;
      image[at] = Math.max(image[at], ink);
    }
  }
}

const within = (low, high, length) => [Math.max(0, Math.ceil(low)), Math.min(length - 1, Math.floor(high))];

/** How far a point lies from the line between two others. */
function distance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const along = length ? ((x - x0) * dx + (y - y0) * dy) / length : 0;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(x - x0 - t * dx, y - y0 - t * dy);
}

/** [column, row] of the ink's centre. */
function centreOfMass(image) {
  let [sum, column, row] = [0, 0, 0];
  image.forEach((ink, i) => {
    sum += ink;
    column += ink * (i % COLUMNS);
    row += ink * Math.floor(i / COLUMNS);
  });
  return [column / sum, row / sum];
}

/** Ten bars of probabilities, in `place`; made once, then only their lengths change. */
function showBars(place, p) {
  if (!place.firstChild) {
    const bars = [...p].map((_, k) =>
      element("li", {}, element("span", {}, className(k)),
        element("span", { class: "track" }, element("span", { class: "bar" })),
        element("span", { class: "share" })),
    );
    place.append(element("ol", { class: "bars" }, ...bars));
  }
  const most = indexOfMost(p);
  [...place.firstChild.children].forEach((bar, k) => {
    bar.className = k === most && p[k] > 0 ? "most" : "";
    bar.querySelector(".bar").style.width = percent(p[k]);
    bar.querySelector(".share").textContent = p[k] ? percent(p[k], 1) : "–";
  });
}

/** Everything anew: the board, what the network sees of it, what it says. */
function redraw() {
  paintBoard();
  const x = imageOf(strokes);
  paint(byId("seen"), x ?? new Float32Array(PIXELS));
  byId("seen").setAttribute(
    "aria-label",
    `The ${ROWS} by ${COLUMNS} pixels that the network sees: ${x ? "your digit" : "nothing yet"}`,
  );
  if (x) choose({ digit: { x, label: null, origin: "your digit" } });
  answerDrawn();
}

function answerDrawn() {
  const x = imageOf(strokes);
  const empty = new Float64Array(pageData.classes.length);
  const p = x && chosen.network ? forward(chosen.network, x).p : empty;
  showBars(byId("said-bars"), p);
  const most = indexOfMost(p);
  byId("said").textContent = x
    ? `It says ${className(most)}, and is ${percent(p[most], 1)} sure.`
    : "Draw something, and it will answer.";
}

function paintBoard() {
  const board = byId("pad");
  const context = board.getContext("2d");
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
  if (document.activeElement === board && board.matches(":focus-visible")) paintCursor(context, pixel);
}

function paintInvitation(context, { width, height }) {
  Object.assign(context, { fillStyle: "#8a93a1", textAlign: "center" });
  context.font = "31px system-ui, sans-serif";
  context.fillText("draw here", width / 2, height / 2);
}

function paintCursor(context, pixel) {
  context.fillStyle = cursor.down ? "#56b4e9" : "#9aa3b0";
  context.beginPath();
  context.arc(cursor.x * pixel, cursor.y * pixel, 0.4 * PEN * pixel, 0, 2 * Math.PI);
  context.fill();
}

/** Where on the board an event took place, in the image's pixels. */
function placeOf(event) {
  const box = byId("pad").getBoundingClientRect();
  const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  return [shares[0] * COLUMNS, shares[1] * ROWS];
}

function penDown(event) {
  if (event.button !== 0) return;
  byId("pad").setPointerCapture(event.pointerId);
  strokes.push([placeOf(event)]);
  redraw();
}

function penMoved(event) {
  if (!byId("pad").hasPointerCapture(event.pointerId)) return;
  const between = event.getCoalescedEvents?.() ?? [];
  strokes.at(-1).push(...(between.length ? between : [event]).map(placeOf));
  redraw();
}

const KEYS = {
  ArrowLeft: () => moveCursor(-1, 0),
  ArrowRight: () => moveCursor(1, 0),
  ArrowUp: () => moveCursor(0, -1),
  ArrowDown: () => moveCursor(0, 1),
  " ": () => {
    cursor.down = !cursor.down;
    if (cursor.down) strokes.push([[cursor.x, cursor.y]]);
  },
  Backspace: () => takeBack(),
  Delete: () => clearBoard(),
};

function moveCursor(columns, rows) {
  cursor.x = Math.min(COLUMNS, Math.max(0, cursor.x + columns));
  cursor.y = Math.min(ROWS, Math.max(0, cursor.y + rows));
  if (cursor.down) strokes.at(-1).push([cursor.x, cursor.y]);
}

function takeBack() {
  cursor.down = false;
  strokes.pop();
}

function clearBoard() {
  cursor.down = false;
  strokes.length = 0;
}

function keyPressed(event) {
  if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  KEYS[event.key]();
  redraw();
}

document.addEventListener("DOMContentLoaded", () => {
  const board = byId("pad");
  if (!board) return;
  board.addEventListener("pointerdown", penDown);
  board.addEventListener("pointermove", penMoved);
  board.addEventListener("keydown", keyPressed);
  board.addEventListener("focus", paintBoard);
  board.addEventListener("blur", paintBoard);
  byId("pad-clear").addEventListener("click", () => (clearBoard(), redraw()));
  byId("pad-undo").addEventListener("click", () => (takeBack(), redraw()));
  chosen.addEventListener("change", answerDrawn);
  redraw();
});
