// The address of what the reader sees, such as #damage?run=phase1&digit=115: opened by somebody else,
// it shows the same. Sections add what belongs to them to `addressParts`.
"use strict";

/**
 * A part of the address: its text, empty where there is nothing to say, and what brings it back;
 * `restore` throws where a text cannot be used.
 * @typedef {{text: () => string, restore: (text: string) => void | Promise<void>}} AddressPart
 */

/** In the order in which they are brought back. @type {Record<string, AddressPart>} */
const addressParts = {
  run: {
    text: () => chosen.run?.name ?? "",
    restore: (name) => {
      if (!runOf(name)?.embedded) throw new RangeError(name);
      return chooseRun(name);
    },
  },
  digit: {
    text: () => String(chosen.digit?.number ?? ""),
    restore: async (text) => {
      const number = Number(text);
      const { count } = await digits("test");
      if (!Number.isInteger(number) || number < 0 || number >= count) throw new RangeError(text);
      choose({ digit: await testDigit(number) });
    },
  },
};

/** The section that takes up the middle of the window. */
function sectionInView() {
  const sections = findAll("main > section");
  const middle = innerHeight / 2;
  return sections.findLast((each) => each.getBoundingClientRect().top < middle) ?? sections[0];
}

function addressNow() {
  const parts = Object.entries(addressParts).map(([name, { text }]) => [name, text()]);
  const query = new URLSearchParams(parts.filter(([, text]) => text));
  return `#${sectionInView().id}?${query}`;
}

/** Show what the address says. What it says wrongly is named, and the rest is used. */
async function restoreAddress() {
  const [section, query] = location.hash.slice(1).split(/\?(.*)/s);
  if (!query) return;
  const wrong = [];
  const given = new URLSearchParams(query);
  for (const [name, { restore }] of Object.entries(addressParts)) {
    const text = given.get(name);
    try {
      if (text !== null) await restore(text);
    } catch {
      wrong.push(`${name}=${text}`);
    }
  }
  for (const name of given.keys()) if (!(name in addressParts)) wrong.push(name);
  document.getElementById(section)?.scrollIntoView();
  if (wrong.length > 0) say(`This page cannot show a part of the link: ${wrong.join(", ")}`, 20);
}

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

/** Put the address into the window's address bar and into the clipboard, where that is allowed. */
async function copyLink() {
  history.replaceState(null, "", addressNow());
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch {
    say("The link is in the address bar.");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  byId("copy-link").addEventListener("click", copyLink);
  addEventListener("hashchange", restoreAddress);
});
