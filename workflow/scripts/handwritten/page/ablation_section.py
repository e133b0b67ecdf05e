"""The ablation study's figure on the page."""

from collections.abc import Callable

from matplotlib.ticker import NullLocator

from handwritten.page import figures, formats
from handwritten.page.figures import BLUE, INK, ORANGE

COLOURS = {"helps": BLUE, "hurts": ORANGE}  # others have the colour of the text
CONNECTION = {"color": INK, "alpha": 0.35, "lw": 0.9, "zorder": 1}  # from step to step
POINTS = [*(-p for p in (50, 20, 10, 5, 2, 1, 0.5, 0.2)), 0, 0.2, 0.5, 1, 2, 5, 10, 20, 50]
GAP = 0.7  # between baselines and steps, in rows
WIDTH, ROW = 10.4, 0.36  # inches

Study = dict[str, list[dict]]  # what `evaluation.ablation.study` finds


def figure(study: Study) -> str:
    """The SVG of a study: the errors of all steps, and what leaving out each change costs."""
    return figures.to_svg(WIDTH, height(study), drawing(study))


def picture(study: Study) -> bytes:
    """The same as a PNG on white."""
    return figures.to_png(WIDTH, height(study), drawing(study))


def height(study: Study) -> float:
    """How high the figure has to be, in inches."""
    rows = sum(map(len, study.values()))
    return ROW * (rows + 2) + (1.1 if study["left_out"] else 0.3)


def drawing(study: Study) -> Callable:
    """What draws the study into a figure, the first step at the bottom of its chart."""

    def draw(figure):
        heights = [len(study["baselines"]) + len(study["steps"]) + 1, len(study["left_out"]) + 1]
        if not study["left_out"]:
            draw_steps(figure.subplots(), study["baselines"], study["steps"])
            return
        both = figure.subplots(2, 1, height_ratios=heights)
        draw_steps(both[0], study["baselines"], study["steps"])
        draw_left_out(both[1], study["left_out"])

    return draw


def draw_steps(axes, baselines: list[dict], steps: list[dict]) -> None:
    """Draw test errors on a logarithmic scale: a dot for each seed, their mean, and its 95%
    interval as a band. Lines lead from each step to those that start from it."""
    first = len(baselines) + (GAP if baselines else 0)
    rows = [*enumerate(baselines), *((first + i, step) for i, step in enumerate(steps))]
    for row, step in rows:
        draw_step(axes, row, step)
    for row, step in rows[len(baselines) :]:
        if step["below"] is not None:
            x = [figures.visible_percent(steps[step["below"]]["test"]["mean"])] * 2
            x.append(figures.visible_percent(step["test"]["mean"]))
            style = CONNECTION | {"ls": ":"} if step["aside"] else CONNECTION
            axes.plot(x, [first + step["below"], row, row], **style)
    if baselines:
        axes.axhline((len(baselines) - 1 + first) / 2, color=INK, alpha=0.25, lw=0.8)
    rates = [rate for _, step in rows for rate in step["test"]["errors"]]
    ends = figures.visible_percent(min(rates)) / 1.3, figures.visible_percent(max(rates)) * 1.3
    axes.set(xscale="log", xlim=ends, xlabel="percent of test images misclassified")
    label_rows(axes, rows)
    axes.grid(axis="x", alpha=0.25, lw=0.5)
    figures.label_1_2_5(axes.xaxis)


def draw_step(axes, row: float, step: dict) -> None:
    """Draw one step: seeds as dots on the band of the interval, the mean, and its number."""
    errors, percent = step["test"], figures.visible_percent
    colour = colour_of(step)
    seeds = [percent(rate) for rate in errors["errors"]]
    if errors["low"] is not None:
        ends = [percent(errors["low"]), percent(errors["high"])]
        axes.plot(ends, [row] * 2, color=colour, lw=9, alpha=0.18, solid_capstyle="butt")
    axes.scatter(seeds, [row] * len(seeds), s=12, color=colour, alpha=0.5, lw=0, zorder=3)
    face = "none" if step["aside"] else colour
    axes.plot([percent(errors["mean"])], [row], "o", color=colour, mfc=face, ms=7, zorder=4)
    write_number(axes, row, f"{100 * errors['mean']:.2f}%", colour)


def draw_left_out(axes, left_out: list[dict]) -> None:
    """Draw by how much the test error rises without each change, with its 95% interval."""
    for row, step in enumerate(left_out):
        difference, colour = step["comparison"]["difference"], colour_of(step)
        ends = [-100 * difference["low"], -100 * difference["high"]]
        axes.plot(ends, [row] * 2, color=colour, lw=9, alpha=0.18, solid_capstyle="butt")
        axes.plot([-100 * difference["mean"]], [row], "o", color=colour, ms=7, zorder=4)
        write_number(axes, row, formats.signed_points(-difference["mean"]), colour)
    axes.axvline(0, color=INK, alpha=0.5, lw=0.8)
    axes.set_xscale("symlog", linthresh=0.5, linscale=1)
    shown = [tick for tick in POINTS if axes.get_xlim()[0] <= tick <= axes.get_xlim()[1]]
    axes.set_xticks(shown, [f"{tick:+g}".replace("-", "−") if tick else "0" for tick in shown])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set(xlabel="percentage points more test errors without the change")
    label_rows(axes, list(enumerate(left_out)))
    axes.grid(axis="x", alpha=0.25, lw=0.5)


def label_rows(axes, rows: list[tuple[float, dict]]) -> None:
    """Name each row after its change."""
    axes.set_yticks(
        [row for row, _ in rows], [step["change"] for _, step in rows], parse_math=False
    )
    axes.set_ylim(-0.6, rows[-1][0] + 0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def write_number(axes, row: float, text: str, colour: str) -> None:
    """Write a row's number to the right of the chart."""
    column = axes.get_yaxis_transform()  # x as a share of the axes' width, y as the step's row
    axes.text(1.06, row, text, color=colour, ha="right", va="center", transform=column)


def colour_of(step: dict) -> str:
    """The colour of a step's verdict."""
    return COLOURS.get(step["comparison"]["verdict"], INK) if step["comparison"] else INK
