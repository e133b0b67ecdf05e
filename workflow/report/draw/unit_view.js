// One unit of the network: what it is, what contributes most to its sum and to what it contributes most,
// and its connections alone. A unit that is pointed at is shown until the pointer leaves it; one that is
// clicked on, tapped, or reached by the arrow keys is kept until Escape.
"use strict";

const OF_A_UNIT = 40; // connections shown of a unit, on either side
const [NEAR_POINTER, NEAR_FINGER] = [12, 24]; // pixels

/** @typedef {{l: number, j: number}} Unit the unit j of layer l, from 1 to the classes */

const lookedAt = {
  /** @type {Unit | null} */
  unit: null,
  isKept: false,
};

/**
 * The connections to show between two layers: those of a unit, or of all those that contribute most.
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} l of the weights, from 0
 * @param {Unit | null} unit
 * @returns {Connection[]}
 */
function connectionsToShow(network, pass, l, unit) {
  if (!unit) return strongestConnections(pass.a[l], network.layers[l], CONNECTIONS);
  return contributions(network, pass, l, unit).slice(-OF_A_UNIT);
}

/**
 * The contributions a_i w_ij of one unit, or to it, with the weights l; the smallest first.
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} l
 * @param {Unit} unit
 * @returns {Connection[]}
 */
function contributions(network, pass, l, unit) {
  const { W, inputs, units } = network.layers[l];
  const count = l === unit.l - 1 ? inputs : l === unit.l ? units : 0;
  return Array.from({ length: count }, (_, other) => {
    const [i, j] = l === unit.l ? [unit.j, other] : [other, unit.j];
    return { i, j, value: pass.a[l][i] * W[i * units + j] };
  })
    .filter(({ value }) => value !== 0)
    .sort((one, other) => Math.abs(one.value) - Math.abs(other.value));
}

/** @param {Network} network @param {Unit} unit */
const hasUnit = ({ dims }, { l, j }) => l < dims.length && j < dims[l];

/**
 * Where a unit is on the canvas; null for a class that has no bar.
 * @param {Unit} unit
 * @returns {Place | null}
 */
function placeOfUnit({ l, j }) {
  const { places } = /** @type {Arrangement} */ (board.arranged);
  return places[l][l === places.length - 1 ? board.classes.indexOf(j) : j] ?? null;
}

/**
 * All units that can be looked at, with their places.
 * @returns {{unit: Unit, place: Place}[]}
 */
function unitsInSight() {
  const places = board.arranged?.places ?? [];
  const last = places.length - 1;
  return places.slice(1).flatMap((layer, at) =>
    layer.map((place, j) => ({
      unit: { l: at + 1, j: at + 1 === last ? board.classes[j] : j },
      place,
    })),
  );
}

/**
 * The unit that is nearest to a place on the screen, or null where none is near.
 * @param {MouseEvent} event
 * @param {number} near
 */
function unitUnder({ clientX, clientY }, near) {
  const { left, top } = byId("draw-stage").getBoundingClientRect();
  const away = (/** @type {Place} */ { x, y }) => Math.hypot(x - clientX + left, y - clientY + top);
  const found = nearestUnit(unitsInSight(), away);
  return found && away(found.place) <= near ? found.unit : null;
}

/**
 * @param {{unit: Unit, place: Place}[]} units
 * @param {(place: Place) => number} away
 */
const nearestUnit = (units, away) =>
  units.reduce(
    (best, each) => (best && away(best.place) <= away(each.place) ? best : each),
    /** @type {{unit: Unit, place: Place} | null} */ (null),
  );

/**
 * Show a unit, or all connections again.
 * @param {Unit | null} unit
 * @param {boolean} isKept
 */
function lookAt(unit, isKept) {
  const { unit: before } = lookedAt;
  const isSame = unit?.l === before?.l && unit?.j === before?.j;
  if (isSame && isKept === lookedAt.isKept) return;
  Object.assign(lookedAt, { unit, isKept });
  if (!unit && byId("draw-unit").contains(document.activeElement)) byId("draw-network").focus();
  byId("draw-stage").classList.toggle("is-on-unit", unit !== null);
  byId("draw-unit").hidden = unit === null;
  byId("draw-unit-said").textContent = "";
  askForPaint();
}

const lookAtAll = () => lookAt(null, false);

/** What a unit is, and its activation. @param {Unit} unit */
function unitTitle({ l, j }) {
  const { network } = chosen;
  const { pass } = board;
  const isLast = l === network?.layers.length;
  const name = `Layer ${l}, unit ${j}${isLast ? `, for ${className(j)}` : ""}`;
  if (!pass) return `${name}: nothing is computed yet`;
  const z = rounded(pass.z[l - 1][j]);
  const then = isLast
    ? `a confidence of ${percent(calibrated(pass)[j], 1)}`
    : `activation ${rounded(pass.a[l][j])}`;
  return `${name}: sum ${z}, ${then}`;
}

/**
 * Mark the unit with a ring, and show what it is in words and numbers below the network.
 * @param {CanvasRenderingContext2D} context
 * @param {Network} network
 * @param {Unit} unit
 */
