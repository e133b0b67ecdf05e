// The Worker of the curve: it classifies test images with a damaged network, for a moment at a time,
// and is made of the declarations, network.js, damage.js and this script. It gets the network and the
// images once, and then asks how much is to be counted of which damage.
"use strict";

/**
 * @typedef {{network: Network, bytes: Uint8Array, labels: Uint16Array}} CurveData
 * @typedef {{damage: Damage, n: number, correct: number, until: number}} CurveRequest to go on counting
 */

const CURVE_MOMENT = 150; // ms of counting between two reports

const measured = {
  /** @type {CurveData | null} */
  data: null,
  damage: "", // of the network
  /** @type {DamagedNetwork | null} */
  network: null, // the damaged one
};

/** Count on, until that many images are classified or the moment is over. @param {CurveRequest} request */
function countOn({ damage, n, correct, until }) {
  const { network, bytes, labels } = /** @type {CurveData} */ (measured.data);
  const text = JSON.stringify(damage);
  if (measured.damage !== text || !measured.network) {
    Object.assign(measured, { damage: text, network: damagedNetwork(network, damage) });
  }
  const damaged = /** @type {DamagedNetwork} */ (measured.network);
  const [pixels] = network.dims;
  const end = performance.now() + CURVE_MOMENT;
  for (; n < until && performance.now() < end; n++) {
    const image = bytes.subarray(n * pixels, (n + 1) * pixels);
    const x = Float32Array.from(image, (byte) => byte / 255);
    correct += Number(predictDamaged(damaged, damage, x, n) === labels[n]);
  }
  return { n, correct, removed: damaged.removed };
}

addEventListener("message", ({ data }) => {
  if (data.network) Object.assign(measured, { data, network: null });
  else postMessage(countOn(data));
});
