// Break it: take something of the network away and see what it then says, of one digit and of all.
"use strict";

const breaking = {
  network: null, // intact
  damage: null,
  broken: null, // the network after the damage
  job: 0, // which counting of the test digits is meant
  counted: true, // or is there something to count
  visible: false,
  tried: [], // newest first: {run, broken, count}
};
const BREAK_SLIDERS = {
  gone: { id: "break-gone", words: (value) => percent(value, 0) },
  weightNoise: { id: "break-weight-noise", words: (value) => `${value} sd` },
  pixelNoise: { id: "break-pixel-noise", words: (value) => `${value} sd` },
};

/** What the buttons break, and what is to be learnt from it. */
const BREAK_PRESETS = {
  biases: {
    damage: { biases: false },
    lesson: ({ layers }) => {
      const [weights, biases] = [sizeOfLayers(layers, "W"), sizeOfLayers(layers, "b")];
      return (
        `Only ${withCommas(biases)} of its ${withCommas(weights + biases)} numbers are biases. ` +
        "A bias says how much a unit wants to see before it speaks. Without them every unit " +
        "speaks as soon as more is for it than against it."
      );
    },
  },
  bends: {
    damage: { bends: false },
    lesson: () =>
      "It has as many layers as before, and yet it is one matrix: the pictures below are all of " +
      "it. Its weights were learnt to be bent between, so it is not even the best one matrix.",
  },
  half: {
    damage: { gone: 0.5 },
    lesson: () =>
      "What is left of each sum points in much the same way, but every unit is a little off, and " +
      "each layer builds on the one before. Move the slider back to find how much chance may " +
      "take; then take the smallest instead.",
  },
  smallest: {
    damage: { gone: 0.5, smallest: true },
    lesson: () =>
      "Just as many weights are gone, but the half nearest to 0, which said least: most of what " +
      "a network has learnt lies in few of its weights. Move the slider on: how few will do?",
  },
  noise: {
    damage: { pixelNoise: 0.3 },
    lesson: () =>
      "You still read the digit. The network has never seen a speck beside a stroke, so it takes " +
      "each for evidence, and hundreds of small pieces of evidence add up.",
  },
};

const sizeOfLayers = (layers, part) => layers.reduce((sum, layer) => sum + layer[part].length, 0);

/** The damage of a preset, for the network at hand. */
function presetDamage(name) {
  const whole = unbroken(breaking.network);
  const { bends, ...rest } = BREAK_PRESETS[name].damage;
  if (bends === false) rest.bends = whole.bends.map(() => false);
  return { ...whole, ...rest, seed: breaking.damage.seed };
}

/** The same damage, whatever the seed. */
const sameDamage = (one, other) => damageInWords(one) === damageInWords(other);

function damageInWords({ biases, bends, gone, smallest, weightNoise, pixelNoise }) {
  const which = smallest ? "the smallest" : "by chance";
  const straight = bends.flatMap((bent, l) => (bent ? [] : [l + 1]));
  const parts = [
    biases ? "" : "no biases",
    straight.length > 0 ? `no bend in layer ${straight.join(", ")}` : "",
    gone ? `${percent(gone, 0)} of the weights gone, ${which}` : "",
    weightNoise ? `noise of ${weightNoise} on the weights` : "",
    pixelNoise ? `noise of ${pixelNoise} on the pixels` : "",
  ];
  return parts.filter(Boolean).join(", ") || "nothing";
}

function damageOfControls() {
  const boxes = [...document.querySelectorAll("#break-bends input")];
  const value = (id) => Number(byId(id).value);
  return {
    biases: !byId("break-biases").checked,
    bends: boxes.map((box) => !box.checked),
    gone: value("break-gone"),
    smallest: byId("break-smallest").checked,
    weightNoise: value("break-weight-noise"),
    pixelNoise: value("break-pixel-noise"),
    seed: value("break-seed"),
  };
}

function showDamage(damage) {
  byId("break-biases").checked = !damage.biases;
  byId("break-smallest").checked = damage.smallest;
  document.querySelectorAll("#break-bends input").forEach((box, l) => {
    box.checked = !damage.bends[l];
  });
  for (const [name, { id, words }] of Object.entries(BREAK_SLIDERS)) {
    byId(id).value = damage[name];
    byId(id).setAttribute("aria-valuetext", words(damage[name]));
    document.querySelector(`output[for="${id}"]`).value = words(damage[name]);
  }
  let lesson = "";
  for (const button of document.querySelectorAll("[data-break]")) {
    const name = button.dataset.break;
    const pressed = sameDamage(damage, presetDamage(name)) && damageInWords(damage) !== "nothing";
    button.setAttribute("aria-pressed", pressed);
    if (pressed) lesson = BREAK_PRESETS[name].lesson(breaking.network);
  }
  sayBroken("break-lesson", lesson);
}

/** Put words where they are read out, but only if they are new. */
function sayBroken(id, words) {
  if (byId(id).textContent !== words) byId(id).textContent = words;
}

