"""Whether confidence can be trusted, on the page: reliability diagrams and rejection curves."""

import numpy as np

from handwritten.page import figures
from handwritten.page.figures import INK

# A line that shows a run has the run's name as its label; other lines have none.


def reliability(metrics: dict[str, dict]) -> str:
    """The SVG of accuracy against confidence, a line for each run: as trained, and after division
    by its temperature. `metrics` are by the run's name.

    A dot is a bin, its area in proportion to the root of the number of images in it; a vertical
    line is the accuracy's 95% interval.
    """
    titles = {"test": "As trained", "test_at_temperature": "At its temperature"}

    def draw(figure):
        panels = figure.subplots(1, 2, sharey=True, gridspec_kw={"wspace": 0.06})
        for axes, (key, title) in zip(panels, titles.items(), strict=True):
            axes.plot([0, 100], [0, 100], color=INK, alpha=0.35, lw=0.9)
            for colour, (run, results) in figures.coloured(metrics):
                draw_bins(axes, results["calibration"][key]["bins"], colour, run)
            axes.set(title=title, xlabel="confidence in percent", xlim=(-2, 102), ylim=(-2, 102))
            axes.grid(alpha=0.25, lw=0.5)
            axes.set_ylabel("accuracy in percent")
            axes.tick_params(labelleft=True)
        panels[0].legend(frameon=False, labelcolor=INK, loc="lower right")

    return figures.to_svg(10.4, 4.4, draw)


def draw_bins(axes, bins: list[dict], colour: str, run: str) -> None:
    """Draw one run's bins of `evaluation.calibration`, without the empty ones."""
    full = [each for each in bins if each["n"]]
    x = [100 * each["confidence"] for each in full]
    y = [100 * each["accuracy"] for each in full]
    low, high = (100 * np.array([each["wilson95"][end] for each in full]) for end in (0, 1))
    axes.vlines(x, low, high, color=colour, alpha=0.4, lw=1.2)
    areas = np.sqrt([each["n"] for each in full])
    axes.scatter(x, y, s=8 + 90 * areas / areas.max(), color=colour, alpha=0.5, lw=0, zorder=3)
    axes.plot(x, y, color=colour, lw=1.2, label=run)


def rejection(metrics: dict[str, dict]) -> str:
    """The SVG of the error rate among accepted images against the share of rejected ones, a line
    for each run. `metrics` are by the run's name. The scale is logarithmic, so a line ends where no
    errors remain. Empty where no run makes any.
    """
    if not any(row["errors"] for results in metrics.values() for row in results["rejection"]):
        return ""

    def draw(figure):
        axes = figure.subplots()
        for colour, (run, results) in figures.coloured(metrics):
            seen = [row for row in results["rejection"] if row["errors"]]
            x = [100 * (1 - row["coverage"]) for row in seen]
            y = [100 * row["errors"] / row["n"] for row in seen]
            single = {"marker": "o", "clip_on": False} if len(seen) == 1 else {}
            axes.plot(x, y, color=colour, lw=1.8, label=run, **single)
        axes.set(yscale="log", xlim=(0, 50.5), ylabel="percent of them misclassified")
        axes.set_title("Errors among the remaining images")
        axes.set_xlabel("percent of images left out, the lowest calibrated confidence first")
        axes.grid(alpha=0.25, lw=0.5)
        figures.label_1_2_5(axes.yaxis)
        axes.legend(frameon=False, labelcolor=INK, loc="upper right")

    return figures.to_svg(6.4, 3.8, draw)
