// The network while it predicts: from the image through the hidden units to the classes, joined by
// the connections that contribute most to the sums z, those with the largest |a_i w_ij|.
"use strict";

const CONNECTIONS = 150; // shown between two layers
const [SMALLEST_CELL, LARGEST_CELL] = [3, 16]; // pixels from one unit to the next
const FOR_UNITS = 0.3; // of the way from the image to the classes; the rest is for connections
const DARK_UNIT = [38, 45, 56];
const [RAISES, LOWERS] = [1, -1].map((sign) => `rgb(${signedColour(sign).join(" ")})`);
const LEVELS = 255; // of a unit's brightness above 0, and as many below
const GLOWS_FROM = 0.35; // of the largest activation
const GLOW = 10; // pixels by which the unit with the largest activation glows
const GLOW_STEP = 15; // levels that have the same glow

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
function strongestConnections(a, layer, count) {
  const { inputs, values } = contributionsOf(a, layer);
  const least = leastShown(values, count);
  /** @type {Connection[]} */
  const found = [];
  for (let at = 0; at < values.length; at++) {
    const [value, row] = [values[at], Math.floor(at / layer.units)];
    if (Math.abs(value) >= least) found.push({ i: inputs[row], j: at % layer.units, value });
  }
  return found.sort((one, other) => Math.abs(one.value) - Math.abs(other.value)).slice(-count);
}

/**
 * The inputs that are not 0, and the contributions a_i w_ij of each to all units, one after the other.
 * @param {Numbers} a
 * @param {Layer} layer
 */
function contributionsOf(a, { W, units }) {
  const inputs = [...a.keys()].filter((i) => a[i] !== 0);
  const values = new Float64Array(inputs.length * units);
  let next = 0;
  for (const i of inputs) {
    for (let at = i * units; at < (i + 1) * units; at++) values[next++] = a[i] * W[at];
  }
  return { inputs, values };
}

/**
 * A lower limit that the sizes of about `count` values reach, from a histogram: sorting all of them
 * would take too long while somebody draws.
 * @param {Float64Array<ArrayBuffer>} values
 * @param {number} count
 */
function leastShown(values, count) {
  const bins = new Uint32Array(512);
  const step = largestSize(values) / 511;
  for (let at = 0; at < values.length; at++) bins[Math.floor(Math.abs(values[at]) / step)]++;
  let bin = bins.length;
  for (let sum = 0; bin > 1 && sum < count; sum += bins[bin]) bin--;
  return bin * step;
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
  context.strokeStyle = share > 0 ? RAISES : LOWERS;
  context.globalAlpha = 0.1 + 0.75 * share * share;
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
    const level = Math.round((a ? a[j] / largest : 0) * LEVELS);
    if (Math.abs(level) > GLOWS_FROM * LEVELS) {
      paintGlow(context, { x, y }, GLOW_STEP * Math.round(level / GLOW_STEP), cell);
    }
    context.fillStyle = unitColour(level);
    context.beginPath();
    context.arc(x, y, unitRadius(cell), 0, 2 * Math.PI);
    context.fill();
  });
}

/** The radius of a unit in a cell of this size. @param {number} cell */
const unitRadius = (cell) => 0.36 * cell;

/** @type {Map<number, string>} */
const unitColours = new Map(); // by level

/** The colour of a unit whose activation is at a level from -LEVELS to LEVELS. @param {number} level */
function unitColour(level) {
  const channels = () => signedColour(level / LEVELS).map((v, c) => Math.max(DARK_UNIT[c], v));
  const colour = unitColours.get(level) ?? `rgb(${channels().join(" ")})`;
  unitColours.set(level, colour);
  return colour;
}

/** @type {Map<string, HTMLCanvasElement>} */
const glows = new Map(); // by level and size

/**
 * The glow of a unit, painted once for all units of its brightness: a shadow is slow to paint.
 * @param {CanvasRenderingContext2D} context
 * @param {Place} place
 * @param {number} level
 * @param {number} cell
 */
function paintGlow(context, { x, y }, level, cell) {
  const radius = unitRadius(cell) * devicePixelRatio;
  const glow = glows.get(`${level} ${radius}`) ?? newGlow(level, radius);
  glows.set(`${level} ${radius}`, glow);
  const size = glow.width / devicePixelRatio;
  context.drawImage(glow, x - size / 2, y - size / 2, size, size);
}

/**
 * The shadow of a disc, which lies itself outside the canvas.
 * @param {number} level
 * @param {number} radius
 */
function newGlow(level, radius) {
  const size = 2 * Math.ceil(radius + 2 * GLOW);
  const glow = element("canvas", { width: size, height: size });
  const context = contextOf(glow);
  context.fillStyle = context.shadowColor = unitColour(level);
  context.shadowBlur = (GLOW * Math.abs(level)) / LEVELS;
  context.shadowOffsetX = 2 * size;
  context.arc(size / 2 - 2 * size, size / 2, radius, 0, 2 * Math.PI);
  context.fill();
  return glow;
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
  context.globalAlpha = 1;
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
