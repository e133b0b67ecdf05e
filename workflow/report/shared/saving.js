// What a reader can take along as a file: here the tables that the pipeline wrote, as CSV; sections offer
// more.
"use strict";

/**
 * Let the reader save bytes or text as a file.
 * @param {string} name
 * @param {BlobPart} content
 */
function saveFile(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  const link = element("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The cells of a table as CSV (RFC 4180). @param {HTMLTableElement} table */
function tableAsCsv(table) {
  const rows = [...table.rows].map((row) => [...row.cells].map(cellAsCsv).join(","));
  return `${rows.join("\r\n")}\r\n`;
}

/** A cell's text; one that spans columns is followed by empty ones. @param {HTMLTableCellElement} cell */
function cellAsCsv(cell) {
  const lines = [...cell.childNodes].map(({ textContent }) => textContent); // br separates words, too
  const text = lines.join(" ").replace(/\s+/g, " ").trim();
  const quoted = /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return quoted + ",".repeat(cell.colSpan - 1);
}

/** A button below a table that saves it. @param {HTMLTableElement} table */
function offerCsv(table) {
  const section = table.closest("section")?.id ?? "table";
  const number = findAll(`#${CSS.escape(section)} table`).indexOf(table) + 1;
  const name = `${pageData.dataset}-${section}-${number}.csv`;
  const click = () => saveFile(name, tableAsCsv(table));
  const title = table.caption?.textContent?.trim() || `table ${number} of ${section}`;
  const button = element("button", { type: "button", class: "save", click }, "Save as CSV");
  button.append(element("span", { class: "unseen" }, `: ${title}`));
  (table.closest(".scroll") ?? table).after(button);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of findAll("main table", document, HTMLTableElement)) offerCsv(table);
});
