"""The ablation study's figure on the page."""

from itertools import pairwise

from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from handwritten.page import figures
from handwritten.page.figures import BLUE, INK, ORANGE

COLOURS = {"helps": BLUE, "hurts": ORANGE}  # all else in the colour of the text
THREAD = {"color": INK, "alpha": 0.35, "lw": 0.9, "zorder": 1}  # from step to step


def figure(steps: list[dict]) -> str:
    """The SVG of the steps of `evaluation.ablation`: test errors on a logarithmic scale, first step
    at the bottom; a dot a seed, the mean over seeds, its 95% interval as a band."""

    def draw(figure):
        axes = figure.subplots()
        for height, step in enumerate(steps):
            draw_step(axes, height, step)
        for height, pair in enumerate(pairwise(steps)):
            below, above = (percent(step["test"]["mean"]) for step in pair)
            axes.plot([below, below, above], [height, height + 1, height + 1], **THREAD)
        axes.set(xscale="log", ylim=(-0.6, len(steps) - 0.4), xlabel="percent of test images wrong")
        axes.set_yticks(range(len(steps)), [step["change"] for step in steps], parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", alpha=0.25, lw=0.5)
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
        axes.xaxis.set_minor_formatter(NullFormatter())

    return figures.to_svg(10.4, 1 + 0.42 * len(steps), draw)


def draw_step(axes, height: int, step: dict) -> None:
    """One step at its height: seeds as dots on the band of the interval, the mean, its number."""
    errors, verdict = step["test"], (step["against_previous"] or {}).get("verdict", "")
    colour, seeds = COLOURS.get(verdict, INK), [percent(rate) for rate in errors["errors"]]
    if errors["low"] is not None:
        ends = [percent(errors["low"]), percent(errors["high"])]
        axes.plot(ends, [height] * 2, color=colour, lw=9, alpha=0.18, solid_capstyle="butt")
    axes.scatter(seeds, [height] * len(seeds), s=12, color=colour, alpha=0.5, lw=0, zorder=3)
    axes.plot([percent(errors["mean"])], [height], "o", color=colour, ms=7, zorder=4)
    label = f"{100 * errors['mean']:.2f}%"
    column = axes.get_yaxis_transform()  # x as a share of the axes' width, y as the step's height
    axes.text(1.06, height, label, color=colour, ha="right", va="center", transform=column)


def percent(share: float) -> float:
    """A share in percent, at least 0.01, which a logarithmic scale can show."""
    return max(100 * share, 0.01)
