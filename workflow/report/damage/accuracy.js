// Break it: what becomes of the accuracy on all test digits, counted while the reader looks on.
"use strict";

const BREAK_TRIES = 8; // rows of the table

/** Ask all test digits, if there is something to count and somebody to see it. */
async function countBroken() {
  if (breaking.counted || !breaking.visible || !breaking.broken) return;
  const job = ++breaking.job;
  breaking.counted = true;
  byId("break-result").dataset.state = "counting";
  const { run } = chosen;
  const { broken, damage } = breaking;
  const [split, { classes }] = await Promise.all([digits("test"), answersOf(run)]);
  const count = await askBroken(broken, damage, split, classes, (far) => {
    if (job === breaking.job) showBrokenCount(far, split.count, run);
    return job === breaking.job;
  });
  if (job === breaking.job) showBrokenResult(run, damage, count);
}

/** How far the counting is, as a figure, a bar and words. */
function showBrokenCount({ n, right }, all, run) {
  const [low, high] = wilsonOfBroken(right, n);
  byId("break-accuracy").textContent = percent(right / n);
  const [reach, range, intact] = document.querySelector("#damage .break-scale").children;
  reach.style.width = percent(right / n);
  Object.assign(range.style, { left: percent(low), width: percent(high - low) });
  intact.style.left = percent(run.accuracy);
  Object.assign(byId("break-progress"), { max: all, value: n });
  const asked = `${withCommas(n)} of ${withCommas(all)} asked`;
  byId("break-count").textContent = `95% interval ${brokenInterval(right, n)}; ${asked}`;
}

function brokenInterval(right, n) {
  const [low, high] = wilsonOfBroken(right, n).map((bound) => (100 * bound).toFixed(2));
  return `${low}–${high}%`;
}

function showBrokenResult(run, damage, count) {
  byId("break-result").dataset.state = "counted";
  const broken = damageInWords(damage);
  const words = broken === "nothing" ? intactInWords : lossInWords;
  sayBroken("break-words", words(run, count));
  const row = { run: run.name, broken, seed: damage.seed, count };
  const same = (other) => ["run", "broken", "seed"].every((key) => other[key] === row[key]);
  const others = breaking.tried.filter((other) => !same(other));
  breaking.tried = [row, ...others].slice(0, BREAK_TRIES);
  showTried();
}

function intactInWords(run, { n, right }) {
  const agrees = Math.round(run.accuracy * n) === right;
  const measured = agrees ? "just what" : `where ${percent(run.accuracy)} is what`;
  const shares = `${withCommas(right)} of ${withCommas(n)} are right`;
  return `Nothing is broken: ${shares}, ${measured} the pipeline measured.`;
}

/** What was lost, in words. */
function lossInWords(run, count) {
  const points = 100 * (run.accuracy - count.right / count.n);
  const difference = `${Math.abs(points).toFixed(2)} points ${points < 0 ? "more" : "less"}`;
  return (
    `Intact it has ${percent(run.accuracy)}, so this is ${difference}: ${withCommas(count.lost)} ` +
    `digits that it knew are wrong now, and ${withCommas(count.won)} that it did not know are ` +
    `right. ${weightOfLoss(run, count)}`
  );
}

/** How much that is: guessing, luck by McNemar's test (1947), or so many times the errors. */
function weightOfLoss(run, { n, right, lost, won }) {
  const [low] = wilsonOfBroken(right, n);
  if (low <= 1 / pageData.classes.length) return "That is no better than guessing.";
  if (right / n < 1.5 / pageData.classes.length) return "That is hardly better than guessing.";
  if (Math.abs(lost - won) <= BREAK_Z95 * Math.sqrt(lost + won)) {
    return "So small a difference may be the luck of which digits were drawn.";
  }
  const times = (n - right) / (n - Math.round(run.accuracy * n));
  return times > 1 && isFinite(times) ? `It errs ${times.toFixed(1)} times as often.` : "";
}

/** The table of what was tried. */
function showTried() {
  byId("break-tried").hidden = false;
  const rows = breaking.tried.map(({ run, broken, seed, count: { n, right } }) => {
    const bar = element("span", { style: `width: ${percent(right / n)}` });
    const chance = /chance|noise/.test(broken) ? `${broken} (seed ${seed})` : broken;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, run),
      element("td", { class: "wide" }, chance),
      element("td", { class: "text" }, element("span", { class: "tried-bar" }, bar)),
      element("td", {}, percent(right / n)),
      element("td", {}, brokenInterval(right, n)),
    );
  });
  document.querySelector("#break-tried tbody").replaceChildren(...rows);
}
