"""Accuracy on images that are changed on purpose, on the page."""

import numpy as np

from handwritten.page import figures
from handwritten.page.figures import INK
from handwritten.page.runs import is_distorted


def content(runs: list[dict]) -> dict:
    """The figure, the attacks without what was measured, which runs were trained on distorted
    images, and which on images as they are."""
    distorted = [run["name"] for run in runs if is_distorted(run)]
    attacks = runs[-1]["adversarial_images"]["attacks"]
    measured = {run["name"]: run["adversarial_images"] for run in runs}
    return {
        "figure": figure(measured),
        "attacks": [{key: each[key] for key in ("name", "title", "steps")} for each in attacks],
        "distorted": distorted,
        "plain": [run["name"] for run in runs if run["name"] not in distorted],
    }


def figure(measured: dict[str, dict]) -> str:
    """The SVG of accuracy against the size of the change, a panel for each attack, a line for each
    run. `measured` are results of `evaluation.adversarial_images`, by the run's name; bands are 95%
    intervals."""
    attacks = list(zip(*(found["attacks"] for found in measured.values()), strict=True))

    def draw(figure):
        spacing = {"wspace": 0.06}
        panels = figure.subplots(1, len(attacks), sharey=True, squeeze=False, gridspec_kw=spacing)
        for axes, of_runs in zip(panels.flat, attacks, strict=True):
            by_run = dict(zip(measured, of_runs, strict=True))
            for colour, (run, attack) in figures.coloured(by_run):
                x = [level["size"] for level in attack["levels"]]
                y = [100 * level["accuracy"] for level in attack["levels"]]
                band = 100 * np.array([level["wilson95"] for level in attack["levels"]]).T
                axes.fill_between(x, *band, color=colour, alpha=0.2, lw=0)
                axes.plot(x, y, color=colour, lw=1.8, marker="o", ms=3.5, label=run)
            axes.set(title=of_runs[0]["title"], xlabel="size of the change")
            axes.set_ylabel("accuracy in percent")
            axes.tick_params(labelleft=True)
            axes.set(ylim=(0, 102), xlim=(0, 1.03 * x[-1]))
            axes.grid(alpha=0.25, lw=0.5)
        panels.flat[-1].legend(frameon=False, labelcolor=INK, loc="upper right")

    return figures.to_svg(10.4, 3.8, draw)
