// Read-out: the numbers behind a figure's lines, under the pointer or by the arrow keys. The figure's
// data-readout holds the boxes of its charts and the points of their lines (page/figures.py).
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
 * @property {Chart[]} charts
 * @property {{chart: Chart, x: number} | null} at what is read out
 */

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
  const heading = `${chart.title}, ${fourDigits(closest.line.x[closest.i])} ${chart.unit}`;
  const values = points.map(({ line, i }) => {
    const key = element("i", { style: `background: ${line.colour}` });
    return element("span", {}, key, `${line.name} ${fourDigits(line.y[i])}`);
  });
  figure.text.replaceChildren(element("b", {}, heading), ...values);
  figure.svg.setAttribute("aria-label", figure.text.textContent ?? "");
  figure.at = { chart, x: closest.x };
}

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
  const figure = { svg, marks, text, charts, at: null };
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", charts.map((chart) => chart.title).join(", "));
  svg.addEventListener("pointermove", (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      svg.getScreenCTM()?.inverse(),
    );
    const under = figure.charts.find(
      ({ box: [left, top, width, height] }) =>
        x >= left && x <= left + width && y >= top && y <= top + height,
    );
    if (under) readOut(figure, under, x);
  });
  svg.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    moveReadOut(figure, event.key);
  });
  return figure;
}

/**
 * Let a figure be read out. On a narrow screen it shows its first chart alone, and the others are
 * shown below it, each in a figure of its own.
 * @param {SVGSVGElement} svg
 */
function makeFigureReadable(svg) {
  /** @type {Chart[]} */
  const charts = JSON.parse(svg.dataset.readout ?? "");
  const help = "Point at a line, or use the arrow keys, to read its numbers.";
  const figure = makeReadable(svg, charts, help);
  const [whole, drawing] = [svg.getAttribute("viewBox") ?? "", svg.querySelector("g[id]")?.id];
  for (const name of ["width", "height"]) svg.removeAttribute(name); // the view box decides
  let last = figure.text;
  const others = charts.slice(1).map((chart) => {
    const part = svgElement("svg", { viewBox: chart.frame.join(" "), class: "is-stacked" });
    part.append(svgElement("use", { href: `#${drawing}` }));
    last.after(part);
    last = makeReadable(/** @type {SVGSVGElement} */ (part), [chart], "").text;
    return [part, last];
  });
  const narrow = matchMedia("screen and (max-width: 52rem)");
  const arrange = () => {
    figure.charts = narrow.matches ? charts.slice(0, 1) : charts;
    figure.marks.replaceChildren();
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
});
