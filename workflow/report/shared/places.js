// Where in the page the reader is, and how a link leads another reader there. The headings are places, and
// so is what is marked as one; an address names one of them, and how much of the way to the next one the
// reader has gone; where it is not reached yet, how much of the window it is below the top, as a negative
// number. What is pinned is none, since it moves with the reader.
"use strict";

const PLACES = ":is(h3, h4, dt, [data-place])[id]:not(.pinned *)";

const UPPER_PART = 0.4; // of the window, in which a place may be what the reader looks at

const topOf = (/** @type {HTMLElement} */ part) => part.getBoundingClientRect().top;

/** The section that takes up the middle of the window. */
function sectionInView() {
  const sections = findAll("main > section");
  const middle = innerHeight / 2;
  return sections.findLast((each) => topOf(each) < middle) ?? sections[0];
}

/** The ids of the sections of which the window shows something. */
function sectionsInSight() {
  const inSight = findAll("main > section").filter((each) => {
    const { top, bottom } = each.getBoundingClientRect();
    return top < innerHeight && bottom > 0;
  });
  return inSight.map((section) => section.id);
}

/** The places of a section, of which it is one itself. @param {HTMLElement} section */
const placesOf = (section) => [
  section,
  ...findAll(PLACES, section).filter((each) => each.checkVisibility()),
];

/**
 * By how much the window is past a place: 0 where a link to it leads, which is below what stays in sight.
 * @param {HTMLElement} place
 */
function passed(place) {
  const { scrollPaddingTop } = getComputedStyle(document.documentElement);
  const { scrollMarginTop } = getComputedStyle(place);
  return parseFloat(scrollPaddingTop) + parseFloat(scrollMarginTop) - topOf(place);
}

/** The place of the section in view that is nearest to the top of the window, and not in its lower part. */
function placeInView() {
  const section = sectionInView();
  const near = placesOf(section).filter((each) => passed(each) > -UPPER_PART * innerHeight);
  const away = (/** @type {HTMLElement} */ each) => Math.abs(passed(each));
  return near.reduce((best, each) => (away(each) < away(best) ? each : best), section);
}

/** How far it is from a place to the next one, or to the next section. @param {HTMLElement} place */
function wayFrom(place) {
  const section = /** @type {HTMLElement} */ (place.closest("main > section"));
  const sections = findAll("main > section");
  const next = sections[sections.indexOf(section) + 1];
  const end = next ? topOf(next) : section.getBoundingClientRect().bottom;
  const ends = [...placesOf(section).map(topOf), end];
  return Math.min(...ends.filter((end) => end > topOf(place))) - topOf(place);
}

let shareOfWay = 0; // that the address names

addressParts.at = {
  get seen() {
    return sectionsWith("h2");
  },
  text: () => {
    const place = placeInView();
    const way = passed(place);
    const share = Number((way / (way > 0 ? wayFrom(place) : innerHeight)).toFixed(4));
    return share === 0 ? "" : String(share);
  },
  restore: (text) => {
    const share = Number(text);
    if (!(share >= -1 && share <= 1)) throw new RangeError(text);
    shareOfWay = share;
  },
  start: () => {
    shareOfWay = 0;
  },
};

/** Scroll to where the address says; to the section of a place that is not visible. @param {HTMLElement | null} place */
function scrollToPlace(place) {
  const section = place?.closest("main > section");
  section?.scrollIntoView(); // then nothing in it is pinned
  if (!place?.checkVisibility()) return;
  const unit = section && shareOfWay > 0 ? wayFrom(place) : innerHeight;
  scrollBy(0, shareOfWay * unit - passed(place));
}

const ARRIVING = 10; // seconds, at most, in which parts of a page can arrive that move a place

let stopArriving = () => {};

/**
 * Lead to where the address says, and stay there while other parts of the page arrive, until the reader
 * scrolls.
 * @param {HTMLElement | null} place
 */
function leadTo(place) {
  stopArriving();
  let arrivedAt = -1; // as far as the page was scrolled for it
  const arrived = new ResizeObserver(() => {
    scrollToPlace(place);
    arrivedAt = scrollY;
  });
  const scrolled = () => {
    if (arrivedAt >= 0 && Math.abs(scrollY - arrivedAt) > 1) stopArriving();
  };
  const { style } = document.documentElement;
  const timer = setTimeout(() => stopArriving(), 1000 * ARRIVING);
  stopArriving = () => {
    arrived.disconnect();
    removeEventListener("scroll", scrolled);
    clearTimeout(timer);
    style.overflowAnchor = "";
  };
  style.overflowAnchor = "none"; // or else a browser would scroll by itself
  addEventListener("scroll", scrolled);
  scrollToPlace(place);
  arrived.observe(document.body);
}
