// From the strokes of the pen to the image that the network expects.
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
 * Draw a line into the image; the pixels at its edges are grey. A pixel's ink follows from its distance
 * to the nearest point of the line.
 * @param {Float32Array} image
 * @param {Point} from
 * @param {Point} to
 */
function renderLine(image, [x0, y0], [x1, y1]) {
  const radius = PEN + 0.5;
  const [firstColumn, lastColumn] = pixelsBetween(x0, x1, radius, COLUMNS);
  const [firstRow, lastRow] = pixelsBetween(y0, y1, radius, ROWS);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      const along = length ? ((column - x0) * dx + (row - y0) * dy) / length : 0;
      const t = Math.min(1, Math.max(0, along));
      const [right, down] = [column - x0 - t * dx, row - y0 - t * dy];
      const ink = Math.min(1, radius - Math.sqrt(right * right + down * down));
      const at = row * COLUMNS + column;
      if (ink > image[at]) image[at] = ink;
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

/** The nearest point on the board. @param {Point} point @returns {Point} */
const onBoard = ([x, y]) => [Math.min(COLUMNS, Math.max(0, x)), Math.min(ROWS, Math.max(0, y))];

/**
 * The two ends of that part of a straight way which lies on the board, or null where none does
 * (Liang and Barsky 1984).
 * @param {Point} from
 * @param {Point} to
 * @returns {[Point, Point] | null}
 */
function wayOnBoard([x0, y0], [x1, y1]) {
  let [enters, leaves] = [0, 1];
  for (const [start, step, length] of [
    [x0, x1 - x0 || 1e-9, COLUMNS],
    [y0, y1 - y0 || 1e-9, ROWS],
  ]) {
    const [one, other] = [-start / step, (length - start) / step];
    enters = Math.max(enters, Math.min(one, other));
    leaves = Math.min(leaves, Math.max(one, other));
  }
  if (enters > leaves) return null;
  return [
    enters === 0 ? [x0, y0] : [x0 + enters * (x1 - x0), y0 + enters * (y1 - y0)],
    leaves === 1 ? [x1, y1] : [x0 + leaves * (x1 - x0), y0 + leaves * (y1 - y0)],
  ];
}

const FINENESS = 36 ** 2 - 1; // steps from one side of the board to the other: two letters in base 36
const THINNED = FINENESS / 200; // steps between two points that are kept

/** Strokes as a short text for an address; points that hardly differ are left out. @param {Stroke[]} drawn */
function textOf(drawn) {
  const steps = (/** @type {number} */ share) =>
    Math.round(FINENESS * Math.min(1, Math.max(0, share)));
  const letters = (/** @type {number} */ at) => at.toString(36).padStart(2, "0");
  return mapped(drawn, ([x, y]) => [steps(x / COLUMNS), steps(y / ROWS)])
    .map((stroke) => thinned(stroke).map((point) => point.map(letters).join("")))
    .map((points) => points.join(""))
    .join("-");
}

/** @param {Stroke} stroke in steps, so that one that is thinned stays as it is */
function thinned(stroke) {
  let [last] = stroke;
  return stroke.filter((point, i) => {
    const kept = i === 0 || Math.hypot(point[0] - last[0], point[1] - last[1]) >= THINNED;
    if (kept) last = point;
    return kept;
  });
}

/** The strokes that a link brings back. @param {Stroke[]} drawn */
const asInLink = (drawn) => (drawn.length > 0 ? strokesFrom(textOf(drawn)) : []);

/**
 * The strokes of such a text. RangeError: it is none.
 * @param {string} text
 * @returns {Stroke[]}
 */
function strokesFrom(text) {
  if (!/^([0-9a-z]{4})+(-([0-9a-z]{4})+)*$/.test(text)) throw new RangeError(text);
  const share = (/** @type {string} */ letters) => Number.parseInt(letters, 36) / FINENESS;
  return text.split("-").map((stroke) =>
    (stroke.match(/..../g) ?? []).map((point) => {
      return [share(point.slice(0, 2)) * COLUMNS, share(point.slice(2)) * ROWS];
    }),
  );
}
