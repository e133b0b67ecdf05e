// Damage the network: the accuracy on all test images, counted while the reader looks on.
"use strict";

/**
 * Test images: how many were classified, how many of them correctly, and how many were `lost`
 * (correct without the damage, wrong with it) or `won` (the reverse).
 * @typedef {{n: number, correct: number, lost: number, won: number}} Count
 * @typedef {{run: string, damage: string, isIntact: boolean, count: Count}} Tried
 */

const TRIED = 8; // rows of the table
const SLICE = 12; // ms of counting before the page may do something else

/** Classify all test images, if there is something to count and the section is in view. */
async function countDamaged() {
  const { run } = chosen;
  if (damaging.counted || !damaging.visible || !damaging.damaged || !run) return;
  const job = ++damaging.job;
  damaging.counted = true;
  byId("damage-result").dataset.state = "counting";
  const { damaged, damage } = current();
  const [split, { classes }] = await Promise.all([digits("test"), predictionsOf(run)]);
  const count = await countCorrect(damaged, damage, split, classes, (partial) => {
    if (job === damaging.job) showCount(partial, split.count, run);
    return job === damaging.job;
  });
  if (job === damaging.job) showResult(run, damageInFull(damage, damaged), count);
}

/**
 * Classify all images of a split with a damaged network, and count. `before` are the classes that the
 * intact network predicts. After every slice of work `report` gets the count so far; counting goes on
 * until it returns false.
 * @param {Network} network
 * @param {Damage} damage
 * @param {Split} split
 * @param {Uint16Array} before
 * @param {(count: Count) => boolean} report
 */
async function countCorrect(network, damage, split, before, report) {
  const count = { n: 0, correct: 0, lost: 0, won: 0 };
  while (count.n < split.count) {
    const until = performance.now() + SLICE;
    while (count.n < split.count && performance.now() < until) {
      const i = count.n++;
      const predicted = predictDamaged(network, damage, split.x(i), i);
      const [now, then] = [predicted, before[i]].map((k) => k === split.labels[i]);
      count.correct += Number(now);
      count.lost += Number(then && !now);
      count.won += Number(now && !then);
    }
    if (!report(count)) break;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return count;
}

/**
 * The count so far, as a number, a bar and a text.
 * @param {Count} count
 * @param {number} all
 * @param {Run} run
 */
function showCount({ n, correct }, all, run) {
  byId("damage-accuracy").textContent = percent(correct / n);
  const [reach, intact] = findAll("#damage .damage-scale span");
  reach.style.width = percent(correct / n);
  intact.style.left = percent(run.accuracy);
  byId("damage-count").textContent = `${soFar(n, all)}; 95% interval ${intervalText(correct, n)}`;
}

/** How many test images were classified. @param {number} n @param {number} all */
const soFar = (n, all) =>
  n < all ? `so far, ${withCommas(n)} of ${withCommas(all)}` : `all ${digitCount(n)}`;

/**
 * @param {number} correct
 * @param {number} n
 */
function intervalText(correct, n) {
  const [low, high] = wilson(correct, n).map((bound) => (100 * bound).toFixed(2));
  return `${low}–${high}%`;
}

/**
 * @param {Run} run
 * @param {string} damage in full
 * @param {Count} count
 */
function showResult(run, damage, count) {
  byId("damage-result").dataset.state = "counted";
  const isIntact = damage === "none";
  setText(
    byId("damage-words"),
    isIntact ? intactText(run, count) : lossOfAccuracy(run, damage, count),
  );
  const row = { run: run.name, damage, isIntact, count };
  const isSame = (/** @type {Tried} */ other) =>
    other.run === row.run && other.damage === row.damage;
  const others = damaging.tried.filter((other) => !isSame(other));
  damaging.tried = [row, ...others].slice(0, TRIED);
  showTried();
  damaging.count = count;
  measureCurve();
}

/**
 * @param {Run} run
 * @param {Count} count
 */
function intactText(run, { n, correct }) {
  const measured = Math.round(run.accuracy * n);
  const counted = `The network is intact: ${withCommas(correct)} of ${withCommas(n)} are correct`;
  if (measured === correct) return `${counted}, as the pipeline measured.`;
  const why = run.test_time_shift ? " with the means over shifted images" : "";
  return `${counted}, while the pipeline measured ${withCommas(measured)}${why}.`;
}

/**
 * What was done, and what was lost.
 * @param {Run} run
 * @param {string} damage in full
 * @param {Count} count
 */
function lossOfAccuracy(run, damage, count) {
  const points = 100 * (count.correct / count.n - run.accuracy);
  const sign = points < 0 ? "−" : "+";
  return (
    `With ${damage}, ${withCommas(count.correct)} of ${digitCount(count.n)} are classified ` +
    `correctly. That is ${sign}${Math.abs(points).toFixed(2)} percentage points from the ` +
    `${percent(run.accuracy)} of the intact network: ${digitCount(count.lost)} that it classified ` +
    `correctly became wrong, and ${digitCount(count.won)} that it misclassified became correct. ` +
    weightOfLoss(run, count)
  );
}

/**
 * How much that is: guessing, chance by McNemar's test (1947), or so many times the errors.
 * @param {Run} run
 * @param {Count} count
 */
function weightOfLoss(run, { n, correct, lost, won }) {
  const [low] = wilson(correct, n);
  const guessing = 1 / pageData.classes.length;
  if (low <= guessing) return "That is no better than guessing.";
  if (Math.abs(lost - won) <= Z95 * Math.sqrt(lost + won)) {
    return "So small a difference may be chance.";
  }
  const times = (n - correct) / (n - Math.round(run.accuracy * n));
  return times > 1 && Number.isFinite(times)
    ? `It makes ${times.toFixed(1)} times as many errors.`
    : "";
}

/** The table of what was tried. */
function showTried() {
  byId("damage-tried").hidden = false;
  const rows = damaging.tried.map(({ run, damage, isIntact, count: { n, correct } }) => {
    const style = `width: ${percent(correct / n)}`;
    const bar = element("span", { style, class: isIntact ? "intact" : "damaged" });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, run),
      element("td", { class: "wide" }, damage),
      element("td", { class: "text" }, element("span", { class: "tried-bar" }, bar)),
      element("td", {}, percent(correct / n)),
      element("td", {}, intervalText(correct, n)),
    );
  });
  find("#damage-tried tbody").replaceChildren(...rows);
}
