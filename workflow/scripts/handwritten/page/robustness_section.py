"""Accuracy on worse images, on the page."""

import numpy as np

from handwritten.page import figures
from handwritten.page.figures import INK


def figure(curves: dict[str, list[dict]], examples: dict[str, np.ndarray]) -> str:
    """The SVG of accuracy on corrupted images, a panel for each corruption, a line for each run.

    `curves` are those of `evaluation.robustness`, by the run's name. Bands are 95% intervals. Above
    every level is an image with that corruption: `examples` are (levels, rows, columns), by the
    corruption's name.
    """

    def draw(figure):
        spacing = {"wspace": 0.08, "hspace": 0.1}
        panels = figure.subplots(2, 2, sharey=True, gridspec_kw=spacing).flat
        for axes, corruption in zip(panels, zip(*curves.values(), strict=True), strict=True):
            for colour, (run, curve) in figures.coloured(
                dict(zip(curves, corruption, strict=True))
            ):
                x = [level["level"] for level in curve["levels"]]
                y = [100 * level["accuracy"] for level in curve["levels"]]
                band = 100 * np.array([level["wilson95"] for level in curve["levels"]]).T
                axes.fill_between(x, *band, color=colour, alpha=0.2, lw=0)
                axes.plot(x, y, color=colour, lw=1.8, marker="o", ms=3.5, label=run)
            axes.set_title(corruption[0]["title"], pad=44)
            axes.set(xlabel=corruption[0]["unit"], xticks=x, ylim=(0, 102))
            axes.set_xlim(-0.06 * x[-1], 1.06 * x[-1])
            for level, image in zip(x, examples[corruption[0]["name"]], strict=True):
                draw_example(axes, level, image, width=0.13 * x[-1])
            axes.grid(alpha=0.25, lw=0.5)
            axes.set_ylabel("accuracy in percent")
            axes.tick_params(labelleft=True)
        figure.axes[0].legend(frameon=False, labelcolor=INK, loc="lower left")

    return figures.to_svg(10.4, 6.8, draw)


def draw_example(axes, x: float, image: np.ndarray, width: float) -> None:
    """Draw an image (rows, columns) in [0, 1] above the axes, its centre at x; width: in x."""
    box = (x - width / 2, 1.02, width, 0.24)  # from left, from below, width, height
    above = axes.inset_axes(box, transform=axes.get_xaxis_transform())
    grey = {"cmap": "gray", "vmin": 0, "vmax": 1, "interpolation": "none"}
    shown = above.imshow(image, **grey)
    shown.set_gid(f"{axes.get_title()}-{x:g}")  # else equal images would get equal ids
    above.set_axis_off()
