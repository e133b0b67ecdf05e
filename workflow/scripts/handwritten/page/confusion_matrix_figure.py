"""Errors, on the page: confusion matrices as a figure and as the cells of a table."""

import numpy as np
from matplotlib.patches import Rectangle

from handwritten.evaluation import metrics
from handwritten.page import figures
from handwritten.page.figures import BLUE, ORANGE

LEGIBLE = 50  # classes: of more, only some names are written, and no numbers


def to_svg(matrix: np.ndarray, shares: np.ndarray, classes: list[str]) -> str:
    """Counts and row-normalised shares side by side, both (classes, classes), rows true."""

    def draw(figure):
        left, right = figure.subplots(1, 2)
        heat_map(left, shares, np.char.mod("%d", matrix), classes)
        heat_map(right, shares, np.char.mod("%.1f", 100 * shares), classes)
        left.set_title("Counts")
        right.set_title("Percent of the true class")

    return figures.to_svg(10.4, 5, draw)


def heat_map(axes, shares: np.ndarray, texts: np.ndarray, classes: list[str]) -> None:
    """Draw correct predictions in blue, and errors in orange on a scale of their own."""
    size, strength = len(shares), strengths(shares)
    for row, column in np.argwhere((shares > 0) | np.eye(size, dtype=bool) | (size <= LEGIBLE)):
        alpha = 0.8 * strength[row, column]
        if row == column:
            alpha = 0.15 + 0.5 * strength[row, row]
        colour = BLUE if row == column else ORANGE
        axes.add_patch(Rectangle((column, row), 1, 1, color=colour, alpha=alpha, lw=0))
        if size <= LEGIBLE and texts[row, column] not in ("0", "0.0"):
            axes.text(column + 0.5, row + 0.5, texts[row, column], ha="center", va="center")
    axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal", xlabel="predicted", ylabel="true")
    rotation = {"rotation": 45, "ha": "right"} if max(map(len, classes)) > 2 else {}
    named = np.arange(0, size, -(-size // LEGIBLE))
    axes.set_xticks(named + 0.5, [classes[i] for i in named], **rotation)
    axes.set_yticks(named + 0.5, [classes[i] for i in named])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def strengths(shares: np.ndarray) -> np.ndarray:
    """How strong the colour of each cell of a confusion matrix is, 0 to 1, (classes, classes).

    Correct predictions are as strong as their share of the true class. Errors have a scale of their
    own, on which the largest share of a true class that was predicted as one other class is 1.
    """
    errors = shares * (1 - np.eye(len(shares)))
    return np.diag(np.diag(shares)) + errors / max(errors.max(), 1e-12)


def cells(counts: list[list[int]]) -> list[list[dict]]:
    """The rows of a confusion matrix, rows true, columns predicted; a cell is a dictionary.

    It holds the `count`, the `share` of the true class, and the `strength` of its colour, 0 to 1.
    """
    shares = metrics.row_normalised(np.array(counts))
    tables = (counts, shares.tolist(), strengths(shares).tolist())
    return [
        [
            {"count": count, "share": share, "strength": strength}
            for count, share, strength in zip(*row, strict=True)
        ]
        for row in zip(*tables, strict=True)
    ]
