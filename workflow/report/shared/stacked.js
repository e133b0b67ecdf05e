// Tables of class "stacked": on a narrow screen each row is a card, and the name of its column stands above
// each value.
"use strict";

/** Let each cell know the name of its column. @param {HTMLTableElement} table */
function nameCells(table) {
  const names = [...(table.tHead?.rows[0].cells ?? [])].map((cell) => cell.textContent ?? "");
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, i) => {
      cell.dataset.column = names[i];
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of findAll("table.stacked", document, HTMLTableElement)) {
    nameCells(table);
    new MutationObserver(() => nameCells(table)).observe(table.tBodies[0], { childList: true });
  }
});
