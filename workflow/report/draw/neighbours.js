// How far the image on the board is from the training images in this page, in pixels: a score by which
// images of none of the classes can be told (see the section on them), whatever the network says.
"use strict";

const PAUSE = 200; // ms without a change before the distance is computed, so that the pen is not held up

const neighbours = {
  /** @type {{pixels: Float32Array<ArrayBuffer>, squares: Float64Array<ArrayBuffer>} | null} */
  known: null,
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer: undefined,
};

/** The training images, and the sum of the squares of each one's pixels. */
async function knownImages() {
  const { count, x } = await digits("train");
  const pixels = new Float32Array(count * PIXELS);
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const image = x(i);
    pixels.set(image, i * PIXELS);
    squares[i] = image.reduce((sum, value) => sum + value * value, 0);
  }
  return { pixels, squares };
}

/**
 * The distance of an image to the nearest training image: |a - b|² = |a|² - 2 a b + |b|², for which
 * only the pixels of a that are not 0 are needed.
 * @param {Numbers} x
 * @param {{pixels: Numbers, squares: Numbers}} known
 */
function distanceToNearest(x, { pixels, squares }) {
  const ink = [...x.keys()].filter((i) => x[i] !== 0);
  const square = ink.reduce((sum, i) => sum + x[i] * x[i], 0);
  let nearest = Infinity;
  for (let image = 0; image < squares.length; image++) {
    let product = 0;
    for (const i of ink) product += x[i] * pixels[image * PIXELS + i];
    nearest = Math.min(nearest, square - 2 * product + squares[image]);
  }
  return Math.sqrt(Math.max(nearest, 0));
}

/** Say whether the board's image is far from all training images, once it has not changed for a while. */
function lookForNeighbours() {
  clearTimeout(neighbours.timer);
  byId("draw-far").textContent = "";
  neighbours.timer = setTimeout(showNeighbours, PAUSE);
}

async function showNeighbours() {
  const { x } = board;
  if (!x) return;
  neighbours.known ??= await knownImages();
  if (x !== board.x) return; // it has changed in the meantime
  const far = distanceToNearest(x, neighbours.known) > pageData.far;
  const all = `all ${withCommas(neighbours.known.squares.length)} training ${pageData.noun}s in this page`;
  byId("draw-far").textContent = far
    ? `The image is unlike ${all}: ${percent(pageData.far_kept, 0)} of the dev ${pageData.noun}s are nearer to one of them.`
    : "";
}
