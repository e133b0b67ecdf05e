// The curve: the accuracy by the amount of one kind of damage, and up to which amount it is as high as
// the reader asks for. A Worker measures one amount after another while the section is in view: first
// some of them on the first test images, then, ever closer, those between which the accuracy falls
// below the reader's, and at last the two on either side of it on all test images.
"use strict";

/**
 * An amount in steps of its slider, how many of the first `n` test images are classified correctly,
 * and how many weights are set to 0.
 * @typedef {{step: number, n: number, correct: number, removed: number}} CurvePoint
 * @typedef {keyof typeof DAMAGE_SLIDERS} DamageKind
 */

const CURVE_PARTS = 10; // of the slider's range
const CURVE_SAMPLE = 1000; // test images for each amount
const USUAL_LEAST = 90; // percent

const curve = {
  /** @type {DamageKind} */
  kind: "removed",
  /** @type {number | null} */
  least: null, // percent, once the reader has chosen it
  /** @type {Map<string, CurvePoint[]>} */
  made: new Map(), // by what is damaged otherwise
  /** @type {Worker | null} */
  worker: null,
  /** @type {Network | null} */
  network: null, // that the Worker has
  /** @type {CurvePoint | null} */
  asked: null, // what it is measuring
  images: 0, // all test images
};

const curveSlider = () => byId(DAMAGE_SLIDERS[curve.kind].id, HTMLInputElement);
const correctShare = (/** @type {CurvePoint} */ { n, correct }) => correct / n;
const amountAt = (/** @type {number} */ step) =>
  Number((step * Number(curveSlider().step)).toFixed(2));

/** The damage with another amount of the curve's kind. @param {number} amount */
const damageAt = (amount) => ({ ...current().damage, [curve.kind]: amount });

/** A point before it is measured. @param {number} step @returns {CurvePoint} */
const waitingPoint = (step) => ({ step, n: 0, correct: 0, removed: 0 });

/** The points of the curve for the network and the damage that are set; at first they wait for counts. */
function curvePoints() {
  const key = JSON.stringify([chosen.run?.name, curve.kind, damageAt(0)]);
  const steps = Math.round(Number(curveSlider().max) / Number(curveSlider().step));
  const points =
    curve.made.get(key) ??
    Array.from({ length: CURVE_PARTS + 1 }, (_, part) => {
      return waitingPoint(Math.round((part * steps) / CURVE_PARTS));
    });
  curve.made.set(key, points);
  return points;
}

/** The accuracy in percent that the reader asks for: at first one that the network reaches. */
function leastAccuracy() {
  const accuracy = chosen.run?.accuracy ?? 1;
  const reached = Math.min(USUAL_LEAST, 10 * Math.floor(10 * accuracy));
  return curve.least ?? Math.max(Math.ceil(100 / pageData.classes.length), reached);
}

/**
 * The last measured point before the accuracy falls below `least`, and the first one after it.
 * @param {CurvePoint[]} points
 * @param {number} least percent
 * @returns {{above?: CurvePoint, below?: CurvePoint}}
 */
function sidesOf(points, least) {
  const measured = points.filter(({ n }) => n > 0);
  const first = measured.findIndex((point) => 100 * correctShare(point) < least);
  if (first < 0) return { above: measured[measured.length - 1] };
  return { above: measured[first - 1], below: measured[first] };
}

/**
 * What is to be measured next, and on how many test images; null at the end.
 * @param {CurvePoint[]} points
 * @param {number} least percent
 * @param {number} images all test images
 */
function nextToMeasure(points, least, images) {
  const few = Math.min(CURVE_SAMPLE, images);
  const waiting = points.find(({ n }) => n < few);
  if (waiting) return { point: waiting, until: few };
  const { above, below } = sidesOf(points, least);
  if (above && below && below.step - above.step > 1) {
    const step = Math.floor((above.step + below.step) / 2);
    return { point: waitingPoint(step), until: few };
  }
  const partial = [above, below].find((point) => point && point.n < images);
  return partial ? { point: partial, until: images } : null;
}

/** Measure what is to be measured next, if the section is in view and the count above is complete. */
async function measureCurve() {
  const [{ count, labels }, bytes] = await Promise.all([digits("test"), pixelsOf("test")]);
  curve.images = count;
  showCurve();
  if (curve.asked || !damaging.visible || !damaging.count) return;
  const points = curvePoints();
  const next = nextToMeasure(points, leastAccuracy(), count);
  if (!next) return;
  const { point, until } = next;
  if (!points.includes(point)) {
    points.push(point);
    points.sort((one, other) => one.step - other.step);
  }
  const { network } = current();
  curve.worker ??= curveWorker();
  curve.asked = point;
  if (curve.network !== network) curve.worker.postMessage({ network, bytes, labels });
  curve.network = network;
  curve.worker.postMessage({ ...point, damage: damageAt(amountAt(point.step)), until });
}

function curveWorker() {
  const worker = workerOf("damage/damage.js", "damage/curve.worker.js");
  worker.addEventListener("message", ({ data }) => {
    Object.assign(/** @type {CurvePoint} */ (curve.asked), data);
    curve.asked = null;
    measureCurve();
  });
  return worker;
}

/** The kind whose amount the reader has just changed. @param {Damage | null} before @param {Damage} after */
function followDamage(before, after) {
  const changed = damageKinds().find((kind) => after[kind] > 0 && after[kind] !== before?.[kind]);
  curve.kind = changed ?? curve.kind;
}

addressParts.curve = {
  seen: ["damage"],
  text: () => {
    const { kind, least } = curve;
    return kind === "removed" && least === null ? "" : `${kind}.${least ?? ""}`;
  },
  restore: (text) => {
    const [kind, least] = text.split(".");
    chooseCurve(kind, least ? Number(least) : null);
  },
  start: () => chooseCurve("removed", null),
};

/**
 * RangeError: there is no such kind of damage, or the accuracy in percent is not one.
 * @param {string} kind
 * @param {number | null} least
 */
function chooseCurve(kind, least) {
  const known = damageKinds().find((each) => each === kind);
  if (!known || !(least === null || (least > 0 && least <= 100)))
    throw new RangeError(`${kind}.${least}`);
  Object.assign(curve, { kind: known, least });
  if (damaging.network) measureCurve();
}

document.addEventListener("DOMContentLoaded", () => {
  const [kind, least] = [
    byId("curve-kind", HTMLSelectElement),
    byId("curve-least", HTMLInputElement),
  ];
  for (const name of damageKinds()) {
    const label = find(`label[for="${DAMAGE_SLIDERS[name].id}"]`).textContent ?? "";
    kind.append(element("option", { value: name }, label));
  }
  kind.addEventListener("change", () => chooseCurve(kind.value, curve.least));
  least.addEventListener("input", () => {
    if (least.value && least.checkValidity()) chooseCurve(kind.value, least.valueAsNumber);
  });
});
