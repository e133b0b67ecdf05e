// Train it here: what is happening, in words: from a run's figures to what kind of thing they show.
"use strict";

const TRAIN_KINDS = {
  ready: "not begun",
  learning: "is learning",
  slow: "too slow",
  unsteady: "unsteady",
  byHeart: "learns by heart",
  silent: "nothing changes",
  quiet: "mostly silent",
  diverged: "diverged",
};

/** What kind of thing a run is doing. It has `report`, the Worker's last, `points`, the curve of
 * training losses, and `heldOut`, the figures on held-out digits, from the start on. */
function trainingKind({ report, points, heldOut }) {
  if (report.step === 0) return "ready";
  if (report.diverged) return "diverged";
  if (report.heldOut.silent === report.units) return "silent";
  if (report.heldOut.silent > report.units / 2) return "quiet";
  const { loss } = points.at(-1);
  const least = points.reduce((so, point) => Math.min(so, point.loss), Infinity);
  if (loss < 0.05 && report.heldOut.loss > 4 * loss) return "byHeart";
  if (points.length < 6) return "learning";
  if (loss > 1.5 * least && loss > 0.3) return "unsteady";
  return report.heldOut.loss > 0.9 * heldOut[0].loss ? "slow" : "learning";
}

/** What is happening in a run, and what to make of it. */
function trainingInWords(run) {
  const words = TRAIN_WORDS[trainingKind(run)](run);
  const done = run.report.ended && !run.report.diverged;
  return done ? `After ${run.settings.passes} passes this run is over. ${words}` : words;
}

const TRAIN_WORDS = {
  ready: ({ settings, report }) => {
    const starts = {
      he: "Every picture is chance, just strong enough to be passed on.",
      uniform: "Every picture is chance, and rather strong: its sums are large from the start.",
      zeros: "All weights are 0, so it says the same of every digit.",
      large: "Its weights are so large that it is sure of everything, and mostly wrong.",
    };
    const [loss, guessing] = [report.heldOut.loss, Math.log(pageData.classes.length)].map(natsInWords);
    return (
      `It has learnt nothing yet. ${starts[settings.start]} On held-out digits its loss is ` +
      `${loss}; guessing has ${guessing}.`
    );
  },
  learning: () =>
    "It is learning: the loss falls, and in the pictures strokes rise out of what was chance. " +
    "Leave the starting weights out to see what it has learnt by itself.",
  slow: ({ settings }) => {
    const few = settings.batch === Infinity ? " A pass is a single step with such a batch." : "";
    return (
      "It is hardly learning: the direction is right, but the steps are so small that the loss " +
      `stays almost where it was.${few} Raise the learning rate, or take smaller batches.`
    );
  },
  unsteady: () =>
    "It stumbles: the loss goes up as well as down. The steps are as large as they can be, or " +
    "larger; a lower rate would take it further down.",
  byHeart: () =>
    "It learns by heart: on its own digits the loss is nearly nothing, but on held-out digits it " +
    "no longer falls. More digits would help now, more steps will not.",
  silent: ({ settings }) => {
    if (settings.start === "zeros") {
      return (
        "Nothing changes but the ten last biases: units that are alike get the same gradient and " +
        "stay alike, and with weights of 0 on both sides of them that gradient is 0. Chance has " +
        "to make them differ first: choose other starting weights."
      );
    }
    return (
      "Nothing changes any more: all units are silent. A step threw them so far that none " +
      "answers to any digit, and where a ReLU is flat no gradient comes through. Only the last " +
      "biases still move. Start again with a lower rate."
    );
  },
  quiet: () =>
    "More than half of its units are silent: steps too large threw them where no digit reaches " +
    "them, and with no slope they do not come back. The others have to learn alone. Start again " +
    "with a lower rate, and see how much further all of them get.",
  diverged: ({ settings, report, points }) => {
    const { loss } = points.at(-1);
    const guessing = natsInWords(Math.log(pageData.classes.length));
    const high = isFinite(loss)
      ? `the loss is ${natsInWords(loss)}, where guessing has ${guessing}`
      : "the loss is no number any more (NaN), since sums grew past what a computer can hold";
    return (
      `It diverged by step ${report.step}: ${high}. A step too large lands where the slope is ` +
      "steeper, so the next one is larger still. It does not come back from there: start again " +
      `with a lower rate, ${Number((settings.rate / 30).toPrecision(1))} perhaps.`
    );
  },
};

const natsInWords = (loss) => `${Number(loss.toPrecision(3)).toLocaleString("en")} nats`;
const trainRateInWords = (rate) => String(Number(rate.toPrecision(2)));
