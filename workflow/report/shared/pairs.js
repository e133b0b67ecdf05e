// The probabilities of all classes before and after something was done to a network or an image: two
// bars for each class.
"use strict";

/**
 * @param {HTMLElement} list gets its bars when they are first shown
 * @param {Numbers} before
 * @param {Numbers} after
 */
function showPairsOfBars(list, before, after) {
  if (!list.firstChild) list.append(...pageData.classes.map(pairOfBars));
  const largest = indexOfLargest(after);
  findAll("li", list).forEach((row, k) => {
    row.className = k === largest ? "largest" : "";
    find(".before", row).style.width = percent(before[k]);
    find(".after", row).style.width = percent(after[k]);
    const [from, to] = [before, after].map((p) => percent(p[k], 1));
    find(".share", row).textContent = from === to ? to : `${from} → ${to}`;
  });
}

/** @param {string} name */
function pairOfBars(name) {
  const bars = [element("span", { class: "before" }), element("span", { class: "after" })];
  return element(
    "li",
    {},
    element("span", { class: "name" }, name),
    element("span", { class: "pair" }, ...bars),
    element("span", { class: "share" }),
  );
}
