"""A notebook as a page: run from top to bottom, with everything inside.

It is run by Jupyter's own tools, in a process of its own, on the files that it is given.
"""

import json
import os
import re
import tempfile
from pathlib import Path

import nbformat
import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from handwritten.page import figures, formats, notebook_inputs, page

TWO_SIDED = LinearSegmentedColormap.from_list("", [figures.ORANGE, "white", figures.BLUE])
STYLE = re.compile("<style>.*?</style>", re.DOTALL)
COLUMNS = 10
HIGHLIGHTING = {"light": "default", "dark": "github-dark"}  # Pygments' styles of code
TIMEOUT = 600  # seconds that a cell may take
LIBRARY = Path(__file__).resolve().parents[2]
# The last bits of a product depend on the number of threads that share it.
ONE_THREAD = {f"{blas}_NUM_THREADS": "1" for blas in ("OPENBLAS", "OMP", "MKL", "VECLIB")}


def render(notebook: Path, run: dict) -> str:
    """The notebook as HTML with the output of its cells; `run` is from `notebook_inputs.of`.

    nbclient.exceptions.CellExecutionError: a cell failed, with its error message.
    """
    from nbclient import NotebookClient  # a notebook imports this module too, and runs nothing
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    content = nbformat.read(notebook, as_version=4)
    client = NotebookClient(
        content,
        timeout=TIMEOUT,
        kernel_name="python3",
        coalesce_streams=True,  # or a page's blocks depend on when a cell's prints arrive
        resources={"metadata": {"path": str(LIBRARY)}},  # where the notebook starts
    )
    with tempfile.TemporaryDirectory() as nothing:  # and no file that IPython runs at its start
        own = {notebook_inputs.VARIABLE: json.dumps(run), "IPYTHONDIR": nothing}
        client.execute(env=os.environ | own | ONE_THREAD)
    exporter = HTMLExporter(template_name="basic")
    body, _ = exporter.from_notebook_node(normalised(content))
    body = body.replace("<pre>", '<pre tabindex="0">')  # so that keys reach what is wider than it
    title = content.cells[0].source.splitlines()[0].lstrip("# ")
    highlighting = {
        scheme: HtmlFormatter(style=style).get_style_defs(".highlight")
        for scheme, style in HIGHLIGHTING.items()
    }
    return page.render(
        "pages/notebook/page.html.j2", title=title, body=body, highlighting=highlighting
    )


def normalised(content):
    """The notebook without output that differs from run to run, such as a library's remark on its
    caches, and with figures and code that can be parts of one page."""
    for cell in content.cells:
        cell.metadata.pop("execution", None)
        outputs = [each for each in cell.get("outputs", []) if each.get("name") != "stderr"]
        cell.update({"outputs": outputs} if "outputs" in cell else {})
        for number, output in enumerate(outputs):
            data = output.get("data", {})
            if "image/svg+xml" in data:  # as HTML, or nbconvert packs it away from the page's style
                svg = formats.namespace_ids(data.pop("image/svg+xml"), f"{cell.id}-{number}")
                data["text/html"] = svg
            elif "text/html" in data:  # code that is shown brings colours for light pages alone
                data["text/html"] = STYLE.sub("", data["text/html"])
    return content


def pictures(images: np.ndarray, titles) -> str:
    """The SVG of images (n, rows, columns), from 0 (black) to 1 (white), each with its title."""

    def draw(figure):
        for axes, image, title in zip(grid(figure, len(images)), images, titles, strict=True):
            show(axes, image, "gray", 0, 1)
            axes.set_title(str(title), fontsize=8, pad=2)

    return figures.to_svg(10.4, 1.25 * rows(len(images)), draw)


def weights(images: np.ndarray) -> str:
    """The SVG of weights (units, rows, columns) as images: blue positive, orange negative."""

    def draw(figure):
        for axes, image in zip(grid(figure, len(images)), images, strict=True):
            largest = np.abs(image).max()
            show(axes, image, TWO_SIDED, -largest, largest)

    return figures.to_svg(10.4, 1.15 * rows(len(images)), draw)


def rows(count: int) -> int:
    """The number of rows of a grid with so many images."""
    return -(-count // COLUMNS)


def grid(figure, count: int) -> list:
    """Axes for so many images; the rest of the last row stays empty."""
    axes = figure.subplots(rows(count), COLUMNS, squeeze=False).ravel()
    for each in axes:
        each.set_axis_off()
    return list(axes[:count])


def show(axes, image: np.ndarray, colours, low: float, high: float) -> None:
    """Draw one image (rows, columns), pixel by pixel."""
    axes.imshow(image, cmap=colours, vmin=low, vmax=high, interpolation="nearest")
