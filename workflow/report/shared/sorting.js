// Tables of class "sortable": a click on a column's header sorts the rows by it, another click the
// other way round. A cell is worth its data-value, where it has one, or else its text.
"use strict";

/** What a cell is worth in sorting: a number, a text, or null for nothing. */
function sortingValue(row, column) {
  const cell = row.cells[column];
  const text = (cell.dataset.value ?? cell.textContent).trim();
  const number = Number(text.replace(/[,%]/g, ""));
  if (text === "" || text === "–") return null;
  return Number.isNaN(number) ? text : number;
}

/** Negative where `one` comes before `other`, texts by the alphabet where not both are numbers. */
function sortingOrder(one, other) {
  if (typeof one === "number" && typeof other === "number") return one - other;
  return String(one).localeCompare(String(other), "en");
}

/** Sort a table's rows by a column; rows with nothing there come last either way. */
function sortTable(table, header) {
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const [body] = table.tBodies;
  const worth = new Map();
  for (const row of body.rows) worth.set(row, sortingValue(row, header.cellIndex));
  const rows = [...body.rows].sort((a, b) => {
    const [one, other] = [worth.get(a), worth.get(b)];
    if (one === null || other === null) return (one === null) - (other === null);
    return up ? sortingOrder(one, other) : sortingOrder(other, one);
  });
  body.append(...rows);
}

/** Put a button into each of a table's headers. */
function makeSortable(table) {
  for (const header of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sortTable(table, header));
    header.append(button);
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("table.sortable").forEach(makeSortable);
});
