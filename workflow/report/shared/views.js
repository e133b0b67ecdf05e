// What follows from the reader's choices is shown once a frame, and only near the window: a pen that
// moves, a slider or another network does not make the page compute what nobody sees.
"use strict";

const NEAR = "200px"; // from the window
const LATEST = 200; // ms

/** @type {View[]} */
const views = [];
/** @type {number | null} */
let viewsFrame = null; // that is asked for

/** A part of a section, which is shown again in the next frame after a change, if it is near. */
class View {
  isStale = false;
  isNear = false;
  /** @type {void | Promise<void>} */
  #shown = undefined;
  #show;

  /**
   * @param {HTMLElement} section
   * @param {() => void | Promise<void>} show
   */
  constructor(section, show) {
    this.#show = show;
    views.push(this);
    whenNear(section, (isNear) => {
      this.isNear = isNear;
      askForFrame();
    });
    for (const use of ["focusin", "pointerdown"]) {
      section.addEventListener(use, () => this.now(), { capture: true }); // sooner than the observer
    }
  }

  /** What it shows has changed. */
  changed() {
    this.isStale = true;
    askForFrame();
  }

  /** Show what has changed at once, wherever the reader is. What it returns can be waited for. */
  now() {
    if (this.isStale) {
      this.isStale = false;
      this.#shown = this.#show();
    }
    return this.#shown;
  }
}

/**
 * Show a part of a section whenever the reader chooses another network or image.
 * @param {string} section
 * @param {() => void} show
 */
function viewOfChoice(section, show) {
  const view = new View(byId(section), show);
  chosen.addEventListener("change", () => view.changed());
  return view;
}

/**
 * Call `act` whenever an element comes near the window, or is left.
 * @param {HTMLElement} watched
 * @param {(isNear: boolean) => void} act
 */
function whenNear(watched, act) {
  const observed = (/** @type {IntersectionObserverEntry[]} */ entries) =>
    act(entries[entries.length - 1].isIntersecting);
  new IntersectionObserver(observed, { rootMargin: NEAR }).observe(watched);
}

function askForFrame() {
  viewsFrame ??= requestAnimationFrame(showNear);
}

/** Show what is near, and in the next frame what that has changed. */
function showNear() {
  try {
    for (const view of views) if (view.isNear) view.now();
  } finally {
    viewsFrame = null;
    if (views.some(({ isNear, isStale }) => isNear && isStale)) askForFrame();
  }
}

/** Show everything, and wait until it is there. */
const showAll = () => Promise.all(views.map((view) => view.now()));

/** Show everything, one view at a time, while nothing else is to be done. */
function showWhileIdle() {
  const view = views.find(({ isStale }) => isStale);
  view?.now();
  if (view) afterwards(showWhileIdle);
}

/**
 * Act when the page has nothing else to do, or after LATEST. Without a limit, Chromium may wait until
 * something else is asked for; Safari knows no idle time.
 * @param {() => void} act
 */
function afterwards(act) {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: LATEST });
  else setTimeout(act);
}

addEventListener("beforeprint", showAll);
