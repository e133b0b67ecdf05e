// The confusion matrix: images on which two runs differ, and those whose label is known to be wrong.
"use strict";

/** Show the images that one of two runs classifies correctly and the other does not. */
async function showComparison() {
  const names = [selected("confusion-one"), selected("confusion-other")];
  const [one, other] = await Promise.all(names.map(classifiedBy));
  if (names[0] !== selected("confusion-one") || names[1] !== selected("confusion-other")) return;
  showOneSide("confusion-one", one, other);
  showOneSide("confusion-other", other, one);
  const count = (/** @type {boolean} */ correct) =>
    digitCount(
      imagesWhere(one, (i) => isCorrect(one, i) === correct && isCorrect(other, i) === correct)
        .length,
    );
  byId("confusion-compare-count").textContent =
    `Both classify ${count(true)} correctly, and both misclassify ${count(false)}.`;
}

/**
 * One side of the comparison: the images that only `better` classifies correctly.
 * @param {string} id
 * @param {Classified} better
 * @param {Classified} worse
 */
function showOneSide(id, better, worse) {
  const fits = (/** @type {number} */ i) => isCorrect(better, i) && !isCorrect(worse, i);
  const found = imagesWhere(worse, fits).sort(ERRORS_ORDERS.highest(worse));
  byId(`${id}-title`).textContent =
    `Correct with ${better.run.name}, wrong with ${worse.run.name}: ${digitCount(found.length)}`;
  fillTiles(id, worse, found);
}

/** Show the images whose label is known to be wrong, with every run's prediction. */
async function showWrongLabels() {
  const all = await Promise.all(pageData.runs.map((run) => classifiedBy(run.name)));
  byId("confusion-labels-count").textContent = String(wrongLabels.size);
  const tiles = [...wrongLabels].map((i) => wrongLabelTile(all, i));
  byId("confusion-labels-list").replaceChildren(...tiles);
}

/**
 * An image, its label, and a line for each run's prediction.
 * @param {Classified[]} all
 * @param {number} i
 */
function wrongLabelTile(all, i) {
  const label = className(all[0].labels[i]);
  const words = `Test ${pageData.noun} ${i}, labelled ${label}`;
  const given = element("span", {}, `no. ${i}, labelled `, element("strong", {}, label));
  const tile = tileButton(all[all.length - 1].run, i, imageElement(all[0].x(i), words), given);
  const predictions = element("dl");
  for (const { run, classes, confidences } of all) {
    predictions.append(
      element("dt", {}, run.name),
      element("dd", {}, className(classes[i])),
      element("dd", { class: "soft" }, percent(confidences[i], 0)),
    );
  }
  return element("li", {}, tile, predictions);
}
