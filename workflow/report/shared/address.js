// The address of what the reader sees, such as #damage?run=phase1&digit=115: opened by somebody else, or
// while the page shows something else, it shows the same. Sections add what belongs to them to
// `addressParts`.
"use strict";

/**
 * A part of the address: the sections in which it is seen; its text in one of them, empty where there is
 * nothing to say; what brings it back, which throws where a text cannot be used; and what takes the page
 * back to how it starts without this part.
 * @typedef {object} AddressPart
 * @property {string[]} seen
 * @property {(section: string) => string} text
 * @property {(text: string) => void | Promise<void>} restore
 * @property {() => void | Promise<void>} start
 */

/** The ids of the sections that have a part like this. @param {string} selector */
const sectionsWith = (selector) =>
  findAll(`main > section:has(${selector})`).map((section) => section.id);

/** The sections that show the chosen image. */
const sectionsWithImage = () => sectionsWith(".image-chooser");

/** In the order in which they are brought back. @type {Record<string, AddressPart>} */
const addressParts = {
  run: {
    get seen() {
      return sectionsWith(".run-picker, #train-compared");
    },
    text: () => chosen.run?.name ?? "",
    restore: (name) => {
      if (!runOf(name)?.embedded) throw new RangeError(name);
      return chooseRun(name);
    },
    start: async () => {
      const run = firstRun();
      if (run && run !== chosen.run) await chooseRun(run.name);
    },
  },
  digit: {
    get seen() {
      return sectionsWithImage();
    },
    text: () => String(chosen.digit?.number ?? ""),
    restore: async (text) => {
      const number = Number(text);
      const { count } = await digits("test");
      if (!Number.isInteger(number) || number < 0 || number >= count) throw new RangeError(text);
      choose({ digit: await testDigit(number) });
    },
    start: async () => {
      if (chosen.digit && chosen.digit.number !== 0) choose({ digit: await testDigit(0) });
    },
  },
};

/** The fold-outs that the reader has opened. */
addressParts.open = {
  get seen() {
    return sectionsWith("details[id]");
  },
  text: (section) => openDetails(byId(section)).join("."),
  restore: (text) => {
    closeDetails();
    for (const id of text.split(".")) byId(id, HTMLDetailsElement).open = true;
  },
  start: () => closeDetails(),
};

const openDetails = (/** @type {ParentNode} */ within = document) =>
  findAll("details[id][open]", within).map((each) => each.id);

function closeDetails() {
  for (const id of openDetails()) byId(id, HTMLDetailsElement).open = false;
}

/** The whole numbers of a text such as 3.5; none, if it is no such text. @param {string} text */
const numbersIn = (text) => (/^\d+(\.\d+)*$/.test(text) ? text.split(".").map(Number) : []);

/** @typedef {HTMLInputElement | HTMLSelectElement} Control */

/** What a control shows, or shows at first. @param {Control} control @param {boolean} [atFirst] */
function controlValue(control, atFirst = false) {
  if (control instanceof HTMLSelectElement) {
    const options = [...control.options];
    const first = options.find((option) => option.defaultSelected) ?? options[0];
    return atFirst ? (first?.value ?? "") : control.value;
  }
  if (control.type === "radio" || control.type === "checkbox")
    return String(atFirst ? control.defaultChecked : control.checked);
  return atFirst ? control.defaultValue : control.value;
}

/** Let a control show a value, as if the reader had entered it. @param {Control} control @param {string} value */
function enter(control, value) {
  if (control.type === "radio" || control.type === "checkbox")
    /** @type {HTMLInputElement} */ (control).checked = value === "true";
  else control.value = value;
  for (const name of ["input", "change"]) control.dispatchEvent(new Event(name, { bubbles: true }));
}

/**
 * The part for controls of a section: the values that they do not start with, by their ids. Some of the
 * controls may come and go.
 * @param {string} section
 * @param {string[]} ids
 * @returns {AddressPart}
 */
