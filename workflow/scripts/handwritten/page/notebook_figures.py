"""What notebooks show beside text: images, weights, and the code of the repository."""

import inspect
from collections.abc import Callable

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from handwritten.page import figures

TWO_SIDED = LinearSegmentedColormap.from_list("", [figures.ORANGE, "white", figures.BLUE])
COLUMNS = 10


class Source:
    """A function as it stands in the repository, for Jupyter to show."""

    def __init__(self, function: Callable) -> None:
        self.text = inspect.getsource(function)

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text}```"

    def __repr__(self) -> str:
        return self.text


def pictures(images: np.ndarray, titles) -> figures.Drawing:
    """Images (n, rows, columns), from 0 (black) to 1 (white), each with its title."""

    def draw(figure):
        for axes, image, title in zip(grid(figure, len(images)), images, titles, strict=True):
            show(axes, image, "gray", 0, 1)
            axes.set_title(str(title), fontsize=8, pad=2)

    words = f"{len(images)} images: {', '.join(map(str, titles))}"
    return figures.Drawing(10.4, 1.25 * rows(len(images)), draw, words)


def weights(images: np.ndarray) -> figures.Drawing:
    """Weights (units, rows, columns) as images: blue positive, orange negative."""

    def draw(figure):
        for axes, image in zip(grid(figure, len(images)), images, strict=True):
            largest = np.abs(image).max()
            show(axes, image, TWO_SIDED, -largest, largest)

    words = f"The weights of {len(images)} units"
    return figures.Drawing(10.4, 1.15 * rows(len(images)), draw, words)


def rows(count: int) -> int:
    """The number of rows of a grid with so many images."""
    return -(-count // COLUMNS)


def grid(figure, count: int) -> list:
    """Axes for so many images; the rest of the last row stays empty."""
    axes = figure.subplots(rows(count), COLUMNS, squeeze=False).ravel()
    for each in axes:
        each.set_axis_off()
    return list(axes[:count])


def show(axes, image: np.ndarray, colours, low: float, high: float) -> None:
    """Draw one image (rows, columns), pixel by pixel."""
    axes.imshow(image, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
