"""Arrays in, pictures out: SVG text, the same bytes for the same numbers.

Lines and letters take the colour of the text around them (`currentColor`), so that a figure set
into the page follows its light or dark theme. What lines show travels along as numbers, so that the
page can read them out under the pointer. Data colours are from Okabe and Ito's palette, which
colour-blind readers can tell apart.
"""

import html
import io
import json
import re
import warnings
from collections.abc import Callable, Iterator
from itertools import cycle

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
    svg = svg[svg.index("<svg") :].replace(INK, "currentColor")
    charts = [chart for axes in figure.axes if (chart := readout(axes))["lines"]]
    if not charts:
        return svg
    numbers = html.escape(json.dumps(charts, separators=(",", ":")))
    return svg.replace("<svg ", f'<svg data-readout="{numbers}" ', 1)


def readout(axes) -> dict:
    """What a chart shows, as numbers: its box [x, y, width, height] in the figure's units (72 an
    inch, from the top left corner), both axes, and all lines that have a label."""
    width, height = 72 * axes.figure.get_size_inches()
    box = axes.get_position()
    corner = (box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height)
    return {
        "box": [round(float(value), 2) for value in corner],
        "title": axes.get_title(),
        "x": {"limits": rounded(axes.get_xlim()), "log": axes.get_xscale() == "log"},
        "y": {"limits": rounded(axes.get_ylim()), "log": axes.get_yscale() == "log"},
        "unit": axes.get_xlabel(),
        "lines": [
            {
                "name": line.get_label(),
                "colour": line.get_color(),
                "x": rounded(line.get_xdata()),
                "y": rounded(line.get_ydata()),
            }
            for line in axes.lines
            if not str(line.get_label()).startswith("_")
        ],
    }


def rounded(values) -> list[float]:
    """Numbers with the five digits that a reader of a chart may want."""
    return [float(f"{value:.5g}") for value in values]


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
    """Loss, dev errors and learning rate over training, one line a run, up to 100% done.

    A history's rows begin with the number of the step or epoch that they were measured after.
    """

    def draw(figure):
        loss, errors, rates = figure.subplots(1, 3)
        for colour, (run, rows) in zip(LINES * len(histories), histories.items(), strict=False):
            done, line = percent_done(rows), line_style(colour, rows)
            training = {**line, "ls": ":", "label": f"{run}, training"}
            loss.plot(done, [row["train_loss"] for row in rows], **training)
            loss.plot(done, [row["dev_loss"] for row in rows], **line, label=run)
            wrong = [100 * (1 - row["dev_accuracy"]) for row in rows]
            errors.plot(done, wrong, **line, label=run)
            rates.plot(done, [row["learning_rate"] for row in rows], **line, label=run)
        loss.set(title="Cross-entropy", ylabel="nats (dotted: training, solid: dev)")
        errors.set(title="Errors on dev", ylabel="percent")
        for axes in (loss, errors):
            axes.set_yscale("log")
            label_1_2_5(axes.yaxis)
        rates.set(title="Learning rate", ylim=(0, None))
        for axes in (loss, errors, rates):
            axes.set(xlim=(0, 102), xlabel="percent of training done")
            axes.grid(alpha=0.25, lw=0.5)
            if histories:
                runs = [line for line in axes.lines if line.get_label() in histories]
                axes.legend(handles=runs, frameon=False, labelcolor=INK, loc="best")

    return drawn(10.4, 3.8, draw)


def percent_done(rows: list[dict]) -> np.ndarray:
    """How far training was (percent) at each row of a history."""
    counts = np.array([next(iter(row.values())) for row in rows])
    return 100 * counts / counts[-1]


def line_style(colour: str, rows: list) -> dict:
    """How a line of so many points is drawn: few are marked, or one alone would not be seen."""
    return {"color": colour, "lw": 1.8, "marker": "o" if len(rows) < 5 else None}


def norms(histories: dict[str, list[dict]]) -> str:
    """How long every layer's weights and their gradient are in the course of training.

    A row of two charts a run; histories as for `learning_curves`, and at least one.
    """

    def draw(figure):
        grid = figure.subplots(len(histories), 2, squeeze=False, sharex=True)
        for (weights, gradients), (run, rows) in zip(grid, histories.items(), strict=True):
            for axes, name in ((weights, "weight_norm_"), (gradients, "gradient_norm_")):
                layers = [key for key in rows[0] if key.startswith(name)]
                for colour, key in zip(LINES * len(layers), layers, strict=False):
                    values = [row[key] for row in rows]
                    label = f"layer {key.removeprefix(name)}"
                    axes.plot(percent_done(rows), values, **line_style(colour, rows), label=label)
                axes.grid(alpha=0.25, lw=0.5)
            weights.set(title=f"{run}: weights", xlim=(0, 102), ylim=(0, None))
            gradients.set(title=f"{run}: gradient", yscale="log")
            label_1_2_5(gradients.yaxis)
            weights.legend(frameon=False, labelcolor=INK, loc="best")
        for axes in grid[-1]:
            axes.set_xlabel("percent of training done")

    return drawn(10.4, 2.9 * len(histories) + 0.3, draw)


