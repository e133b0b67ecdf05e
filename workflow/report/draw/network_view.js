// The network while it predicts: from the image through the hidden units to the classes, joined by
// the connections that contribute most to the sums z, those with the largest |a_i w_ij|.
"use strict";

const CONNECTIONS = 150; // shown between two layers
const [SMALLEST_CELL, LARGEST_CELL] = [3, 16]; // pixels from one unit to the next
const FOR_UNITS = 0.3; // of the way from the image to the classes; the rest is for connections
const DARK_UNIT = [38, 45, 56];

/**
 * @typedef {{i: number, j: number, value: number}} Connection from unit i to unit j; value: a_i w_ij
 * @typedef {{x: number, y: number}} Place
 *
 * Where everything is on the canvas: of each layer its units, of the hidden ones the size of a cell.
 * @typedef {{places: Place[][], cells: number[], upright: boolean}} Arrangement
 */

/**
 * About so many connections that contribute most to the next layer, the smallest first.
 * @param {Numbers} a activations (inputs,)
 * @param {Layer} layer
 * @param {number} count
 * @returns {Connection[]}
 */
function strongestConnections(a, { W, units }, count) {
  /** @type {Connection[]} */
  const found = [];
  const least = leastShown(a, W, units, count);
  a.forEach((activation, i) => {
    if (activation === 0) return;
    for (let j = 0, at = i * units; j < units; j++, at++) {
      const value = activation * W[at];
      if (Math.abs(value) >= least) found.push({ i, j, value });
    }
  });
  return found.sort((one, other) => Math.abs(one.value) - Math.abs(other.value)).slice(-count);
}

/**
 * A lower limit that about `count` contributions reach, from a histogram of their sizes: sorting all
 * of them would take too long while somebody draws.
 * @param {Numbers} a
 * @param {Numbers} W
 * @param {number} units
 * @param {number} count
 */
function leastShown(a, W, units, count) {
  const bins = new Uint32Array(512);
  let largest = 1e-12;
  const forEach = (/** @type {(size: number) => void} */ act) => {
    a.forEach((activation, i) => {
      if (activation === 0) return;
      for (let at = i * units; at < (i + 1) * units; at++) act(Math.abs(activation * W[at]));
    });
  };
  forEach((size) => {
    if (size > largest) largest = size;
  });
  forEach((size) => {
    bins[Math.floor((511 * size) / largest)]++;
  });
  let bin = bins.length;
  for (let sum = 0; bin > 1 && sum < count; sum += bins[bin]) bin--;
  return (bin * largest) / 511;
}

/**
 * The grid of a layer's units: how many lines there are across the direction from the image to the
 * classes, how many units are in each, and the pixels from one unit to the next.
 * @param {number} units
 * @param {number} across pixels that there are for a line
 * @param {number} along pixels that all lines together should take at most
 */
function unitGrid(units, across, along) {
  const fitting = Math.sqrt((along * across) / units);
  const cell = Math.max(SMALLEST_CELL, Math.min(LARGEST_CELL, fitting));
  const lines = Math.ceil(units / Math.floor(across / cell));
  return { cell, lines, each: Math.ceil(units / lines) };
}

/**
 * Where the layers of a network lie between the image and the bars of the classes.
 * @param {number[]} dims
 * @param {DOMRect} image
 * @param {Place[]} classes
 * @param {{width: number, height: number}} size
 * @returns {Arrangement}
 */
