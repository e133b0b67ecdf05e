// The contents mark the section that the reader is in, and keep its link in sight.
"use strict";

/** @type {number | null} */
let contentsFrame = null; // that is asked for

function markSection() {
  contentsFrame = null;
  const marked = document.querySelector(".links [aria-current]");
  const link = find(`.links [href="#${sectionInView().id}"]`, document.body);
  if (link === marked) return;
  marked?.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const links = byId("contents");
  links.scrollLeft = link.offsetLeft - (links.clientWidth - link.offsetWidth) / 2;
}

document.addEventListener("DOMContentLoaded", () => {
  markSection();
  addEventListener("scroll", () => (contentsFrame ??= requestAnimationFrame(markSection)), {
    passive: true,
  });
});
