// Images of numbers on canvases, and the colours of positive and negative ones.
"use strict";

/**
 * Paint an image of numbers 0 to 1 onto a canvas, white ink on black, as the network sees it.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} x
 */
function paint(canvas, x) {
  paintColours(canvas, x, (value) => [255 * value, 255 * value, 255 * value]);
}

/**
 * A number from -1 to 1 as red, green and blue: blue above zero, orange below, black at zero.
 * @param {number} v
 */
const signedColour = (v) => (v > 0 ? [86 * v, 180 * v, 233 * v] : [-240 * v, -140 * v, -30 * v]);

/** The same, but by the square root of the number, so that small ones can be seen too. @param {number} v */
const rootColour = (v) => signedColour(Math.sign(v) * Math.sqrt(Math.abs(v)));

const NOTHING = 1e-12; // what numbers are compared with that are all 0

/** The largest distance from 0, and never 0 itself, to divide by. @param {Numbers} values */
function largestSize(values) {
  let largest = NOTHING;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

/**
 * Paint an image of any numbers in these colours, the largest in full.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values
 */
function paintSigned(canvas, values) {
  const largest = largestSize(values);
  paintColours(canvas, values, (value) => signedColour(value / largest));
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} values row by row
 * @param {(value: number) => number[]} colour red, green and blue, 0 to 255
 * @param {[number, number]} [shape] rows and columns
 */
function paintColours(canvas, values, colour, [rows, columns] = [ROWS, COLUMNS]) {
  if (canvas.width !== columns) canvas.width = columns; // a size that is set clears the canvas
  if (canvas.height !== rows) canvas.height = rows;
  const context = contextOf(canvas);
  const image = context.createImageData(columns, rows);
  for (let i = 0; i < values.length; i++) {
    const [red, green, blue] = colour(values[i]);
    image.data[4 * i] = red;
    image.data[4 * i + 1] = green;
    image.data[4 * i + 2] = blue;
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}

/** @param {HTMLCanvasElement} canvas */
const contextOf = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

/**
 * An image as an element, with a description for those who do not see it.
 * @param {Numbers} x
 * @param {string} description
 */
function imageElement(x, description) {
  const canvas = element("canvas", { class: "digit", role: "img", "aria-label": description });
  paint(canvas, x);
  return canvas;
}
