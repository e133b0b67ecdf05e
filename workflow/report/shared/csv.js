// A table as CSV (RFC 4180): a row of names, and below it one fact in every cell. Numbers are plain: 1,329
// is 1329, 8.42% is 0.0842, and 3.2 × 10⁻¹⁰ is 3.2e-10. What a cell shows as two facts, such as
// 97.99–98.53% or 109 of 5,000, is in two columns.
"use strict";

/** A column of the file: its name, and its text in every row. @typedef {{name: string, texts: string[]}} CsvColumn */

const CSV_NUMBER = "[-−]?\\d[\\d,]*(?:\\.\\d+)?(?:e[-+]?\\d+)?";
const CSV_CELL = new RegExp(
  `^~?(?<value>${CSV_NUMBER})(?:–(?<high>${CSV_NUMBER}))?(?<percent>%?)(?: of (?<of>${CSV_NUMBER}))?` +
    `(?: \\((?<also>${CSV_NUMBER})(?:–(?<top>${CSV_NUMBER}))?(?<alsoPercent>%?)\\))?(?<mark>[*†‡]*)$`,
);
const CSV_POWER = /(?:([\d.]+) × )?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/;
const CSV_EXPONENT = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";

/** @param {HTMLTableElement} table */
function tableAsCsv(table) {
  const columns = csvColumns(table);
  const rows = columns[0].texts.map((_, i) => columns.map(({ texts }) => texts[i]));
  const lines = [columns.map(({ name }) => name), ...rows].map((row) =>
    row.map(csvQuoted).join(","),
  );
  return `${lines.join("\r\n")}\r\n`;
}

/** @param {string} text */
const csvQuoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** All columns that are not empty. A row that names those below it is a column. @param {HTMLTableElement} table */
function csvColumns(table) {
  /** @type {string[]} */
  const groups = [];
  /** @type {HTMLTableRowElement[]} */
  const rows = [];
  let group = "";
  for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
    if (row.cells.length === 1) group = csvText(row.cells[0]);
    else {
      rows.push(row);
      groups.push(group);
    }
  }
  const columns = csvHeads(table).flatMap(({ name, parts }, i) => {
    const texts = rows.map((row) => csvText(row.cells[i]));
    return csvFacts({ name, texts }, parts);
  });
  const all = [{ name: "group", texts: groups }, ...columns];
  const shown = all.filter(({ texts }) => texts.some((text) => text !== ""));
  return rows.length > 0 ? shown : columns;
}

/**
 * The names of a table's columns, after those above them, and those of their facts (`data-parts`).
 * @param {HTMLTableElement} table
 */
function csvHeads(table) {
  const above = [...(table.tHead?.rows ?? [])];
  const last = above.pop();
  const groups = above.flatMap((row) =>
    [...row.cells].flatMap((cell) => Array.from({ length: cell.colSpan }, () => csvText(cell))),
  );
  return [...(last?.cells ?? [])].map((cell, i) => ({
    name: [groups[i], csvText(cell)].filter(Boolean).join(" "),
    parts: cell.dataset.parts?.split("|") ?? [],
  }));
}

/** What a cell says, a dash for nothing left out; lines are kept apart. @param {HTMLTableCellElement | undefined} cell */
function csvText(cell) {
  if (!cell) return "";
  // biome-ignore lint/performance/useDomNodeTextContent: line breaks separate facts
  const shown = cell.querySelector("math") ? cell.textContent : cell.innerText;
  const text = cell.dataset.value ?? shown;
  const lines = (text ?? "").split("\n").map((line) => line.replace(/\s+/g, " ").trim());
  const joined = lines.filter(Boolean).join("\n");
  return joined === "–" ? "" : joined;
}

/**
 * A column for each fact of a column's cells. `parts` are their names; with them, lines are facts.
 * @param {CsvColumn} column
 * @param {string[]} parts
 * @returns {CsvColumn[]}
 */
function csvFacts({ name, texts }, parts) {
  const cells = texts.map((text) => csvNumbers(text.replace("\n(", " (")));
  if (cells.some((cell) => cell !== null)) {
    const kinds = /** @type {const} */ (["value", "high", "of", "also", "top", "mark"]);
    const used = kinds.filter((kind) => cells.some((cell) => cell?.[kind]));
    const isRange = cells.every((cell, i) => texts[i] === "" || cell?.high);
    return used.map((kind, i) => ({
      name: parts[i] ?? csvName(name, kind, kind === "value" ? isRange : used.includes("top")),
      texts: cells.map((cell, row) =>
        kind === "value" && !cell ? texts[row] : (cell?.[kind] ?? ""),
      ),
    }));
  }
  if (parts.length === 0) return [{ name, texts }];
  return parts.map((part, i) => ({
    name: part,
    texts: texts.map((text) => text.split("\n")[i] ?? ""),
  }));
}

/**
 * What the column of a kind of fact is called.
 * @param {string} name
 * @param {"value" | "high" | "of" | "also" | "top" | "mark"} kind
 * @param {boolean} isRange whether a value, or the number in brackets, is the lower end of a range
 */
function csvName(name, kind, isRange) {
  const also = isRange ? "lower end" : "in brackets";
  const kinds = {
    value: "lower end",
    high: "upper end",
    of: "of",
    also,
    top: "upper end",
    mark: "mark",
  };
  return kind === "value" && !isRange ? name : `${name}: ${kinds[kind]}`;
}

/** The numbers of a cell, plain, or null where it says something else. @param {string} text */
function csvNumbers(text) {
  const power = (/** @type {string} */ _, digits = "1", exponent = "") => {
    const raised = [...exponent].map((letter) => "-0123456789"[CSV_EXPONENT.indexOf(letter)]);
    return `${digits}e${raised.join("")}`;
  };
  const found = CSV_CELL.exec(text.replace(CSV_POWER, power))?.groups;
  if (!found) return null;
  const [percent, also] = [found.percent !== "", found.alsoPercent !== ""];
  return {
    value: csvNumber(found.value, percent),
    high: csvNumber(found.high, percent),
    of: csvNumber(found.of, false),
    also: csvNumber(found.also, also),
    top: csvNumber(found.top, also),
    mark: found.mark,
  };
}

/** @param {string | undefined} text @param {boolean} isPercent */
function csvNumber(text, isPercent) {
  const plain = (text ?? "").replaceAll(",", "").replace("−", "-");
  return isPercent && plain ? String(Number((Number(plain) / 100).toPrecision(12))) : plain;
}