function showLookedAt(context, network, unit) {
  const place = placeOfUnit(unit);
  if (place) paintRing(context, place);
  const { pass } = board;
  setText(byId("draw-unit-name"), unitTitle(unit));
  const said = byId("draw-unit-said");
  const isUnfinished = board.written ? demonstration.share < 1 || said.textContent : isDrawing();
  if (lookedAt.isKept && !isUnfinished) setText(said, unitTitle(unit));
  for (const [id, l] of /** @type {[string, number][]} */ ([
    ["draw-unit-in", unit.l - 1],
    ["draw-unit-out", unit.l],
  ])) {
    const has = pass !== null && l < network.layers.length;
    byId(id).hidden = !has;
    if (has) byId(id).replaceChildren(...contributionsInWords(network, pass, l, unit));
  }
}

/**
 * The three largest contributions to a unit, or of one.
 * @param {Network} network
 * @param {Pass} pass
 * @param {number} l of the weights, from 0
 * @param {Unit} unit
 */
function contributionsInWords(network, pass, l, unit) {
  const isIn = l < unit.l;
  const found = contributions(network, pass, l, unit).slice(-3).reverse();
  const parts = found.flatMap(({ i, j, value }) => [
    `${isIn ? nameOfInput(l, i) : nameOfOutput(network, l, j)} `,
    element("span", { class: value > 0 ? "raises" : "lowers" }, signedNumber(value)),
    ", ",
  ]);
  const from = l > 0 ? `, from layer ${l}` : "";
  const head = isIn ? `The largest terms of its sum${from}: ` : "Its largest contributions: to ";
  return [head, ...(parts.length ? parts.slice(0, -1) : ["none, all are 0"])];
}

const signedNumber = (/** @type {number} */ value) =>
  value > 0 ? `+${rounded(value)}` : rounded(value);

/** @param {number} l @param {number} i */
const nameOfInput = (l, i) => (l > 0 ? `unit ${i}` : pixelName(i));

/** @param {Network} network @param {number} l @param {number} j */
const nameOfOutput = (network, l, j) =>
  l === network.layers.length - 1 ? className(j) : `unit ${j}`;

/** A ring around the unit. @param {CanvasRenderingContext2D} context @param {Place} place */
function paintRing(context, { x, y }) {
  Object.assign(context, { strokeStyle: "#fff", lineWidth: 2 });
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.stroke();
}

// What the arrow keys mean on the canvas: [x, y].
/** @type {Record<string, [number, number]>} */
const DIRECTIONS = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** Go to the next unit in a direction, or begin with the most active one. @param {KeyboardEvent} event */
function unitKey(event) {
  if (event.key === "Enter" && lookedAt.unit) byId("draw-unit-link").click();
  const direction = DIRECTIONS[event.key];
  if (!direction || !board.arranged) return;
  event.preventDefault();
  lookAt(lookedAt.unit ? unitBeside(lookedAt.unit, direction) : mostActiveUnit(), true);
}

/** @returns {Unit} */
function mostActiveUnit() {
  const a = board.pass?.a[1] ?? board.pass?.p;
  return { l: 1, j: a ? indexOfLargest(a) : 0 };
}

/**
 * The next unit in a direction, or this one, where it is the last.
 * @param {Unit} unit
 * @param {[number, number]} direction
 */
function unitBeside(unit, [dx, dy]) {
  const from = placeOfUnit(unit);
  if (!from) return unit;
  const ahead = (/** @type {Place} */ { x, y }) => (x - from.x) * dx + (y - from.y) * dy;
  const aside = (/** @type {Place} */ { x, y }) =>
    Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
  const along = /** @type {Arrangement} */ (board.arranged).upright ? dy : dx;
  const units = unitsInSight().filter(
    ({ unit: other, place }) =>
      ahead(place) > 1 && (along !== 0 || (other.l === unit.l && aside(place) < ahead(place))),
  );
  return nearestUnit(units, (place) => ahead(place) + 2 * aside(place))?.unit ?? unit;
}

/** Show the unit in the section that goes through the network, with the image on the board. */
function followUnit() {
  const { unit } = lookedAt;
  if (!unit) return;
  chooseBoard();
  openUnit(unit.l, unit.j);
}

/** The unit that is kept. */
addressParts.lookedAt = {
  seen: ["draw"],
  text: () => (lookedAt.unit && lookedAt.isKept ? `${lookedAt.unit.l}.${lookedAt.unit.j}` : ""),
  restore: (text) => {
    const [l, j] = numbersIn(text);
    if (!(l > 0 && chosen.network && hasUnit(chosen.network, { l, j }))) throw new RangeError(text);
    lookAt({ l, j }, true);
  },
  start: lookAtAll,
};

function listenToUnits() {
  const stage = byId("draw-stage");
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || lookedAt.isKept) return;
    lookAt(unitUnder(event, NEAR_POINTER), false);
  });
  stage.addEventListener("pointerleave", () => {
    if (!lookedAt.isKept) lookAtAll();
  });
  stage.addEventListener("click", (event) => {
    const unit = unitUnder(event, NEAR_FINGER);
    lookAt(unit, unit !== null);
    if (unit) byId("draw-unit").scrollIntoView({ block: "nearest" });
  });
  byId("draw-network").addEventListener("keydown", unitKey);
  addEventListener("keydown", ({ key }) => {
    if (key === "Escape") lookAtAll();
  });
  byId("draw-unit-all").addEventListener("click", lookAtAll);
  byId("draw-unit-link").hidden = !document.getElementById("inside");
  byId("draw-unit-link").addEventListener("click", followUnit);
}
