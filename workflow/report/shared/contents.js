// The contents mark the section that the reader is in. Where they are a menu, its button says which one
// that is, and opens and closes it.
"use strict";

/** @type {number | null} */
let contentsFrame = null; // that is asked for

function markSection() {
  contentsFrame = null;
  const marked = document.querySelector("#contents [aria-current]");
  const link = find(`#contents [href="#${sectionInView().id}"]`, document.body);
  if (link === marked) return;
  marked?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  byId("contents-now").textContent = link.textContent;
  keepInSight(link, find(".contents"));
}

/** Scroll a list so that an item is in sight, but nothing around it. @param {HTMLElement} item @param {HTMLElement} list */
function keepInSight(item, list) {
  const [inner, outer] = [item, list].map((each) => each.getBoundingClientRect());
  if (inner.top < outer.top) list.scrollTop -= outer.top - inner.top;
  if (inner.bottom > outer.bottom) list.scrollTop += inner.bottom - outer.bottom;
}

/** @param {boolean} isOpen */
function openContents(isOpen) {
  byId("contents-open").setAttribute("aria-expanded", String(isOpen));
  if (isOpen) keepInSight(find("#contents [aria-current]"), byId("contents"));
}

const contentsAreOpen = () => byId("contents-open").getAttribute("aria-expanded") === "true";

document.addEventListener("DOMContentLoaded", () => {
  const button = byId("contents-open");
  button.hidden = false;
  openContents(false);
  button.addEventListener("click", () => openContents(!contentsAreOpen()));
  document.addEventListener("click", ({ target }) => {
    if (!button.contains(/** @type {Node} */ (target))) openContents(false);
  });
  find(".contents").addEventListener("keydown", ({ key }) => {
    if (key !== "Escape" || !contentsAreOpen()) return;
    openContents(false);
    button.focus();
  });
  markSection();
  addEventListener("scroll", () => (contentsFrame ??= requestAnimationFrame(markSection)), {
    passive: true,
  });
});
