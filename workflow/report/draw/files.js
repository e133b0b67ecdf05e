// The drawing and the network as files: PNG and IDX, NumPy's .npz, and safetensors.
"use strict";

/** An image file of the IDX format (LeCun, "The MNIST database") with this image alone. @param {Numbers} x */
function idxOf(x) {
  const bytes = new Uint8Array(16 + x.length);
  const header = new DataView(bytes.buffer);
  [0x00000803, 1, ROWS, COLUMNS].forEach((value, i) => {
    header.setUint32(4 * i, value);
  });
  x.forEach((ink, i) => {
    bytes[16 + i] = Math.round(255 * ink);
  });
  return bytes;
}

/** The CRC-32 of bytes, as in zip archives (ISO 3309). @param {Uint8Array} bytes */
function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/**
 * An array as NumPy's .npy, version 1.0: float32, row by row.
 * @param {Numbers} values
 * @param {number[]} shape
 */
function npyOf(values, shape) {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((header.length + 11) / 64) * 64 - 10; // the data begin at a multiple of 64
  const magic = [0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, length & 255, length >> 8];
  const text = new TextEncoder().encode(`${header.padEnd(length - 1)}\n`);
  const data = new Uint8Array(Float32Array.from(values).buffer);
  return joined([Uint8Array.from(magic), text, data]);
}

/** @param {Uint8Array<ArrayBuffer>[]} parts */
function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A zip archive of files that are not compressed (PKWARE's APPNOTE, version 2.0).
 * @param {Record<string, Uint8Array<ArrayBuffer>>} files
 */
function zipOf(files) {
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const locals = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const central = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const title = new TextEncoder().encode(name);
    const [crc, size] = [crc32(bytes), bytes.length];
    const both = [20, 0, 0, 0, 33]; // version 2.0, no flags, stored, time and date: 1 January 1980
    const local = littleEndian([0x04034b50], both, [crc, size, size], [title.length, 0]);
    const entry = littleEndian(
      [0x02014b50],
      [20, ...both],
      [crc, size, size],
      [title.length, 0, 0, 0, 0],
      [0, offset],
    );
    locals.push(local, title, bytes);
    central.push(entry, title);
    offset += local.length + title.length + size;
  }
  const count = central.length / 2;
  const length = central.reduce((sum, part) => sum + part.length, 0);
  const end = littleEndian([0x06054b50], [0, 0, count, count], [length, offset], [0]);
  return joined([...locals, ...central, end]);
}

/** Numbers of 32 and of 16 bits, in turns. @param {number[][]} groups */
function littleEndian(...groups) {
  const bytes = groups.flatMap((group, i) =>
    group.flatMap((value) =>
      Array.from({ length: i % 2 ? 2 : 4 }, (_, at) => (value >>> (8 * at)) & 255),
    ),
  );
  return Uint8Array.from(bytes);
}

/** The weights and biases of a network, by the names of the pipeline's model.npz. @param {Network} network */
function npzOf({ layers }) {
  const arrays = layers.flatMap(({ W, b, inputs, units }, l) => [
    [`W${l + 1}.npy`, npyOf(W, [inputs, units])],
    [`b${l + 1}.npy`, npyOf(b, [units])],
  ]);
  return zipOf(Object.fromEntries(arrays));
}

/**
 * The same as safetensors: the length of a header in JSON, the header, and the numbers.
 * @param {Network} network
 */
function safetensorsOf({ layers }) {
  const arrays = layers.flatMap(({ W, b, inputs, units }, l) => [
    { name: `W${l + 1}`, values: W, shape: [inputs, units] },
    { name: `b${l + 1}`, values: b, shape: [units] },
  ]);
  let end = 0;
  const entries = arrays.map(({ name, values, shape }) => {
    const begin = end;
    end += 4 * values.length;
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }];
  });
  const text = JSON.stringify(Object.fromEntries(entries));
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const data = arrays.map(({ values }) => new Uint8Array(Float32Array.from(values).buffer));
  return joined([littleEndian([header.length, 0]), header, ...data]);
}

/** Save the image on the board under a name that says which it is. */
async function saveDrawing() {
  if (!board.x) {
    say("Draw something first.");
    return;
  }
  const canvas = byId("draw-input", HTMLCanvasElement);
  const png = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  saveFile(`${pageData.noun}.png`, png);
  saveFile(`${pageData.noun}-images-idx3-ubyte`, idxOf(board.x));
}

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("pad")) return;
  byId("save-drawing").addEventListener("click", saveDrawing);
  const on = (
    /** @type {string} */ form,
    /** @type {(network: Network) => Uint8Array<ArrayBuffer>} */ of,
  ) =>
    byId(`save-${form}`).addEventListener("click", () => {
      if (chosen.network) saveFile(`${chosen.run?.name}.${form}`, of(chosen.network));
    });
  on("npz", npzOf);
  on("safetensors", safetensorsOf);
});
