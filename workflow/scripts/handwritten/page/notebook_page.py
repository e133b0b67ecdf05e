"""A notebook that is run from top to bottom: as a page, with everything inside, and as a notebook
with its outputs, to be stored.

It is run by Jupyter's own tools, in a process of its own, on the files that it is given.
"""

import copy
import json
import os
import re
import tempfile
from pathlib import Path

import nbformat

from handwritten.io.fingerprints import digest
from handwritten.page import formats, notebook_inputs, page

STYLE = re.compile("<style>.*?</style>", re.DOTALL)
LINK = re.compile(r"\[([^]]+)\]\((?!https?:)[^)]+\)")  # to a file beside the notebook
FORMULA = re.compile(r"\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^$]+)\$", re.DOTALL)
HIGHLIGHTING = {"light": "default", "dark": "github-dark"}  # Pygments' styles of code
TIMEOUT = 600  # seconds that a cell may take
LIBRARY = Path(__file__).resolve().parents[2]
# The last bits of a product depend on the number of threads that share it.
ONE_THREAD = {f"{blas}_NUM_THREADS": "1" for blas in ("OPENBLAS", "OMP", "MKL", "VECLIB")}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def render(notebook: Path, run: dict) -> tuple[str, str]:
    """A notebook that has been run, as HTML and as a notebook; `run` is from `notebook_inputs.of`.

    nbclient.exceptions.CellExecutionError: a cell failed, with its error message.
    """
    content = executed(nbformat.read(notebook, as_version=4), run)
    return as_page(copy.deepcopy(content)), as_notebook(content)


def executed(content, run: dict):
    """The notebook with the outputs of its cells."""
    from nbclient import NotebookClient  # a notebook imports this room too, and runs nothing

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
    for cell in content.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:  # a library's remark on its caches differs from run to run
            cell.outputs = [each for each in cell.outputs if each.get("name") != "stderr"]
    return content


def as_page(content) -> str:
    """The notebook as a page; `content` is changed."""
    from nbconvert import HTMLExporter
    from pygments.formatters import HtmlFormatter

    exporter = HTMLExporter(template_name="basic")
    body, _ = exporter.from_notebook_node(embeddable(content))
    body = body.replace("<pre>", '<pre tabindex="0">')  # so that keys reach what is wider than it
    title = content.cells[0].source.splitlines()[0].lstrip("# ")
    highlighting = {
        scheme: HtmlFormatter(style=style).get_style_defs(".highlight")
        for scheme, style in HIGHLIGHTING.items()
    }
    return page.render(
        "pages/notebook/page.html.j2", title=title, body=body, highlighting=highlighting
    )


def embeddable(content):
    """The notebook with figures, code and formulas that can be parts of one page."""
    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = FORMULA.sub(mathml, LINK.sub(r"\1", cell.source))
        for number, output in enumerate(cell.get("outputs", [])):
            data = output.get("data", {})
            if "image/svg+xml" in data:  # as HTML, or nbconvert packs it away from the page's style
                svg = formats.namespace_ids(data.pop("image/svg+xml"), f"{cell.id}-{number}")
                data["text/html"] = svg
            elif "text/html" in data:  # code that is shown brings colours for light pages alone
                data["text/html"] = STYLE.sub("", data["text/html"])
    return content


def mathml(formula: re.Match) -> str:
    """A formula in LaTeX as MathML, which browsers show by themselves."""
    from latex2mathml.converter import convert

    block = formula["block"]
    made = convert(block or formula["inline"], display="block" if block else "inline")
    return (
        f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{made}</div>'
        if block
        else made
    )


def as_notebook(content) -> str:
    """The notebook with its outputs as a file: figures as PNG, which is shown everywhere, and the
    fingerprint of the cells that they are from."""
    for cell in content.cells:
        for output in cell.get("outputs", []):
            output.get("data", {}).pop("image/svg+xml", None)
    content.metadata = {
        "handwritten": {"cells": fingerprint(content)},
        "kernelspec": KERNEL,
        "language_info": {"name": "python"},
    }
    return nbformat.writes(content, indent=1) + "\n"


def fingerprint(content) -> str:
    """The SHA-256 of the cells of a notebook, without their outputs."""
    return digest([[cell["cell_type"], cell["source"]] for cell in content["cells"]])