function arranged(dims, image, classes, { width, height }) {
  const upright = classes[0].y > image.bottom;
  const [begin, end] = upright ? [image.bottom, classes[0].y] : [image.right, classes[0].x];
  const across = (upright ? width : height) - 16;
  const along = (FOR_UNITS * (end - begin)) / Math.max(1, dims.length - 2);
  const grids = dims.slice(1, -1).map((units) => unitGrid(units, across, along));
  const thickness = grids.reduce((sum, { cell, lines }) => sum + cell * lines, 0);
  const gap = Math.max(8, (end - begin - thickness) / (grids.length + 1));
  let next = begin + gap;
  const hidden = grids.map(({ cell, lines, each }, l) => {
    const from = next;
    next += cell * lines + gap;
    return Array.from({ length: dims[l + 1] }, (_, j) => {
      const forth = from + (Math.floor(j / each) + 0.5) * cell;
      const side = 8 + across / 2 + ((j % each) - (each - 1) / 2) * cell;
      return upright ? { x: side, y: forth } : { x: forth, y: side };
    });
  });
  const pixels = Array.from({ length: dims[0] }, (_, i) => {
    return {
      x: image.left + (((i % COLUMNS) + 0.5) / COLUMNS) * image.width,
      y: image.top + ((Math.floor(i / COLUMNS) + 0.5) / ROWS) * image.height,
    };
  });
  return { places: [pixels, ...hidden, classes], cells: grids.map(({ cell }) => cell), upright };
}

/**
 * A connection as a curve, blue where it raises the sum and orange where it lowers it.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} from
 * @param {Place} to
 * @param {number} share of the strongest connection's value, from -1 to 1
 * @param {boolean} upright
 */
function paintConnection(context, from, to, share, upright) {
  const [middleX, middleY] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const [red, green, blue] = signedColour(Math.sign(share));
  context.strokeStyle = `rgb(${red} ${green} ${blue} / ${0.1 + 0.75 * share * share})`;
  context.lineWidth = 0.6 + 1.2 * Math.abs(share);
  context.beginPath();
  context.moveTo(from.x, from.y);
  if (upright) context.bezierCurveTo(from.x, middleY, to.x, middleY, to.x, to.y);
  else context.bezierCurveTo(middleX, from.y, middleX, to.y, to.x, to.y);
  context.stroke();
}

/**
 * The units of a hidden layer, the brighter the farther their activation is from 0.
 * @param {CanvasRenderingContext2D} context
 * @param {Place[]} places
 * @param {Numbers | null} a
 * @param {number} cell
 */
function paintHiddenUnits(context, places, a, cell) {
  const largest = a ? largestSize(a) : 1;
  places.forEach(({ x, y }, j) => {
    const share = a ? a[j] / largest : 0;
    const colour = signedColour(share).map((value, c) => Math.max(DARK_UNIT[c], value));
    context.fillStyle = `rgb(${colour.join(" ")})`;
    context.shadowColor = context.fillStyle;
    context.shadowBlur = Math.abs(share) > 0.35 ? 10 * Math.abs(share) : 0;
    context.beginPath();
    context.arc(x, y, 0.36 * cell, 0, 2 * Math.PI);
    context.fill();
  });
  context.shadowBlur = 0;
}

/**
 * The network on its canvas, as it predicts `pass`; without one its units alone.
 * @param {CanvasRenderingContext2D} context
 * @param {Network} network
 * @param {Pass | null} pass
 * @param {number[]} shownClasses the classes that have a bar, in the order of the bars
 * @param {Arrangement} arrangement
 * @param {Unit | null} unit whose connections are shown alone
 */
function paintNetwork(context, network, pass, shownClasses, { places, cells, upright }, unit) {
  network.layers.forEach((_, l) => {
    if (!pass) return;
    const isLast = l === network.layers.length - 1;
    const connections = connectionsToShow(network, pass, l, unit);
    const largest = Math.abs(connections.at(-1)?.value ?? 1);
    for (const { i, j, value } of connections) {
      const to = places[l + 1][isLast ? shownClasses.indexOf(j) : j];
      if (to) paintConnection(context, places[l][i], to, value / largest, upright);
    }
  });
  cells.forEach((cell, l) => {
    paintHiddenUnits(context, places[l + 1], pass?.a[l + 1] ?? null, cell);
  });
}

/** What the canvas shows, in words. @param {Network} network */
function networkInWords({ dims, activations }) {
  const hidden = dims.slice(1, -1).map((units, l) => {
    return `${units} ${activationWords(activations[l]) ?? "linear"} units`;
  });
  return [`${dims[0]} pixels`, ...hidden, `${dims[dims.length - 1]} classes`].join(" → ");
}
