// The playground: what the reader has drawn joins the training images, several times each, and both the
// last run without and the present one read it.
"use strict";

const OWN_TIMES = 20; // so often is each among the training images

/** `drawn` are its strokes as text. @typedef {{number: number, x: Float32Array<ArrayBuffer>, label: number, drawn: string}} OwnDigit */

const own = {
  /** @type {OwnDigit[]} */
  digits: [],
  added: 0, // ever
  /** @type {ReportedRun | null} */
  without: null, // the last run that was trained without any
};

/** The training images of the page and the reader's own. @returns {PackedImages} */
function trainSet() {
  const { train } = trainData();
  const repeated = own.digits.flatMap((digit) => Array.from({ length: OWN_TIMES }, () => digit));
  const count = train.labels.length + repeated.length;
  const set = { bytes: new Uint8Array(count * PIXELS), labels: new Uint16Array(count) };
  set.bytes.set(train.bytes);
  set.labels.set(train.labels);
  repeated.forEach(({ x, label }, i) => {
    const at = train.labels.length + i;
    set.bytes.set(
      x.map((value) => Math.round(255 * value)),
      at * PIXELS,
    );
    set.labels[at] = label;
  });
  return set;
}

/** What is drawn on the board becomes a training image of the chosen class. */
function addOwnDigit() {
  if (strokes.length > 0) {
    own.digits.push(ownDigit(Number(trainSelect("own-label").value), textOf(strokes)));
    ownDigitsChanged();
  } else {
    say("Nothing is drawn yet on the board of this page.");
  }
}

/**
 * RangeError: the page has no such class, or the text is not that of strokes.
 * @param {number} label
 * @param {string} drawn
 * @returns {OwnDigit}
 */
function ownDigit(label, drawn) {
  const x = imageOf(strokesFrom(drawn)); // what a link brings back is the same image
  if (!x || !(label in pageData.classes)) throw new RangeError(`${label}.${drawn}`);
  return { number: ++own.added, x, label, drawn };
}

addressParts.own = {
  seen: ["playground"],
  text: () => own.digits.map(({ label, drawn }) => `${label}.${drawn}`).join("_"),
  restore: async (text) => {
    if (!document.getElementById("train-own")) throw new RangeError(text);
    own.digits = text.split("_").map((each) => {
      const [label, drawn] = each.split(".");
      return ownDigit(Number(label), drawn);
    });
    await trainingReady();
    ownDigitsChanged();
  },
  start: () => {
    if (own.digits.length === 0) return;
    own.digits = [];
    ownDigitsChanged();
  },
};

/** @param {OwnDigit} digit */
function removeOwnDigit(digit) {
  own.digits = own.digits.filter((each) => each !== digit);
  ownDigitsChanged();
  trainButton("own-add").focus(); // the button that was pressed is gone
}

function ownDigitsChanged() {
  const items = own.digits.map((digit) => {
    const name = className(digit.label);
    const canvas = element("canvas", { role: "img", "aria-label": `Your ${name}` });
    paint(canvas, digit.x);
    const remove = { type: "button", click: () => removeOwnDigit(digit) };
    const button = element("button", { ...remove, "aria-label": `Remove your ${name}` }, "Remove");
    return element("li", {}, canvas, `given: ${name}`, element("span"), button);
  });
  byId("train-own-list").replaceChildren(...items);
  beginTraining();
  mapRates();
}

/** How the last run without the reader's digits and the present run read them. @param {ReportedRun} run */
function showOwnDigits(run) {
  if (!document.getElementById("train-own")) return; // nothing can be drawn
  if (run.settings.own.length === 0 && run.report.step > 0) own.without = run;
  const { without } = own;
  const readers = without && without !== run ? [without, run] : [run];
  const read = readers.map((reader) => {
    const network = trainNetwork(reader);
    return own.digits.map(({ x }) => indexOfLargest(forward(network, x).p));
  });
  findAll("#train-own-list span").forEach((span, i) => {
    const words = readers.map(
      (reader, r) => `run ${reader.number}: ${className(read[r][i]) ?? "NaN"}`,
    );
    setText(span, words.join("\n"));
  });
  const right = read.map((found) => found.filter((k, i) => k === own.digits[i].label).length);
  setText(byId("train-own-words"), ownWords(readers, right));
}

/**
 * @param {ReportedRun[]} readers
 * @param {number[]} right how many of the digits each reads as their class
 */
function ownWords(readers, right) {
  const count = own.digits.length;
  if (count === 0) return `No training ${pageData.noun} is yours yet.`;
  const all = withCommas(trainSet().labels.length);
  const joined = `${withCommas(count * OWN_TIMES)} of ${all} training ${pageData.noun}s are yours.`;
  const results = readers.map((reader, i) => {
    const { number, settings, heldOut } = reader;
    const epochs = heldOut[heldOut.length - 1].epoch.toFixed(2);
    const how = settings.own.length > 0 ? "with" : "without";
    return (
      `Run ${number}, after ${epochs} epochs ${how} them, reads ${right[i]} of ${count} as ` +
      `the class that you gave.`
    );
  });
  return [joined, ...results].join(" ");
}

document.addEventListener("DOMContentLoaded", () => {
  const button = document.getElementById("train-own-add");
  button?.addEventListener("click", () => trainingReady().then(addOwnDigit));
});
