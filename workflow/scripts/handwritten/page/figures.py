"""Figures as SVG text, the same bytes for the same numbers.

They start from matplotlib's own defaults and its own font, whatever a matplotlibrc says and the
system has. Lines and letters have the colour of the text around them (`currentColor`), so that a
figure follows the page's light or dark theme. The numbers behind the lines are part of the SVG, so
that the page can read them out under the pointer. Data colours are from Okabe and Ito's palette,
which colour-blind readers can tell apart.
"""

import html
import io
import json
import math
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

INK = "#123456"  # stands for currentColor until the SVG is written
BLUE, ORANGE = "#0072b2", "#d55e00"
LINES = (BLUE, ORANGE, "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
STYLE: dict[Any, Any] = {
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


@dataclass(frozen=True)
class Drawing:
    """A figure `width` by `height` inches that `draw(figure)` fills; notebooks show it as SVG in
    their pages, and as PNG where they are stored. `words` say what it shows."""

    width: float
    height: float
    draw: Callable[[Figure], None]
    words: str

    def svg(self) -> str:
        """The figure for a page."""
        return to_svg(self.width, self.height, self.draw)

    def png(self) -> bytes:
        """The figure for a stored notebook."""
        return to_png(self.width, self.height, self.draw)

    _repr_svg_, _repr_png_ = svg, png  # Jupyter looks for these

    def __repr__(self) -> str:
        return self.words


def to_png(width: float, height: float, draw: Callable[[Figure], None]) -> bytes:
    """The PNG of a figure on white, as `to_svg` makes an SVG."""
    with own_style():
        figure = Figure(figsize=(width, height), layout="constrained", dpi=80)
        draw(figure)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def to_svg(width: float, height: float, draw: Callable[[Figure], None]) -> str:
    """The SVG of a figure `width` by `height` inches that `draw(figure)` fills."""
    with own_style(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # the reader's fonts draw the letters, not ours
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None})
        charts = [chart for axes in figure.axes if (chart := readout(axes))["lines"]]
    svg = out.getvalue()
    svg = compact(svg[svg.index("<svg") :].replace(INK, "currentColor"))
    if not charts:
        return svg
    numbers = html.escape(json.dumps(charts, separators=(",", ":")))
    size = f"max-width: min(100%, {6.6 * width:g}rem)"  # letters are equally large in all figures
    return svg.replace("<svg ", f'<svg data-readout="{numbers}" style="{size}" ', 1)


def compact(svg: str) -> str:
    """The same drawing in about half as many bytes: hundredths of a point are finer than a screen,
    and the font is named once, so that a page's own style can replace it."""
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' (d|x|y)="[^"]*"', lambda place: re.sub(r"(\.\d\d)\d+", r"\1", place[0]), svg)
    svg = re.sub(r' transform="rotate\(-0 [^"]*"', "", svg)
    svg = re.sub(r"font-family: [^;\"]*; ", "", svg)
    svg = re.sub(r"\n\s*", "\n", svg)
    return svg.replace("<svg ", '<svg font-family="sans-serif" ', 1)


@contextmanager
def own_style() -> Iterator[None]:
    """Figures drawn meanwhile have STYLE, and for the rest matplotlib's defaults."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        forget_other_fonts()
        yield


@cache
def forget_other_fonts() -> None:
    """Let matplotlib measure letters by the font that comes with it, and by no other."""
    font_manager.fontManager.ttflist.clear()
    for path in sorted(Path(matplotlib.get_data_path(), "fonts/ttf").glob("DejaVuSans*.ttf")):
        font_manager.fontManager.addfont(path)


def readout(axes) -> dict:
    """A chart as numbers: its box [x, y, width, height] in the figure's units (72 to an inch, from
    the top left corner), its frame, which has room for its title and labels too, both axes, and all
    lines that have a label."""
    width, height = 72 * axes.figure.get_size_inches()
    box = axes.get_position()
    corner = (box.x0 * width, (1 - box.y1) * height, box.width * width, box.height * height)
    return {
        "box": [round(float(value), 2) for value in corner],
        "frame": frame(axes),
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


def frame(axes) -> list[int]:
    """The box around a chart with its title and labels, [x, y, width, height] as in `readout`."""
    units = 72 / axes.figure.dpi
    around = axes.get_tightbbox().padded(3 / units)
    height = 72 * axes.figure.get_figheight()
    left, right = math.floor(units * around.x0), math.ceil(units * around.x1)
    top, bottom = math.floor(height - units * around.y1), math.ceil(height - units * around.y0)
    return [left, top, right - left, bottom - top]


def rounded(values) -> list[float]:
    """Numbers with the five significant digits that a reader of a chart may want."""
    return [float(f"{value:.5g}") for value in values]


def coloured(runs: dict) -> Iterator[tuple[str, tuple]]:
    """A colour of LINES for every item, beginning again where there are more runs than colours."""
    return zip(cycle(LINES), runs.items(), strict=False)


def label_1_2_5(axis, form: str = "%g") -> None:
    """Label a logarithmic axis at …, 1, 2, 5, 10, … in this form."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FormatStrFormatter(form))
    axis.set_minor_formatter(NullFormatter())


def visible_percent(share: float) -> float:
    """A share in percent, at least 0.01, which a logarithmic scale can show."""
    return max(100 * share, 0.01)
