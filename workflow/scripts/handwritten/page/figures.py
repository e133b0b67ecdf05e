"""Arrays in, pictures out: SVG text, the same bytes for the same numbers.

Lines and letters take the colour of the text around them (`currentColor`), so that a figure set
into the page follows its light or dark theme. Data colours are from Okabe and Ito's palette, which
colour-blind readers can tell apart.
"""

import io
import re
import warnings
from collections.abc import Callable

import matplotlib
import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullFormatter

INK = "#123456"  # stands for currentColor until the SVG is written
BLUE, ORANGE = "#0072b2", "#d55e00"
LINES = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "handwritten",  # ids from content instead of chance
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
}


def drawn(width: float, height: float, draw: Callable[[Figure], None]) -> str:
    """The SVG of a figure `width` by `height` inches that `draw(figure)` fills."""
    with matplotlib.rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's fonts draw the letters, not ours
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
    svg = out.getvalue()
    return svg[svg.index("<svg") :].replace(INK, "currentColor")


def apart(svg: str, prefix: str) -> str:
    """The SVG with `prefix` before each of its ids, so that several can stand in one page."""
    return re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", svg)


def confusion_matrix(matrix: np.ndarray, shares: np.ndarray, classes: list[str]) -> str:
    """Counts and row-normalised shares side by side, both (classes, classes), rows true."""

    def draw(figure):
        left, right = figure.subplots(1, 2)
        heat_map(left, shares, np.char.mod("%d", matrix), classes)
        heat_map(right, shares, np.char.mod("%.1f", 100 * shares), classes)
        left.set_title("Counts")
        right.set_title("Percent of the true class")

    return drawn(10.4, 5, draw)


def heat_map(axes, shares: np.ndarray, texts: np.ndarray, classes: list[str]) -> None:
    """Right answers in blue; mistakes in orange, on a scale of their own that shows them."""
    size, strength = len(shares), strengths(shares)
    for row in range(size):
        for column in range(size):
            alpha = 0.8 * strength[row, column]
            if row == column:
                alpha = 0.15 + 0.5 * strength[row, row]
            colour = BLUE if row == column else ORANGE
            axes.add_patch(Rectangle((column, row), 1, 1, color=colour, alpha=alpha, lw=0))
            if texts[row, column] not in ("0", "0.0"):
                axes.text(column + 0.5, row + 0.5, texts[row, column], ha="center", va="center")
    axes.set(xlim=(0, size), ylim=(size, 0), aspect="equal", xlabel="predicted", ylabel="true")
    rotation = {"rotation": 45, "ha": "right"} if max(map(len, classes)) > 2 else {}
    axes.set_xticks(np.arange(size) + 0.5, classes, **rotation)
    axes.set_yticks(np.arange(size) + 0.5, classes)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def strengths(shares: np.ndarray) -> np.ndarray:
    """How strong the colour of each cell of a confusion matrix is, 0 to 1, (classes, classes).

    Right answers go by their share of the true class, mistakes by a scale of their own: 1 is the
    largest share that went wrong in one way.
    """
    mistakes = shares * (1 - np.eye(len(shares)))
    return np.diag(np.diag(shares)) + mistakes / max(mistakes.max(), 1e-12)


def learning_curves(histories: dict[str, list[dict]]) -> str:
    """Loss and dev errors over the course of training, one line a run, up to 100% done.

    A history's rows begin with the number of the step or epoch that they were measured after.
    """

    def draw(figure):
        loss, errors = figure.subplots(1, 2)
        for colour, (run, rows) in zip(LINES * len(histories), histories.items(), strict=False):
            counts = np.array([next(iter(row.values())) for row in rows])
            line = {"color": colour, "lw": 1.8, "marker": "o" if len(rows) < 5 else None}
            done = 100 * counts / counts[-1]
            loss.plot(done, [row["train_loss"] for row in rows], **line | {"ls": ":"})
            loss.plot(done, [row["dev_loss"] for row in rows], **line, label=run)
            wrong = [100 * (1 - row["dev_accuracy"]) for row in rows]
            errors.plot(done, wrong, **line, label=run)
        loss.set(title="Cross-entropy", ylabel="nats (dotted: training, solid: dev)")
        errors.set(title="Errors on dev", ylabel="percent")
        for axes in (loss, errors):
            axes.set(yscale="log", xlim=(0, 102), xlabel="percent of training done")
            axes.grid(alpha=0.25, lw=0.5)
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
            axes.yaxis.set_minor_formatter(NullFormatter())
            if histories:
                axes.legend(frameon=False, labelcolor=INK, loc="upper right")

    return drawn(10.4, 3.8, draw)


def scores_by_age(entries: list[dict]) -> str:
    """Accuracy on dev and test with their intervals, one place a version, the oldest on the left.

    The scale is that of the errors, upside down and logarithmic. An entry has `metrics` and says
    whether its model has `learnt_dev`, which then is no measure of it.
    """

    def draw(figure):
        axes = figure.subplots()
        for split, colour, marker, aside in (
            ("dev", BLUE, "o", -0.12),
            ("test", ORANGE, "s", 0.12),
        ):
            shown = [i for i, run in enumerate(entries) if split == "test" or not run["learnt_dev"]]
            scores = [entries[i]["metrics"][split] for i in shown]
            places = [i + 1 + aside for i in shown]
            ends = [[error_percent(score["wilson95"][end]) for score in scores] for end in (0, 1)]
            axes.vlines(places, *ends, color=colour, alpha=0.4, lw=1.6)
            errors = [error_percent(score["accuracy"]) for score in scores]
            axes.plot(places, errors, marker, color=colour, ms=3.5, label=split)
        axes.set(yscale="log", xlim=(0.3, len(entries) + 0.7))
        axes.set(ylabel="percent right", xlabel="versions in the order in which they were built")
        axes.invert_yaxis()
        axes.grid(axis="y", alpha=0.25, lw=0.5)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=(1, 2, 5, 10)))
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(lambda error, _: f"{100 - error:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.legend(frameon=False, labelcolor=INK, loc="lower right")

    return drawn(10.4, 4, draw)


def error_percent(accuracy: float) -> float:
    """The errors in percent, at least 0.01, which a logarithmic scale can show."""
    return max(100 * (1 - accuracy), 0.01)
