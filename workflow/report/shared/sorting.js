// Tables of class "sortable": a click on a column's header sorts the rows by it, and another click
// reverses the order. A cell is sorted by its data-value, if it has one, or else by its text.
"use strict";

/**
 * What a cell is sorted by: a number, a text, or null for nothing.
 * @param {HTMLTableRowElement} row
 * @param {number} column
 */
function sortingValue(row, column) {
  const cell = row.cells[column];
  const text = (cell.dataset.value ?? cell.textContent ?? "").trim();
  const number = Number(text.replace(/[,%]/g, ""));
  if (text === "" || text === "–") return null;
  return Number.isNaN(number) ? text : number;
}

/**
 * Negative where `one` comes before `other`: numbers by size, texts by the alphabet.
 * @param {number | string} one
 * @param {number | string} other
 */
function sortingOrder(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en");
}

/**
 * Sort a table's rows by a column; rows without a value in it come last either way.
 * @param {HTMLTableElement} table
 * @param {HTMLTableCellElement} header
 */
function sortTable(table, header) {
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of headersOf(table)) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const [body] = table.tBodies;
  const keyed = [...body.rows].map((row) => ({ row, key: sortingValue(row, header.cellIndex) }));
  keyed.sort(({ key: one }, { key: other }) => {
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return up ? sortingOrder(one, other) : sortingOrder(other, one);
  });
  body.append(...keyed.map(({ row }) => row));
}

/** @param {HTMLTableElement} table */
const headersOf = (table) => [...(table.tHead?.rows[0].cells ?? [])];

/** Put a button into each of a table's headers. @param {HTMLTableElement} table */
function makeSortable(table) {
  for (const header of headersOf(table)) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortTable(table, header));
    header.append(button);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of document.querySelectorAll("table.sortable")) {
    makeSortable(/** @type {HTMLTableElement} */ (table));
  }
});
