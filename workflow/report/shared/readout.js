// Read-out: the numbers behind a figure's lines, under the pointer or a finger, or by the arrow keys.
// The figure's data-readout holds the boxes of its charts and the points of their lines
// (page/figures.py).
"use strict";

/**
 * @typedef {{limits: [number, number], log: boolean}} Axis
 * @typedef {{name: string, colour: string, x: number[], y: number[]}} Line
 *
 * A chart: its box (left, top, width, height) in the figure, the frame that has room for its labels
 * too, its axes and its lines.
 * @typedef {object} Chart
 * @property {[number, number, number, number]} box
 * @property {[number, number, number, number]} frame
 * @property {string} title
 * @property {string} unit
 * @property {Axis} x
 * @property {Axis} y
 * @property {Line[]} lines
 *
 * @typedef {object} ReadableFigure
 * @property {SVGSVGElement} svg
 * @property {SVGElement} marks
 * @property {HTMLElement} text
 * @property {string} help what the text is while nothing is read out
 * @property {Chart[]} charts
 * @property {{chart: Chart, x: number} | null} at what is read out
 */

/** The figure that is read out; there is one at most. @type {ReadableFigure | null} */
let figureReadOut = null;

/**
 * The position of a line's point i within the figure.
 * @param {Chart} chart
 * @param {Line} line
 * @param {number} i
 */
function positionIn(chart, line, i) {
  const [left, top, width, height] = chart.box;
  return {
    x: left + width * alongAxis(line.x[i], chart.x.limits, chart.x.log),
    y: top + height * (1 - alongAxis(line.y[i], chart.y.limits, chart.y.log)),
  };
}

/**
 * The index of the line's point that is nearest to x in the figure.
 * @param {Chart} chart
 * @param {Line} line
 * @param {number} x
 */
function nearest(chart, line, x) {
  const distances = line.x.map((_, i) => Math.abs(positionIn(chart, line, i).x - x));
  return distances.indexOf(Math.min(...distances));
}

const fourDigits = (/** @type {number} */ value) =>
  value === 0 ? "0" : Number(value.toPrecision(4)).toString();

/**
 * Mark the points of a chart that are nearest to x, and show their numbers.
 * @param {ReadableFigure} figure
 * @param {Chart} chart
 * @param {number} x
 */
function readOut(figure, chart, x) {
  if (figureReadOut !== figure) endReadOut();
  figureReadOut = figure;
  const points = chart.lines.map((line) => {
    const i = nearest(chart, line, x);
    return { line, i, ...positionIn(chart, line, i) };
  });
  const closest = points.reduce((a, b) => (Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a));
  const [, top, , height] = chart.box;
  const rule = { x1: closest.x, x2: closest.x, y1: top, y2: top + height, class: "at" };
  figure.marks.replaceChildren(
    svgElement("line", rule),
    ...points.map((point) =>
      svgElement("circle", { cx: point.x, cy: point.y, r: 3.5, fill: point.line.colour }),
    ),
  );
  const heading = `${chart.title}, ${chart.unit} ${fourDigits(closest.line.x[closest.i])}`;
  const values = points.map(({ line, i }) => {
    const key = element("i", { style: `background: ${line.colour}` });
    return element("span", {}, key, `${line.name} ${fourDigits(line.y[i])}`);
  });
  figure.text.replaceChildren(element("b", {}, heading), ...values);
  figure.svg.setAttribute("aria-label", figure.text.textContent ?? "");
  figure.at = { chart, x: closest.x };
}

/** Show what the page shows while nothing is read out. */
function endReadOut() {
  if (!figureReadOut) return;
  const { svg, marks, text, help, charts } = figureReadOut;
  marks.replaceChildren();
  setText(text, help);
  svg.setAttribute("aria-label", titlesOf(charts));
  figureReadOut.at = null;
  figureReadOut = null;
}

const titlesOf = (/** @type {Chart[]} */ charts) => charts.map((chart) => chart.title).join(", ");

/**
 * Left and right move from point to point, up and down from chart to chart.
 * @param {ReadableFigure} figure
 * @param {string} key
 */
function moveReadOut(figure, key) {
  const { charts, at } = figure;
  const chart = at?.chart ?? charts[0];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const step = key === "ArrowUp" ? charts.length - 1 : 1;
    const other = charts[(charts.indexOf(chart) + step) % charts.length];
    readOut(figure, other, other.box[0]);
    return;
  }
  const longest = chart.lines.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  const now = at ? nearest(chart, longest, at.x) : -1;
  const next = now + (key === "ArrowRight" ? 1 : -1);
  const i = Math.max(0, Math.min(longest.x.length - 1, next));
  readOut(figure, chart, positionIn(chart, longest, i).x);
}

