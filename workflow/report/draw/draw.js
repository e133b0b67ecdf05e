// The drawing board: what is drawn on it is predicted at once.
"use strict";

const INVITATION = 64; // pixels at the top of the board, for the words "draw here"

/**
 * Show the strokes: on the board, as what the network sees of them, and as the chosen image. The image is
 * that of the strokes in a link, so that others get the same numbers.
 */
function showStrokes() {
  const x = imageOf(asInLink(strokes));
  if (x) choose({ digit: { x, label: null, origin: `your ${pageData.noun}`, number: null } });
  else forgetDrawing();
  showBoard(null, x);
}

/** The board is empty: where the drawing was chosen, that is the last test image again. */
function forgetDrawing() {
  const { digit, last } = chosen;
  if (!last.drawing) return;
  last.drawing = null;
  choose(digit && isOwn(digit) && last.test ? { digit: last.test } : {});
}

/** Let the image on the board be the one that all sections show. */
function chooseBoard() {
  const digit = board.written ? demonstration.digit : chosen.last.drawing;
  if (digit && digit !== chosen.digit) choose({ digit });
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
  prediction.changed();
}

const pad = () => byId("pad", HTMLCanvasElement);

function paintBoard() {
  const canvas = pad();
  const context = contextOf(canvas);
  const pixel = canvas.width / COLUMNS;
  context.clearRect(0, 0, canvas.width, canvas.height);
  Object.assign(context, { lineCap: "round", lineJoin: "round", strokeStyle: "#fff" });
  context.lineWidth = 2 * PEN * pixel;
  if (board.written) paintWritten(context, board.written, canvas);
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
 * A test image on the board, in grey, because it is not the reader's, and below the invitation to draw.
 * @param {CanvasRenderingContext2D} context
 * @param {Numbers} written
 * @param {HTMLCanvasElement} canvas
 */
function paintWritten(context, written, { width, height }) {
  const image = document.createElement("canvas");
  paintColours(image, written, (ink) => [150 * ink, 160 * ink, 175 * ink]);
  context.imageSmoothingEnabled = true;
  const scale = 1 - INVITATION / height;
  context.drawImage(image, ((1 - scale) * width) / 2, INVITATION, scale * width, scale * height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} canvas
 */
function paintInvitation(context, { width, height }) {
  Object.assign(context, { fillStyle: "#c3cad4", textAlign: "center", textBaseline: "middle" });
  context.font = `31px ${getComputedStyle(pad()).fontFamily}`;
  context.fillText("draw here", width / 2, (board.written ? INVITATION : height) / 2);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} pixel
 */
function paintCursor(context, pixel) {
  context.fillStyle = cursor.stroke ? "#56b4e9" : "#9aa3b0";
  context.beginPath();
  context.arc(cursor.x * pixel, cursor.y * pixel, 0.4 * PEN * pixel, 0, 2 * Math.PI);
  context.fill();
}

/**
 * Where an event took place, in the image's pixels from the board's upper left.
 * @param {PointerEvent} event
 * @returns {Point}
 */
function pointOf(event) {
  const { left, top, width, height } = pad().getBoundingClientRect();
  const scale = Math.min(width / COLUMNS, height / ROWS);
  const [x, y] = [event.clientX - left - width / 2, event.clientY - top - height / 2];
  return [x / scale + COLUMNS / 2, y / scale + ROWS / 2];
}

addressParts.strokes = {
  get seen() {
    return ["draw", ...sectionsWithImage()];
  },
  text: (section) => {
    const isSeen = section === "draw" || (chosen.digit && isOwn(chosen.digit));
    return isSeen ? textOf(strokes) : "";
  },
  restore: (text) => {
    const drawn = strokesFrom(text);
    const { digit } = chosen;
    endDemonstration();
    setStrokes(drawn);
    showStrokes();
    // The link's test image, if it has one too, is the chosen one.
    if (digit && new URLSearchParams(partsOfAddress()[1]).has("digit")) choose({ digit });
  },
  start: () => {
    if (demonstration.going || !document.getElementById("pad")) return;
    clearBoard();
    showStrokes();
    demonstration.number = 0;
    return beginDemonstration();
  },
};

/** The class of the drawing, as the reader says. */
addressParts.label = {
  get seen() {
    return ["draw", ...sectionsWithImage()];
  },
  text: () => {
    const { digit } = chosen;
    return digit && isOwn(digit) && digit.label !== null ? String(digit.label) : "";
  },
  restore: (text) => {
    const { digit } = chosen;
    const [label] = numbersIn(text);
    if (!className(label) || !digit || !isOwn(digit)) throw new RangeError(text);
    choose({ digit: { ...digit, label } });
  },
  start: () => {}, // a drawing has none
};

/** @type {View} */
let drawing;
/** @type {View} */
let prediction;

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("pad")) return; // no network can compute in this page
  drawing = new View(byId("draw"), showStrokes);
  prediction = viewOfChoice("draw", predictDrawn);
  listenToPen(pad());
  listenToUnits();
  byId("draw-why").addEventListener("click", followWhy);
  const on = (/** @type {string} */ id, /** @type {() => void} */ change) =>
    byId(id).addEventListener("click", () => {
      endDemonstration();
      change();
      drawing.changed();
    });
  on("pad-clear", clearBoard);
  on("pad-undo", undo);
  byId("pad-demonstration").addEventListener("click", () => {
    clearBoard();
    if (demonstration.going) endDemonstration();
    else beginDemonstration();
    drawing.changed();
  });
  new ResizeObserver(() => {
    board.arranged = null;
    prediction.changed();
  }).observe(byId("draw-stage"));
  whenNear(pad(), (isNear) => {
    demonstration.visible = isNear;
    goOnDemonstrating();
  });
  showStrokes();
  beginDemonstration();
});