def label_1_2_5(axis) -> None:
    """Label a logarithmic axis at …, 1, 2, 5, 10, … in plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FormatStrFormatter("%g"))
    axis.set_minor_formatter(NullFormatter())


# Every line below that shows a run has the run's name for a label; what only guides the eye has
# none.


def reliability(calibrations: dict[str, dict]) -> str:
    """Accuracy against confidence, one line a run: as it answers, and at its temperature.

    `calibrations` are those of the metrics of every run, by its name. A dot is a bin; its area goes
    with the root of how many answers the bin holds, and a stroke is the accuracy's 95% interval.
    """
    titles = {"test": "As it answers", "test_at_temperature": "At its temperature"}

    def draw(figure):
        panels = figure.subplots(1, 2, sharey=True, gridspec_kw={"wspace": 0.06})
        for axes, (key, title) in zip(panels, titles.items(), strict=True):
            axes.plot([0, 100], [0, 100], color=INK, alpha=0.35, lw=0.9)
            for colour, (run, found) in coloured(calibrations):
                draw_bins(axes, found[key]["bins"], colour, run)
            axes.set(title=title, xlabel="confidence in percent", xlim=(8, 102), ylim=(-2, 102))
            axes.grid(alpha=0.25, lw=0.5)
        panels[0].set_ylabel("percent right")
        panels[0].legend(frameon=False, labelcolor=INK, loc="lower right")

    return drawn(10.4, 4.4, draw)


def draw_bins(axes, bins: list[dict], colour: str, run: str) -> None:
    """One run's bins of `evaluation.calibration`, empty ones left out."""
    full = [found for found in bins if found["n"]]
    x = [100 * found["confidence"] for found in full]
    y = [100 * found["accuracy"] for found in full]
    low, high = (100 * np.array([found["wilson95"][end] for found in full]) for end in (0, 1))
    axes.vlines(x, low, high, color=colour, alpha=0.4, lw=1.2)
    areas = np.sqrt([found["n"] for found in full])
    axes.scatter(x, y, s=8 + 90 * areas / areas.max(), color=colour, alpha=0.5, lw=0, zorder=3)
    axes.plot(x, y, color=colour, lw=1.2, label=run)


def rejection(rejections: dict[str, list[dict]]) -> str:
    """Errors among the answers given, against how many are not, one line a run.

    `rejections` are those of the metrics of every run, by its name. The scale is logarithmic, so a
    line ends where no error is left.
    """

    def draw(figure):
        axes = figure.subplots()
        for colour, (run, rows) in coloured(rejections):
            seen = [row for row in rows if row["errors"]]
            x = [100 * (1 - row["answered"]) for row in seen]
            y = [100 * row["errors"] / row["n"] for row in seen]
            axes.plot(x, y, color=colour, lw=1.8, label=run)
        axes.set(yscale="log", xlim=(0, 50.5), ylabel="percent of its answers wrong")
        axes.set_title("Errors among the answers that are given")
        axes.set_xlabel("percent of images left unanswered, the least sure first")
        axes.grid(alpha=0.25, lw=0.5)
        label_1_2_5(axes.yaxis)
        axes.legend(frameon=False, labelcolor=INK, loc="upper right")

    return drawn(10.4, 3.8, draw)


def robustness(curves: dict[str, list[dict]], examples: dict[str, np.ndarray]) -> str:
    """Accuracy on images made worse, a panel for each corruption and in it one line a run.

    `curves` are those of `evaluation.robustness`, by the run's name. Bands are 95% intervals. Above
    every level stands what it does to an image: `examples` are (levels, pixels), by the
    corruption's name.
    """

    def draw(figure):
        apart = {"wspace": 0.08, "hspace": 0.1}
        panels = figure.subplots(2, 2, sharey=True, gridspec_kw=apart).flat
        for axes, corruption in zip(panels, zip(*curves.values(), strict=True), strict=True):
            for colour, (run, curve) in coloured(dict(zip(curves, corruption, strict=True))):
                x = [level["level"] for level in curve["levels"]]
                y = [100 * level["accuracy"] for level in curve["levels"]]
                band = 100 * np.array([level["wilson95"] for level in curve["levels"]]).T
                axes.fill_between(x, *band, color=colour, alpha=0.2, lw=0)
                axes.plot(x, y, color=colour, lw=1.8, marker="o", ms=3.5, label=run)
            axes.set_title(corruption[0]["title"], pad=44)
            axes.set(xlabel=corruption[0]["unit"], xticks=x, ylim=(0, 102))
            axes.set_xlim(-0.06 * x[-1], 1.06 * x[-1])
            for level, image in zip(x, examples[corruption[0]["name"]], strict=True):
                picture(axes, level, image, width=0.13 * x[-1])
            axes.grid(alpha=0.25, lw=0.5)
            if axes.get_subplotspec().is_first_col():
                axes.set_ylabel("percent right")
        figure.axes[0].legend(frameon=False, labelcolor=INK, loc="lower left")

    return drawn(10.4, 6.8, draw)


def picture(axes, x: float, image: np.ndarray, width: float) -> None:
    """An image (rows, columns) in [0, 1] above axes, its middle at x and so wide in units of x."""
    box = (x - width / 2, 1.02, width, 0.24)  # from left, from below, width, height
    above = axes.inset_axes(box, transform=axes.get_xaxis_transform())
    grey = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "none"}
    shown = above.imshow(image, **grey)
    shown.set_gid(f"{axes.get_title()}-{x:g}")  # else equal images would get equal ids
    above.set_axis_off()


def coloured(runs: dict) -> Iterator[tuple[str, tuple]]:
    """A colour of LINES for every item, beginning again where there are more runs than colours."""
    return zip(cycle(LINES), runs.items(), strict=False)


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
