// Inside the network: the gradient of the first layer as a sheet of images, one for each unit.
"use strict";

/** How many images are beside each other in a sheet of so many. @param {number} count */
const sheetColumns = (count) => Math.min(count, Math.max(1, Math.floor(348 / (COLUMNS + 1))));

/**
 * Paint a matrix with a row for each pixel as a sheet of images, one for each unit, with a line
 * between them. Each pixel is a whole number of the screen's.
 * @param {HTMLCanvasElement} canvas
 * @param {Numbers} W
 * @param {number} units
 */
function paintSheet(canvas, W, units) {
  const columns = sheetColumns(units);
  const [width, height] = [columns * (COLUMNS + 1), Math.ceil(units / columns) * (ROWS + 1)];
  const sheet = new Float64Array(width * height);
  for (let i = 0; i < PIXELS; i++) {
    const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
    for (let j = 0; j < units; j++) {
      const top = Math.floor(j / columns) * (ROWS + 1) + row;
      sheet[top * width + (j % columns) * (COLUMNS + 1) + column] = W[i * units + j];
    }
  }
  const largest = largestSize(W);
  paintColours(canvas, sheet, (value) => signedColour(value / largest), [height, width]);
  const context = contextOf(canvas);
  context.fillStyle = "#3a4350";
  for (let x = COLUMNS; x < width; x += COLUMNS + 1) context.fillRect(x, 0, 1, height);
  for (let y = ROWS; y < height; y += ROWS + 1) context.fillRect(0, y, width, 1);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `The gradients of the weights of ${units} units as images`);
  const room = Number(canvas.parentElement?.clientWidth);
  canvas.style.width = `${width * Math.max(1, Math.floor(Math.min(room, 720) / width))}px`;
  canvas.classList.add("is-sheet");
}

/**
 * The pixel and the unit that an event points at in such a sheet.
 * @param {MouseEvent} event
 * @param {HTMLElement} canvas
 * @param {number} units
 */
function cellOfSheet(event, canvas, units) {
  const columns = sheetColumns(units);
  const [width, height] = [columns * (COLUMNS + 1), Math.ceil(units / columns) * (ROWS + 1)];
  const cell = cellUnder(event, canvas, width * height, width);
  const [x, y] = [cell % width, Math.floor(cell / width)];
  const j = Math.floor(y / (ROWS + 1)) * columns + Math.floor(x / (COLUMNS + 1));
  const row = Math.min(y % (ROWS + 1), ROWS - 1);
  const column = Math.min(x % (COLUMNS + 1), COLUMNS - 1);
  return { i: row * COLUMNS + column, j: Math.min(j, units - 1) };
}
