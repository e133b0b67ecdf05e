// A chart of lines: SVG that is drawn again whenever its numbers change.
"use strict";

/**
 * @typedef {{points: [number, number][], kind: string, name?: string}} ChartLine
 * @typedef {(point: [number, number]) => string[]} Position of a point in the SVG, x and y
 *
 * An axis: what it shows, its labelled values from the lowest to the highest, and how one is written.
 * @typedef {{title: string, values: number[], write: (value: number) => string, log?: boolean}} ChartAxis
 *
 * A value to compare with; its name is at the right end of its line, unless it is to be at the left.
 * @typedef {{value: number, name: string, isLeft?: boolean}} ChartLevel
 *
 * A chart; `marks` are points of their own.
 * @typedef {object} LineChart
 * @property {string} description
 * @property {ChartLine[]} lines
 * @property {ChartAxis} x
 * @property {ChartAxis} y
 * @property {ChartLevel[]} levels
 * @property {{point: [number, number], kind: string}[]} [marks]
 */

const FRAME = { left: 54, right: 378, top: 30, bottom: 206 }; // of a chart, in the SVG's units

/** Draw a chart. @param {SVGSVGElement} svg @param {LineChart} chart */
function drawLineChart(svg, { description, lines, x, y, levels, marks = [] }) {
  svg.setAttribute("aria-label", description);
  const { left, right, top, bottom } = FRAME;
  /** @type {(value: number, axis: ChartAxis) => number} */
  const along = (value, { values, log }) => {
    const ends = [values[0], values[values.length - 1]];
    return alongAxis(Math.min(ends[1], Math.max(ends[0], value)), ends, log);
  };
  /** @type {Position} */
  const position = (point) =>
    [left + (right - left) * along(point[0], x), bottom - (bottom - top) * along(point[1], y)].map(
      (number) => number.toFixed(1),
    );
  /** @type {{x: number, y: number}[]} */
  const names = [];
  svg.replaceChildren(
    ...verticalAxis(y, position),
    ...horizontalAxis(x, position),
    ...levels.flatMap((level) => drawLevel(level, position)),
    ...lines.flatMap((line) => drawLine(line, position, names)),
    ...marks.map(({ point, kind }) => {
      const [cx, cy] = position(point);
      return svgElement("circle", { class: kind, cx, cy, r: 3 });
    }),
  );
}

/**
 * @param {ChartAxis} axis
 * @param {Position} position
 */
function verticalAxis({ title, values, write }, position) {
  const { left, right } = FRAME;
  const marks = values.flatMap((value) => {
    const [, y] = position([-Infinity, value]);
    return [
      svgElement("path", { class: "grid", d: `M${left} ${y}H${right}` }),
      svgElement("text", { class: "tick-y", x: left - 7, y: Number(y) + 4 }, write(value)),
    ];
  });
  return [...marks, svgElement("text", { class: "axis-name", x: 4, y: 14 }, title)];
}

/**
 * @param {ChartAxis} axis
 * @param {Position} position
 */
function horizontalAxis({ title, values, write }, position) {
  const { right, bottom } = FRAME;
  const marks = values.map((value) => {
    const [x] = position([value, Infinity]);
    return svgElement("text", { class: "tick-x", x, y: bottom + 18 }, write(value));
  });
  const place = { class: "axis-name end", x: right, y: bottom + 38 };
  return [...marks, svgElement("text", place, title)];
}

/**
 * @param {ChartLevel} level
 * @param {Position} position
 */
function drawLevel({ value, name, isLeft }, position) {
  const { left, right, top } = FRAME;
  const [, y] = position([-Infinity, value]);
  const isHigh = Number(y) < top + 16; // then its name is below it, and not on the line of the frame
  return [
    svgElement("path", { class: "level", d: `M${left} ${y}H${right}` }),
    svgElement(
      "text",
      {
        class: isLeft ? "" : "end",
        x: isLeft ? left + 4 : right,
        y: Number(y) + (isHigh ? 14 : -5),
      },
      name,
    ),
  ];
}

/**
 * A line, with its name at its end, above those of `names` that are there already.
 * @param {ChartLine} line
 * @param {Position} position
 * @param {{x: number, y: number}[]} names
 */
function drawLine({ points, kind, name }, position, names) {
  const positions = points.filter(([, value]) => Number.isFinite(value)).map(position);
  if (positions.length === 0) return [];
  const d = `M${positions.map((at) => at.join(" ")).join("L")}`;
  const [x, y] = positions[positions.length - 1].map(Number);
  const path = svgElement("path", { class: kind, d });
  if (!name) return [path];
  const at = { x: x + 7, y: y + 4 };
  while (names.some((other) => Math.abs(other.x - at.x) < 12 && Math.abs(other.y - at.y) < 13)) {
    at.y -= 13;
  }
  names.push(at);
  const end = { class: kind, cx: x, cy: y, r: kind === "now" ? 3.5 : 2 };
  const label = svgElement("text", { class: kind, ...at }, name);
  return [path, svgElement("circle", end), label];
}
