// The curve: what is shown of it, and the sentence that answers how much the network can lose.
"use strict";

function showCurve() {
  const [points, least, { images }] = [curvePoints(), leastAccuracy(), curve];
  const measured = points.filter(({ n }) => n > 0);
  const isDone = images > 0 && !nextToMeasure(points, least, images);
  byId("damage-curve").dataset.state = isDone ? "measured" : "measuring";
  byId("curve-kind", HTMLSelectElement).value = curve.kind;
  const input = byId("curve-least", HTMLInputElement);
  if (input !== document.activeElement) input.value = String(least);
  const words = byId("curve-words");
  words.setAttribute("aria-live", isDone ? "polite" : "off");
  setText(
    words,
    measured.length > 0
      ? `${curveSentence(points, least)}${guessingNote(least)}`
      : "Nothing is measured yet.",
  );
  setText(byId("curve-how"), images > 0 ? curveCounts(points, least, isDone) : "");
  drawCurve(measured, least, words.textContent ?? "");
}

/**
 * Up to which amount the accuracy is as high as the reader asks for.
 * @param {CurvePoint[]} points
 * @param {number} least percent
 */
function curveSentence(points, least) {
  const { above, below } = sidesOf(points, least);
  const { short, full } = DAMAGE_SLIDERS[curve.kind];
  const { network } = current();
  const accuracyAt = (/** @type {CurvePoint} */ point) => percent(correctShare(point));
  const amount = (/** @type {CurvePoint} */ { step, removed }) => {
    const damage = damageAt(amountAt(step));
    return `${full(damage, network, removed)}${seedWords(damage)}`;
  };
  const otherwise = damageText(damageAt(0));
  const start = otherwise === "none" ? "Accuracy" : `With ${otherwise}, accuracy`;
  const stays = `${start} stays at ${least}% or more`;
  if (!below && above) {
    return `${stays} at every amount that was tried, up to ${amount(above)}: there it is ${accuracyAt(above)}.`;
  }
  const after = below
    ? `${short(amountAt(below.step), below.removed)} it is ${accuracyAt(below)}`
    : "";
  return above
    ? `${stays} up to ${amount(above)}: there it is ${accuracyAt(above)}, and at ${after}.`
    : `${start} is below ${least}% from the start: at ${after}.`;
}

/**
 * What an accuracy is worth that guessing reaches as well.
 * @param {number} least percent
 */
function guessingNote(least) {
  const guessing = 100 / pageData.classes.length;
  if (least > guessing) return "";
  const share = `${Number(guessing.toPrecision(2))}%`;
  return ` Guessing gives ${share} on average, so a network need not have learned anything to reach ${least}%.`;
}

/**
 * On how many test images all this is measured.
 * @param {CurvePoint[]} points
 * @param {number} least percent
 * @param {boolean} isDone
 */
function curveCounts(points, least, isDone) {
  const { images } = curve;
  const few = Math.min(CURVE_SAMPLE, images);
  const whole = `${withCommas(images)} test ${pageData.noun}s`;
  const ready = points.filter(({ n }) => n >= few).length;
  if (ready < points.length) {
    return `So far, ${ready} of ${points.length} amounts, each on ${withCommas(few)} of ${whole}.`;
  }
  const { above, below } = sidesOf(points, least);
  const fewest = Math.min(above?.n ?? images, below?.n ?? images);
  if (!isDone) return `So far, on ${withCommas(fewest)} of ${whole}.`;
  const hollow =
    few < images ? `Hollow points: the first ${withCommas(few)}. Full ones: all` : "On all";
  const largest = damageAt(amountAt(points[points.length - 1].step));
  return `${hollow} ${whole}.${isRandom(largest) ? " Another random seed may give other accuracies." : ""}`;
}

/**
 * @param {CurvePoint[]} measured
 * @param {number} least percent
 * @param {string} description
 */
function drawCurve(measured, least, description) {
  const { kind, images } = curve;
  const { damage, count } = damaging;
  const { above, below } = sidesOf(measured, least);
  const slider = curveSlider();
  /** @type {(point: CurvePoint) => [number, number]} */
  const place = (point) => [amountAt(point.step), correctShare(point)];
  /** @type {LineChart["marks"]} */
  const here =
    damage && count ? [{ point: [damage[kind], count.correct / count.n], kind: "here" }] : [];
  const parts = [0, 0.2, 0.4, 0.6, 0.8, 1];
  /** @type {ChartLine[]} */
  const answer =
    above && below
      ? [
          {
            kind: "answer",
            name: DAMAGE_SLIDERS[kind].words(amountAt(above.step)),
            points: [1, 0, 0.06].map((y) => [amountAt(above.step), y * (least / 100)]),
          },
        ]
      : [];
  drawLineChart(byId("curve-chart", SVGSVGElement), {
    description: `Accuracy by amount. ${description}`,
    lines: [...answer, { points: measured.map(place), kind: "now" }],
    x: {
      title: find(`label[for="${slider.id}"]`).textContent ?? "",
      values: parts.map((part) => Number((part * Number(slider.max)).toFixed(2))),
      write: DAMAGE_SLIDERS[kind].words,
    },
    y: { title: "accuracy", values: parts, write: wholePercent },
    levels: [
      { value: least / 100, name: `${least}%` },
      { value: 1 / pageData.classes.length, name: "guessing", isLeft: true },
    ],
    marks: [
      ...measured.map((point) => ({ point: place(point), kind: point.n < images ? "few" : "all" })),
      ...here,
    ],
  });
}
