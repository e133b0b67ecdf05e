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

/**
 * What a table is called: the label of its box, or the beginning of its caption.
 * @param {HTMLTableElement} table
 */
function tableTitle(table) {
  const label = table.closest(".scroll")?.getAttribute("aria-label")?.replace("Table: ", "");
  return label ?? table.caption?.textContent?.trim().split(/[,;:]/)[0] ?? "table";
}

/**
 * The name of a table's file: the data set and what the table is called. A name that both have, such as
 * that of a run, stands there once.
 * @param {string} title
 */
function csvFileName(title) {
  const wordsOf = (/** @type {string} */ text) =>
    text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
  const words = wordsOf(pageData.dataset);
  const others = wordsOf(title).filter((word) => words.every((each) => each !== word));
  return `${[...words, ...others].join("-")}.csv`;
}

/** A button below a table that saves it. @param {HTMLTableElement} table */
function offerCsv(table) {
  const title = tableTitle(table);
  const click = () => saveFile(csvFileName(title), tableAsCsv(table));
  const button = element("button", { type: "button", class: "save", click }, "Save as CSV");
  button.append(element("span", { class: "unseen" }, `: ${title}`));
  (table.closest(".scroll") ?? table).after(button);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const table of findAll("main table", document, HTMLTableElement)) offerCsv(table);
});
