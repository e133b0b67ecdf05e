"""The comparison with PyTorch, on the page."""

from itertools import groupby

from handwritten.page import figures
from handwritten.page.figures import BLUE, INK, ORANGE

SMALLEST = 1e-17  # no difference at all, on a logarithmic scale


def content(comparison: dict) -> dict:
    """A `pytorch.json`, with the largest difference in double precision, the cases by their
    headings, and the figure."""
    differences = [row["differences"] for row in comparison["agreement"]]
    grouped = groupby(comparison["agreement"], key=lambda row: row["heading"])
    return comparison | {
        "worst": max(value for each in differences for value in each.values()),
        "cases": [[heading, list(rows)] for heading, rows in grouped],
        "figure": figure(comparison),
    }


def figure(comparison: dict) -> str:
    """The SVG of the largest difference of a parameter by steps: all cases in double precision as a
    band whose upper edge is a line, and the whole training in single precision."""

    def draw(figure):
        axes = figure.subplots()
        steps = [int(step) for step in comparison["agreement"][0]["differences"]]
        cases = zip(*(row["differences"].values() for row in comparison["agreement"]), strict=True)
        sizes = [[max(value, SMALLEST) for value in each] for each in cases]
        least, most = list(map(min, sizes)), list(map(max, sizes))
        axes.fill_between(steps, least, most, color=BLUE, alpha=0.2, lw=0)
        line = {"marker": ".", "ms": 5, "lw": 1.2}
        axes.plot(steps, most, color=BLUE, label="double precision, largest case", **line)
        epochs = comparison["epochs"]
        sizes = [max(row["differences"], SMALLEST) for row in epochs]
        name = "single precision, the whole training"
        axes.plot([row["steps"] for row in epochs], sizes, color=ORANGE, label=name, **line)
        axes.axhline(comparison["bound"], color=INK, lw=0.8, ls=(0, (4, 3)))
        above = {"fontsize": 9, "va": "bottom"}
        axes.text(1, comparison["bound"] * 1.6, "the bound in double precision", color=INK, **above)
        axes.text(1, 4 * most[-1], "double precision, all cases", color=BLUE, **above)
        below = {"fontsize": 9, "va": "top", "ha": "right", "color": ORANGE}
        axes.text(epochs[-1]["steps"], sizes[-1] / 6, name, **below)
        axes.set(xscale="log", yscale="log", ylim=(SMALLEST / 2, max(10, 3 * max(sizes))))
        axes.set(title="Difference between PyTorch and this library", xlabel="steps")
        axes.set_ylabel("largest difference of a parameter")
        axes.grid(axis="y", alpha=0.25, lw=0.5)

    return figures.to_svg(10.4, 3.4, draw)
