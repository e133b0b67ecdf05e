// Read-out: the numbers behind a figure's lines, under the pointer or by the arrow keys. The figure
// says in data-readout where its charts lie and what their lines hold (page/figures.py).
"use strict";

const SVG = "http://www.w3.org/2000/svg";

/** Where a value of an axis lies between its ends, from 0 to 1; and the value that lies there. */
const scaled = ({ limits: [low, high], log }, value) =>
  log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);

/** The place of a line's point i within the figure. */
function placeIn(chart, line, i) {
  const [left, top, width, height] = chart.box;
  return {
    x: left + width * scaled(chart.x, line.x[i]),
    y: top + height * (1 - scaled(chart.y, line.y[i])),
  };
}

/** The number of the line's point that is nearest to x in the figure. */
function nearest(chart, line, x) {
  const distances = line.x.map((_, i) => Math.abs(placeIn(chart, line, i).x - x));
  return distances.indexOf(Math.min(...distances));
}

const inWords = (value) => (value === 0 ? "0" : Number(value.toPrecision(4)).toString());

/** Show the points of a chart that are nearest to x, and say their numbers. */
function readOut(figure, chart, x) {
  const { svg, marks, said } = figure;
  const points = chart.lines.map((line) => ({ line, i: nearest(chart, line, x) }));
  const places = points.map(({ line, i }) => placeIn(chart, line, i));
  const closest = places.reduce((a, b) => (Math.abs(b.x - x) < Math.abs(a.x - x) ? b : a));
  const [, top, , height] = chart.box;
  marks.replaceChildren(
    shape("line", { x1: closest.x, x2: closest.x, y1: top, y2: top + height, class: "at" }),
    ...points.map(({ line }, k) =>
      shape("circle", { cx: places[k].x, cy: places[k].y, r: 3.5, fill: line.colour })),
  );
  const { line, i } = points[places.indexOf(closest)];
  const rows = points.map((point) =>
    element("span", {}, element("i", { style: `background: ${point.line.colour}` }),
      `${point.line.name} ${inWords(point.line.y[point.i])}`));
  said.replaceChildren(element("b", {}, `${chart.title}, ${inWords(line.x[i])} ${chart.unit}`), ...rows);
  svg.setAttribute("aria-label", said.textContent);
  figure.at = { chart, x: closest.x };
}

function shape(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

/** Arrow keys go from point to point, up and down from chart to chart. */
function moveReadOut(figure, key) {
  const { charts, at } = figure;
  const chart = at?.chart ?? charts[0];
  if (key === "ArrowUp" || key === "ArrowDown") {
    const step = key === "ArrowUp" ? charts.length - 1 : 1;
    const other = charts[(charts.indexOf(chart) + step) % charts.length];
    return readOut(figure, other, other.box[0]);
  }
  const longest = chart.lines.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  const now = at ? nearest(chart, longest, at.x) : -1;
  const next = now + (key === "ArrowRight" ? 1 : -1);
  const i = Math.max(0, Math.min(longest.x.length - 1, next));
  return readOut(figure, chart, placeIn(chart, longest, i).x);
}

function listen(svg) {
  const marks = shape("g", { class: "readout-marks" });
  svg.append(marks);
  const said = element("p", { class: "readout", "aria-live": "polite" }, "Point at a line, or use the arrow keys, to read its numbers.");
  svg.after(said);
  const figure = { svg, marks, said, charts: JSON.parse(svg.dataset.readout), at: null };
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", figure.charts.map((chart) => chart.title).join(", "));
  svg.addEventListener("pointermove", (event) => {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(
      svg.getScreenCTM().inverse());
    const under = figure.charts.find(({ box: [left, top, width, height] }) =>
      x >= left && x <= left + width && y >= top && y <= top + height);
    if (under) readOut(figure, under, x);
  });
  svg.addEventListener("keydown", (event) => {
    if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
    moveReadOut(figure, event.key);
  });
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("svg[data-readout]").forEach(listen);
});