/**
 * Where an event is in the figure's units, and in which of its charts.
 * @param {ReadableFigure} figure
 * @param {MouseEvent} event
 */
function placeIn({ svg, charts }, { clientX, clientY }) {
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(svg.getScreenCTM()?.inverse());
  const chart = charts.find(
    ({ box: [left, top, width, height] }) =>
      x >= left && x <= left + width && y >= top && y <= top + height,
  );
  return { x, chart };
}

/**
 * Read a figure out where a mouse is, where a finger taps, and along a finger that moves sideways. One
 * that moves up or down scrolls the page.
 * @param {ReadableFigure} figure
 */
function followPointer(figure) {
  /** @type {{at: PointerEvent, chart: Chart | undefined, isSideways: boolean} | null} */
  let finger = null;
  figure.svg.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "touch" || !event.isPrimary) return;
    finger = { at: event, chart: placeIn(figure, event).chart, isSideways: false };
  });
  figure.svg.addEventListener("pointermove", (event) => {
    let { x, chart } = placeIn(figure, event);
    if (event.pointerType === "touch") {
      if (finger?.at.pointerId !== event.pointerId) return;
      const [right, down] = [event.clientX - finger.at.clientX, event.clientY - finger.at.clientY];
      finger.isSideways ||= Math.abs(right) > Math.abs(down);
      if (!finger.isSideways) return;
      chart = finger.chart; // wherever the finger is now
    }
    if (chart) readOut(figure, chart, x);
  });
  figure.svg.addEventListener("click", (event) => {
    const { x, chart } = placeIn(figure, event);
    if (chart) readOut(figure, chart, x);
    else endReadOut();
  });
}

/**
 * Let charts be read out.
 * @param {SVGSVGElement} svg in which they are drawn
 * @param {Chart[]} charts
 * @param {string} help
 */
function makeReadable(svg, charts, help) {
  const marks = svgElement("g", { class: "readout-marks" });
  svg.append(marks);
  const text = element("p", { class: "readout", "aria-live": "polite" }, help);
  svg.after(text);
  /** @type {ReadableFigure} */
  const figure = { svg, marks, text, help, charts, at: null };
  svg.classList.add("is-readable");
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", titlesOf(charts));
  followPointer(figure);
  svg.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    moveReadOut(figure, event.key);
  });
  return figure;
}

/**
 * Let a figure be read out. On a narrow screen it shows its first chart alone, and the others are
 * shown below it, each in a figure of its own, in which letters are as large.
 * @param {SVGSVGElement} svg
 */
function makeFigureReadable(svg) {
  /** @type {Chart[]} */
  const charts = JSON.parse(svg.dataset.readout ?? "");
  const help = "Point at a line, tap it, drag along it or use the arrow keys, to read its numbers.";
  const figure = makeReadable(svg, charts, help);
  const [whole, drawing] = [svg.getAttribute("viewBox") ?? "", svg.querySelector("g[id]")?.id];
  for (const name of ["width", "height"]) svg.removeAttribute(name); // the view box decides
  const widest = Math.max(...charts.map((chart) => chart.frame[2]));
  const widthOf = (/** @type {Chart} */ chart) => `${(100 * chart.frame[2]) / widest}%`;
  let last = figure.text;
  const others = charts.slice(1).map((chart) => {
    const part = svgElement("svg", { viewBox: chart.frame.join(" "), class: "is-stacked" });
    part.style.width = widthOf(chart);
    part.append(svgElement("use", { href: `#${drawing}` }));
    last.after(part);
    last = makeReadable(/** @type {SVGSVGElement} */ (part), [chart], "").text;
    return [part, last];
  });
  const narrow = matchMedia("screen and (max-width: 52rem)");
  const arrange = () => {
    figure.charts = narrow.matches ? charts.slice(0, 1) : charts;
    endReadOut();
    svg.setAttribute("aria-label", titlesOf(figure.charts));
    svg.style.width = narrow.matches ? widthOf(charts[0]) : "";
    svg.setAttribute("viewBox", narrow.matches ? charts[0].frame.join(" ") : whole);
    svg.classList.toggle("is-stacked", narrow.matches);
    for (const part of others.flat()) part.toggleAttribute("hidden", !narrow.matches);
  };
  narrow.addEventListener("change", arrange);
  arrange();
}

document.addEventListener("DOMContentLoaded", () => {
  for (const svg of document.querySelectorAll("svg[data-readout]")) {
    makeFigureReadable(/** @type {SVGSVGElement} */ (svg));
  }
  document.addEventListener("click", ({ target }) => {
    const within = target instanceof Element && target.closest(".is-readable, .readout");
    if (!within) endReadOut();
  });
});
