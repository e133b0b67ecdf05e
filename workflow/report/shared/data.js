// What travels in the page: facts as JSON, arrays as deflated bytes in base64. Unpacked when first
// asked for, and once.
"use strict";

const pageData = JSON.parse(document.getElementById("page-data").textContent);
const [ROWS, COLUMNS] = pageData.image_shape;
const PIXELS = ROWS * COLUMNS;
const unpacked = new Map();

/** The bytes of an embedded array, a promise. */
function bytesOf(name) {
  if (!unpacked.has(name)) unpacked.set(name, inflated(document.getElementById(name).textContent));
  return unpacked.get(name);
}

async function inflated(base64) {
  const packed = Uint8Array.from(atob(base64.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Digits with their labels: `test`, or the `train`ing digits that travel in the page. */
async function digits(split) {
  const [images, labels] = await Promise.all([bytesOf(`${split}-images`), bytesOf(`${split}-labels`)]);
  return {
    count: labels.length,
    labels,
    /** Bytes (0 to 255) of one image. */
    bytes: (i) => images.subarray(i * PIXELS, (i + 1) * PIXELS),
    /** One image as the network takes it: numbers from 0 to 1. */
    x: (i) => Float32Array.from(images.subarray(i * PIXELS, (i + 1) * PIXELS), (byte) => byte / 255),
  };
}

/** The trained network of a run whose weights travel in the page. */
async function networkOf(run) {
  const bytes = await bytesOf(`weights-${run.name}`);
  return networkFrom(new Float32Array(bytes.buffer), run.layer_dims, run.activation);
}

/** What a run answered to every test digit: classes, and how sure it was (0 to 1). */
async function answersOf(run) {
  const [classes, sureness] = await Promise.all([
    bytesOf(`classes-${run.name}`),
    bytesOf(`confidences-${run.name}`),
  ]);
  const steps = new Uint16Array(sureness.buffer);
  return { classes, sureness: Float32Array.from(steps, (step) => step / 65535) };
}
