// The colours that the reader chose: those of the system, light or dark. This runs before anything is
// painted, so that no other colours flash up, and keeps the choice where the browser lets it.
"use strict";

function storedTheme() {
  try {
    return localStorage.getItem("handwritten-theme") ?? "system";
  } catch {
    return "system"; // no storage for this page
  }
}

/** @param {string} theme */
function storeTheme(theme) {
  try {
    localStorage.setItem("handwritten-theme", theme);
  } catch {
    // It holds until the page is left.
  }
}

/** @param {string} theme */
function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
}

showTheme(storedTheme());

document.addEventListener("DOMContentLoaded", () => {
  const select = /** @type {HTMLSelectElement} */ (document.getElementById("theme"));
  select.value = storedTheme();
  select.hidden = false;
  select.addEventListener("change", () => {
    showTheme(select.value);
    storeTheme(select.value);
  });
});
