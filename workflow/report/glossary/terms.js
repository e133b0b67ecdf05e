// A word of the glossary says what it means under the pointer, too.
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  for (const word of findAll("a.term", document, HTMLAnchorElement)) {
    const entry = document.getElementById(word.hash.slice(1));
    word.title = entry?.nextElementSibling?.firstChild?.textContent?.trim() ?? "";
  }
});
