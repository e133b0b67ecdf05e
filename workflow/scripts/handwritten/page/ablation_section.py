"""The ablation study's figure on the page."""

from itertools import pairwise

from handwritten.page import figures
from handwritten.page.figures import BLUE, INK, ORANGE

COLOURS = {"helps": BLUE, "hurts": ORANGE}  # others have the colour of the text
CONNECTION = {"color": INK, "alpha": 0.35, "lw": 0.9, "zorder": 1}  # from step to step


def figure(steps: list[dict]) -> str:
    """The SVG of the steps of `evaluation.ablation`, the first one at the bottom: test errors on a
    logarithmic scale, a dot for each seed, their mean, and its 95% interval as a band."""

    def draw(figure):
        axes = figure.subplots()
        for height, step in enumerate(steps):
            draw_step(axes, height, step)
        for height, pair in enumerate(pairwise(steps)):
            below, above = (figures.visible_percent(step["test"]["mean"]) for step in pair)
            axes.plot([below, below, above], [height, height + 1, height + 1], **CONNECTION)
        axes.set(
            xscale="log",
            ylim=(-0.6, len(steps) - 0.4),
            xlabel="percent of test images misclassified",
        )
        axes.set_yticks(range(len(steps)), [step["change"] for step in steps], parse_math=False)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", alpha=0.25, lw=0.5)
        figures.label_1_2_5(axes.xaxis)

    return figures.to_svg(10.4, 1 + 0.42 * len(steps), draw)


def draw_step(axes, height: int, step: dict) -> None:
    """Draw one step: seeds as dots on the band of the interval, the mean, and its number."""
    errors, verdict = step["test"], (step["against_previous"] or {}).get("verdict", "")
    colour, percent = COLOURS.get(verdict, INK), figures.visible_percent
    seeds = [percent(rate) for rate in errors["errors"]]
    if errors["low"] is not None:
        ends = [percent(errors["low"]), percent(errors["high"])]
        axes.plot(ends, [height] * 2, color=colour, lw=9, alpha=0.18, solid_capstyle="butt")
    axes.scatter(seeds, [height] * len(seeds), s=12, color=colour, alpha=0.5, lw=0, zorder=3)
    axes.plot([percent(errors["mean"])], [height], "o", color=colour, ms=7, zorder=4)
    label = f"{100 * errors['mean']:.2f}%"
    column = axes.get_yaxis_transform()  # x as a share of the axes' width, y as the step's height
    axes.text(1.06, height, label, color=colour, ha="right", va="center", transform=column)
