// Damage the network: the accuracy on all test images, counted while the reader looks on.
"use strict";

/** @typedef {{run: string, damage: string, seed: number, count: Count}} Tried */

const TRIED = 8; // rows of the table

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
  if (job === damaging.job) showResult(run, damage, count);
}

/**
 * The count so far, as a number, a bar and a text.
 * @param {Count} count
 * @param {number} all
 * @param {Run} run
 */
function showCount({ n, correct }, all, run) {
  const [low, high] = wilson(correct, n);
  byId("damage-accuracy").textContent = percent(correct / n);
  const [reach, range, intact] = findAll("#damage .damage-scale span");
  reach.style.width = percent(correct / n);
  Object.assign(range.style, { left: percent(low), width: percent(high - low) });
  intact.style.left = percent(run.accuracy);
  Object.assign(byId("damage-progress"), { max: all, value: n });
  const done = `${withCommas(n)} of ${withCommas(all)} classified`;
  byId("damage-count").textContent = `95% interval ${intervalText(correct, n)}; ${done}`;
}

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
 * @param {Damage} damage
 * @param {Count} count
 */
function showResult(run, damage, count) {
  byId("damage-result").dataset.state = "counted";
  const text = damageText(damage);
  setText(
    byId("damage-words"),
    text === "none" ? intactText(run, count) : lossOfAccuracy(run, count),
  );
  const row = { run: run.name, damage: text, seed: damage.seed, count };
  const isSame = (/** @type {Tried} */ other) =>
    other.run === row.run && other.damage === row.damage && other.seed === row.seed;
  const others = damaging.tried.filter((other) => !isSame(other));
  damaging.tried = [row, ...others].slice(0, TRIED);
  showTried();
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
 * What was lost.
 * @param {Run} run
 * @param {Count} count
 */
function lossOfAccuracy(run, count) {
  const points = 100 * (count.correct / count.n - run.accuracy);
  const sign = points < 0 ? "−" : "+";
  return (
    `That is ${sign}${Math.abs(points).toFixed(2)} percentage points from the ` +
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
  const rows = damaging.tried.map(({ run, damage, seed, count: { n, correct } }) => {
    const bar = element("span", { style: `width: ${percent(correct / n)}` });
    const random = /random|noise/.test(damage) ? `${damage} (seed ${seed})` : damage;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, run),
      element("td", { class: "wide" }, random),
      element("td", { class: "text" }, element("span", { class: "tried-bar" }, bar)),
      element("td", {}, percent(correct / n)),
      element("td", {}, intervalText(correct, n)),
    );
  });
  find("#damage-tried tbody").replaceChildren(...rows);
}