function partOfControls(section, ids) {
  const there = () => findAll(ids.map((id) => `#${id}`).join(), document);
  const changed = () =>
    /** @type {Control[]} */ (there()).filter(
      (each) => controlValue(each) !== controlValue(each, true),
    );
  const start = () => {
    for (const control of changed()) enter(control, controlValue(control, true));
  };
  return {
    seen: [section],
    text: () => {
      const values = Object.fromEntries(changed().map((each) => [each.id, controlValue(each)]));
      return Object.keys(values).length > 0 ? JSON.stringify(values) : "";
    },
    restore: (text) => {
      start();
      for (const [id, value] of Object.entries(JSON.parse(text))) {
        const control = /** @type {Control | undefined} */ (there().find((each) => each.id === id));
        if (!control) throw new RangeError(id);
        enter(control, value);
        if (controlValue(control) !== value) throw new RangeError(text);
      }
    },
    start,
  };
}

/** The address of what is in sight; its length tells whether it arrives as a whole. */
function addressNow() {
  const inSight = sectionsInSight();
  const texts = Object.entries(addressParts).map(([name, { seen, text }]) => {
    const section = inSight.find((each) => seen.includes(each));
    return [name, section ? text(section) : ""];
  });
  const query = String(new URLSearchParams(texts.filter(([, text]) => text)));
  return `#${placeInView().id}?${query && `length=${query.length}&`}${query}`;
}

/** The place that the address names, and what it says beside it, if anything. */
const partsOfAddress = () => location.hash.slice(1).split(/\?(.*)/s);

let restoring = 0; // addresses whose turn has not ended

/**
 * Show what the address says, and nothing else: where it has no such part, that is as at the start. What
 * it says wrongly is named. An address without a question mark is one of a place alone.
 */
async function restoreNow() {
  const [place, query] = partsOfAddress();
  if (query === undefined) return;
  say("");
  const given = new URLSearchParams(query.replace(/%[\da-f]?$/i, "")); // the beginning of a letter
  const length = given.get("length");
  given.delete("length");
  const isCutOff = length !== null && String(given).length < (Number(length) || Infinity);
  const wrong = [...given.keys()].filter((name) => !(name in addressParts));
  for (const [name, { restore, start }] of Object.entries(addressParts)) {
    const text = given.get(name);
    try {
      await (text === null ? start() : restore(text));
    } catch {
      wrong.push(shortened(`${name}=${text}`));
      await start();
    }
  }
  await showAll(); // what is not there yet would move the place
  leadTo(document.getElementById(place));
  const cannot = `This page cannot show a part of the link: ${wrong.join(", ")}`;
  if (isCutOff) say("The end of this link is missing, so not all that it showed is here.", 20);
  else if (wrong.length > 0) say(cannot, 20);
}

let lastAddress = Promise.resolve(); // restored

/** One address after the other, each as it is when its turn comes. */
function restoreAddress() {
  restoring += 1;
  lastAddress = lastAddress.then(restoreNow, restoreNow).finally(() => (restoring -= 1));
  return lastAddress;
}

const PART_SHOWN = 24; // characters of a part that cannot be used

/** A text, or its beginning. @param {string} text */
const shortened = (text) => (text.length > PART_SHOWN ? `${text.slice(0, PART_SHOWN)} …` : text);

let lastMessage = 0; // the timer that takes it away

/**
 * Tell the reader something below the contents, for so many seconds.
 * @param {string} words
 * @param {number} seconds
 */
function say(words, seconds = 4) {
  clearTimeout(lastMessage);
  const message = byId("page-message");
  message.textContent = words;
  lastMessage = setTimeout(() => (message.textContent = ""), 1000 * seconds);
}

const COPIED = "copied here"; // the state of an address that this page has put into the address bar

/** Go to the place of an address, and leave all else as it is. */
function goBack() {
  say("");
  const [place, query] = partsOfAddress();
  addressParts.at.restore(new URLSearchParams(query).get("at") ?? "0");
  leadTo(document.getElementById(place));
}

/** Put the address into the window's address bar and into the clipboard, where that is allowed. */
async function copyLink() {
  history.replaceState(COPIED, "", addressNow());
  try {
    await navigator.clipboard.writeText(location.href);
    say("Link copied.");
  } catch {
    say("Link in the address bar.");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  byId("copy-link").addEventListener("click", copyLink);
  addEventListener("hashchange", () => {
    // A reader who goes back to where a link was copied loses nothing that was done since.
    if (history.state === COPIED) goBack();
    else restoreAddress();
  });
});
