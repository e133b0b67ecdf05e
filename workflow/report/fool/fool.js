// Fool the network: what the reader chooses, and the image, its change and the predictions.
"use strict";

/**
 * What the reader has chosen, and whether the smallest change is searched for.
 * @typedef {{attack: string, size: number, target: number | null, smallest: boolean}} Fooling
 */

const fooling = {
  /** @type {Attacks | null} */
  known: null, // from the pipeline
  /** @type {Fooling} */
  now: { attack: "", size: 0, target: null, smallest: false },
  start: "", // what the reader has not changed, as text
  search: 0, // which search for the smallest change is the current one
};

/** @type {View} */
let foolView;

const foolSize = () => byId("fool-size", HTMLInputElement);
const foolTarget = () => byId("fool-target", HTMLSelectElement);
const attackButtons = () => findAll("[data-attack]", document, HTMLButtonElement);

/** The attack of this name. @param {string} name */
const attackOf = (name) =>
  /** @type {Attack} */ (fooling.known?.attacks.find((attack) => attack.name === name));

/** The chosen network and image, and what the attack is for. */
function foolingNow() {
  const { network, digit } = chosen;
  if (!network || !digit) return null;
  const before = forward(network, digit.x);
  const label = digit.label ?? indexOfLargest(before.p);
  return { network, digit, before, aim: { label, target: fooling.now.target } };
}

/**
 * The image after a change of this size by the chosen attack, or another.
 * @param {Network} network
 * @param {Numbers} x
 * @param {Aim} aim
 * @param {number} size
 */
function fooled(network, x, aim, size, attack = fooling.now.attack) {
  const step = Number(fooling.known?.step);
  return CHANGES[attack](network, x, aim, size, { steps: attackOf(attack).steps, step });
}

function showFoolingChoices() {
  const { attack, size, target } = fooling.now;
  for (const button of attackButtons()) {
    button.setAttribute("aria-pressed", String(button.dataset.attack === attack));
  }
  foolSize().value = String(size);
  showFoolSize(sizeText(size));
  foolTarget().value = target === null ? "" : String(target);
  foolTarget().disabled = attack === "random_signs";
}

/** @param {number} size */
const sizeText = (size) => `${size.toFixed(3)} (${Math.round(255 * size)} of 255 grey levels)`;

/** @param {string} text */
function showFoolSize(text) {
  foolSize().setAttribute("aria-valuetext", text);
  setText(find('output[for="fool-size"]'), text);
}

function showFooled() {
  const now = foolingNow();
  if (!now) return;
  const { network, digit, before, aim } = now;
  const { size } = fooling.now;
  const changed = fooled(network, digit.x, aim, size);
  const change = Float64Array.from(changed, (value, i) => value - digit.x[i]);
  const after = forward(network, changed);
  showInput("fool-image", digit.x, digit.origin);
  paintChange(change, size);
  const isUsed = size === 0 || change.some((value) => value !== 0);
  showFoolSize(isUsed ? sizeText(size) : `${size.toFixed(3)} allowed, 0 used`);
  showInput("fool-result", changed, `${digit.origin}, changed by up to ${size}`);
  showPairsOfBars(byId("fool-bars"), calibrated(before), calibrated(after));
  setText(byId("fool-words"), wordsOfFooling(now, after, change));
  const isAim = isReached(indexOfLargest(after.p), aim);
  byId("fool-result").classList.toggle("is-fooled", isAim);
}

/**
 * @param {Numbers} change
 * @param {number} size that has the full colour
 */
function paintChange(change, size) {
  const canvas = byId("fool-change", HTMLCanvasElement);
  paintColours(canvas, change, (value) => signedColour(size ? value / size : 0));
  const [brighter, darker] = [1, -1].map((sign) => change.filter((v) => sign * v > 0).length);
  const description = `The change: ${brighter} pixels brighter, ${darker} darker`;
  canvas.setAttribute("aria-label", description);
}

/**
 * @param {NonNullable<ReturnType<typeof foolingNow>>} now
 * @param {Pass} after
 * @param {Numbers} change
 */
function wordsOfFooling(now, after, change) {
  const { digit, before, aim } = now;
  const [unchanged, changed] = [before, after].map(predictionText);
  const right =
    digit.label === null
      ? "You have not said what your drawing is, so the network’s own prediction is taken as right."
      : `The label is ${className(aim.label)}.`;
  const moved = change.filter((value) => value !== 0).length;
  const already = withoutChange(before, aim);
  return [
    right,
    `Unchanged, the network predicts ${unchanged}; changed, ${changed}.`,
    ...(already ? [already] : []),
    moved > 0 ? `${moved} of ${PIXELS} pixels are changed.` : whyUnchanged(already),
    ...(already ? [] : comparedWithRandom(now, after)),
  ].join(" ");
}

/** The predicted class and its confidence. @param {Pass} pass */
function predictionText(pass) {
  const k = indexOfLargest(pass.p);
  return `${className(k)} (${percent(calibrated(pass)[k], 1)})`;
}

/**
 * What random signs of the same size do, against what the chosen change does.
 * @param {NonNullable<ReturnType<typeof foolingNow>>} now
 * @param {Pass} after the chosen change
 */