/** Break the network in this way, show what it says now, and count anew. */
function breakWith(damage) {
  breaking.damage = damage;
  breaking.broken = brokenNetwork(breaking.network, damage);
  breaking.counted = false;
  breaking.job++;
  showDamage(damage);
  showBroken();
  showMatrix();
  countBroken();
}

/** What the intact and the broken network say of the chosen digit. */
function showBroken() {
  const { digit } = chosen;
  if (!digit || !breaking.network) return;
  const { pixelNoise, seed } = breaking.damage;
  const seen = noisyPixels(Float32Array.from(digit.x), pixelNoise, chanceFor(seed, 999));
  showBrokenDigit("break-digit", digit.x, `The digit: ${digit.origin}`);
  showBrokenDigit("break-noisy", seen, `The digit with noise of ${pixelNoise} on its pixels`);
  const [before, after] = [
    forward(breaking.network, digit.x).p,
    forward(breaking.broken, seen).p,
  ];
  showBrokenBars(before, after);
  const [was, is] = [before, after].map(indexOfMost);
  const said = (k, p) => `${className(k)} (${percent(p[k], 1)} sure)`;
  const right = digit.label === null ? "" : `It is ${className(digit.label)}. `;
  const words = `Intact, the network says ${said(was, before)}; broken, ${said(is, after)}.`;
  sayBroken("break-said", right + words);
}

function showBrokenDigit(id, x, words) {
  paint(byId(id), x);
  byId(id).setAttribute("aria-label", words);
}

/** Two bars a class: probabilities of the intact and of the broken network. */
function showBrokenBars(before, after) {
  const place = byId("break-bars");
  while (place.childElementCount > before.length) place.lastChild.remove();
  while (place.childElementCount < before.length) place.append(brokenBars());
  const most = indexOfMost(after);
  [...place.children].forEach((row, k) => {
    row.className = k === most ? "most" : "";
    row.querySelector(".name").textContent = className(k);
    row.querySelector(".intact").style.width = percent(before[k]);
    row.querySelector(".broken").style.width = percent(after[k]);
    const shares = [before[k], after[k]].map((p) => percent(p, 1));
    row.querySelector(".share").textContent = shares.join(" → ");
  });
}

function brokenBars() {
  return element(
    "li",
    {},
    element("span", { class: "name" }),
    element(
      "span",
      { class: "pair" },
      element("span", { class: "intact" }),
      element("span", { class: "broken" }),
    ),
    element("span", { class: "share" }),
  );
}

/** Where no layer is bent any more: the one matrix that is left, as pictures. */
function showMatrix() {
  const { broken } = breaking;
  const one = broken.activations.every((name) => name === "identity");
  byId("break-matrix").hidden = !one;
  if (!one) return;
  const classes = broken.layers.at(-1).units;
  const matrix = matrixOfBroken(broken);
  const pictures = Array.from({ length: classes }, (_, k) => {
    const canvas = element("canvas", { "aria-hidden": "true" });
    paintSigned(canvas, Float64Array.from({ length: PIXELS }, (_, i) => matrix[i * classes + k]));
    return element("li", {}, canvas, className(k));
  });
  byId("break-pictures").replaceChildren(...pictures);
}

/** One box a hidden layer, to switch its bend off. */
function makeBendBoxes() {
  const boxes = chosen.network.activations.map((name, l) => {
    const box = element("input", { type: "checkbox", id: `break-bend-${l + 1}` });
    const words = ` the bend of hidden layer ${l + 1} (${name.replace("_", " ")})`;
    return element("label", {}, box, words);
  });
  byId("break-bends").replaceChildren(...boxes);
}

/** Another network keeps the damage done to the one before, as far as it has such layers. */
function breakChosen() {
  if (!chosen.network) return;
  if (chosen.network === breaking.network) return showBroken();
  const whole = unbroken(chosen.network);
  const damage = breaking.damage ?? whole;
  const bends = whole.bends.map((bent, l) => damage.bends[l] ?? bent);
  breaking.network = chosen.network;
  makeBendBoxes();
  breakWith({ ...damage, bends });
}

document.addEventListener("DOMContentLoaded", () => {
  if (!byId("damage")) return;
  const whenThere = (act) => () => breaking.network && act();
  const controls = document.querySelector("#damage .break-controls");
  controls.addEventListener("input", (event) => {
    if (event.target.id !== "break-run") whenThere(() => breakWith(damageOfControls()))();
  });
  for (const button of document.querySelectorAll("[data-break]")) {
    const act = () => breakWith(presetDamage(button.dataset.break));
    button.addEventListener("click", whenThere(act));
  }
  byId("break-reset").addEventListener(
    "click",
    whenThere(() => {
      byId("break-seed").value = 1;
      breakWith(unbroken(breaking.network));
    }),
  );
  byId("break-another").addEventListener("click", async () => {
    const { count } = await digits("test");
    choose({ digit: await testDigit(Math.floor(Math.random() * count)) });
  });
  chosen.addEventListener("change", breakChosen);
  new IntersectionObserver((entries) => {
    breaking.visible = entries.at(-1).isIntersecting;
    countBroken();
  }).observe(byId("damage"));
  breakChosen();
});