function comparedWithRandom({ network, digit, before, aim }, after) {
  const { attack, size } = fooling.now;
  if (attack === "random_signs" || size === 0) return [];
  const random = forward(network, fooled(network, digit.x, aim, size, "random_signs"));
  const [byAttack, byRandom] = [after, random].map(
    ({ p }) => indexOfLargest(p) !== indexOfLargest(before.p),
  );
  const { title } = attackOf(attack);
  /** @type {string} */
  let meaning;
  if (byRandom) {
    meaning = byAttack
      ? "a change of this size needs no gradient to change the prediction"
      : `they change the prediction, and ${title} does not`;
  } else {
    meaning = byAttack
      ? "the direction of the change matters, and not only its size"
      : `neither they nor ${title} change the prediction at this size`;
  }
  const still = byRandom ? "" : "still ";
  return [
    `With random signs of the same size (drawn once), it ${still}predicts ${predictionText(random)}: ${meaning}.`,
  ];
}

/** That the attack has nothing to do, or nothing. @param {Pass} before @param {Aim} aim */
function withoutChange({ p }, aim) {
  if (!isReached(indexOfLargest(p), aim)) return "";
  return aim.target === null
    ? "The network is wrong already, without any change."
    : `The network predicts ${className(aim.target)} already, without any change.`;
}

/** Why no pixel is changed. @param {string} already */
function whyUnchanged(already) {
  const { attack, size } = fooling.now;
  if (size === 0) return "The size of the change is 0.";
  const { title, steps } = attackOf(attack);
  return steps > 1 && already
    ? `So ${title} changes no pixel, whatever size is allowed.`
    : "No pixel is changed, since the gradient is 0 where a pixel could be changed.";
}

/** Move the slider to the smallest change that does what the attack is for. */
async function findSmallest() {
  const search = ++fooling.search;
  const now = foolingNow();
  if (!now) return;
  const { network, digit, before, aim } = now;
  fooling.now.smallest = true;
  const already = withoutChange(before, aim);
  if (already) {
    setText(byId("fool-none"), already);
    return;
  }
  const slider = foolSize();
  const count = Math.round(Number(slider.max) / Number(slider.step));
  for (let k = 1; k <= count; k++) {
    const size = (k * Number(slider.max)) / count;
    if (isReached(predict(network, fooled(network, digit.x, aim, size)), aim)) {
      changeFooling({ size: Number(size.toFixed(3)), smallest: true });
      const tried = `of the sizes tried, which are ${slider.step} apart`;
      const found = `${size.toFixed(3)} is the smallest that does it`;
      setText(byId("fool-none"), `${attackText()}: ${tried}, ${found}.`);
      foolView.now();
      byId("fool-words").scrollIntoView({ block: "nearest" });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve));
    if (search !== fooling.search) return;
  }
  const tried = `none of the sizes tried, up to ${slider.max} and ${slider.step} apart, does it`;
  setText(byId("fool-none"), `${attackText()}: ${tried}.`);
}

/** The chosen attack, and what limits it. */
function attackText() {
  const { name, title, steps } = attackOf(fooling.now.attack);
  if (name === "random_signs") return `${title}, drawn once`;
  return steps > 1 ? `${title} with at most ${steps} steps` : title;
}

/** @param {Partial<Fooling>} changes */
function changeFooling(changes) {
  Object.assign(fooling.now, changes);
  if (fooling.now.attack === "random_signs") fooling.now.target = null;
  endSearch();
  fooling.now.smallest = changes.smallest ?? false;
  showFoolingChoices();
  foolView.changed();
}

function endSearch() {
  fooling.search++;
  fooling.now.smallest = false;
  setText(byId("fool-none"), "");
}

addressParts.fool = {
  seen: ["fool"],
  text: () => {
    const text = JSON.stringify(fooling.now);
    return text === fooling.start || !fooling.known ? "" : text;
  },
  restore: (text) => {
    const { attack, size, target, smallest } = JSON.parse(text);
    const isClass = target === null || (Number.isInteger(target) && className(target));
    if (!attackOf(attack) || !isClass) throw new RangeError(text);
    if (!(size >= 0 && size <= Number(foolSize().max))) throw new RangeError(text);
    changeFooling({ attack, size, target });
    return smallest ? findSmallest() : undefined;
  },
  start: () => {
    if (fooling.known) changeFooling(JSON.parse(fooling.start));
  },
};

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("fool-size")) return; // no network can compute in this page
  const known = /** @type {Attacks} */ (JSON.parse(embeddedText("fool-attacks")));
  known.attacks = known.attacks.filter(({ name }) => name in CHANGES);
  fooling.known = known;
  const size = known.sizes[Math.floor(known.sizes.length / 2)];
  const { name } = known.attacks[known.attacks.length - 1];
  fooling.now = { attack: name, size, target: null, smallest: false };
  fooling.start = JSON.stringify(fooling.now);
  for (const button of attackButtons()) {
    button.addEventListener("click", () =>
      changeFooling({ attack: String(button.dataset.attack) }),
    );
  }
  foolSize().addEventListener("input", () => changeFooling({ size: foolSize().valueAsNumber }));
  foolTarget().addEventListener("change", () => {
    const { value } = foolTarget();
    changeFooling({ target: value === "" ? null : Number(value) });
  });
  byId("fool-smallest").addEventListener("click", findSmallest);
  chosen.addEventListener("change", endSearch);
  foolView = viewOfChoice("fool", showFooled);
  showFoolingChoices();
});
