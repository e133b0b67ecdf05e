"""The notebooks as they are stored: with the outputs of a run of these cells, with the exercises to
fill in, and with no mathematics of their own."""

import ast
import base64
import io
import re
import socket
import xml.etree.ElementTree as ElementTree

import matplotlib.image
import nbformat
import numpy as np
import pytest
from project import ROOT

import train_phase1
from handwritten.io.code import Code
from handwritten.learning import (
    backpropagation,
    initialisations,
    network,
    optimizers,
    regularisation,
)
from handwritten.page import notebook_figures, notebook_inputs, notebook_page
from handwritten.plan import notebooks
from handwritten.plan.context import SCRIPTS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CODE = Code(SCRIPTS)
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")


def cells_of(path, kind: str) -> list:
    """The cells of this kind of a notebook."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def code_cells(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def png_of(data) -> io.BytesIO:
    """The figure of an output."""
    return io.BytesIO(base64.b64decode(data["image/png"]))


def code(path):
    return "\n".join(cell.source for cell in cells_of(path, "code"))


def test_every_notebook_tells_of_a_run():
    assert {path.stem for path in NOTEBOOKS} == set(notebooks.RUN_OF)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_is_stored_as_it_came_from_a_run_of_these_cells(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.handwritten.cells == notebooks.source(CODE, path)[path.name], (
        "its cells have changed since it was run: run `make lessons`"
    )
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not any(cell.metadata for cell in notebook.cells)
    assert path.stat().st_size <= 300_000


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_reader_sees_digits_curves_and_formulas_without_running_it(path):
    outputs = [output for cell in cells_of(path, "code") for output in cell.outputs]
    figures = [output.data for output in outputs if "image/png" in output.get("data", {})]
    words = " ".join(data["text/plain"] for data in figures)
    assert "20 images" in words and "errors and learning rate" in words
    for data in figures:
        height, width, _ = matplotlib.image.imread(png_of(data)).shape
        assert height > 50 and width > 500
    assert {"image/png", "text/plain", "text/markdown"} >= {
        kind for output in outputs for kind in output.get("data", {})
    }
    assert sum(cell.source.count("$$") for cell in cells_of(path, "markdown")) >= 16


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nothing_of_the_machine_is_stored(path):
    machine = re.escape(str(ROOT)), rf"\b{re.escape(socket.gethostname())}\b"
    anything = ("/(home|root|tmp|usr|work|Users)/", "0x[0-9a-f]{8}", r"\d\d:\d\d")
    for output in (output for cell in cells_of(path, "code") for output in cell.outputs):
        data = {"": output.get("text", "")} | output.get("data", {})
        text = "\n".join(text for kind, text in data.items() if kind != "image/png")
        assert not re.search("|".join((*machine, *anything)), text)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_code_that_it_shows_is_the_repository_s(path):
    modules = [backpropagation, initialisations, network, optimizers, regularisation]
    names = {module.__name__.split(".")[-1]: module for module in modules}
    names |= {"phase1": train_phase1, "Source": notebook_figures.Source}
    shown = [cell for cell in cells_of(path, "code") if cell.source.startswith("Source(")]
    assert shown
    for cell in shown:
        (output,) = cell.outputs
        now = repr(eval(cell.source, names))
        assert output.data["text/plain"] == now.rstrip("\n"), "run `make lessons`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_cells_to_fill_in_are_the_exercises(path):
    file = notebooks.RUN_OF[path.stem]
    text = (ROOT / f"exercises/{file}.py").read_text()
    functions = {
        node.name: ast.get_source_segment(text, node)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef)
    }
    expected = [f'{body}\n\n\ncheck("{file}", {name})' for name, body in functions.items()]
    found = {cell.source: cell for cell in cells_of(path, "code") if "check(" in cell.source}
    assert sorted(found) == sorted(expected)
    for name, source in zip(functions, expected, strict=True):
        (output,) = found[source].outputs
        assert output.text == f"{name} is not written yet. The lesson goes on without it.\n"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_its_formulas_can_be_shown_by_browsers(path):
    for cell in cells_of(path, "markdown"):
        for formula in notebook_page.FORMULA.finditer(cell.source):
            tree = ElementTree.fromstring(notebook_page.mathml(formula))
            texts = [element.text or "" for element in tree.iter()]
            assert not any("\\" in text or "&" in text for text in texts), formula[0]


@pytest.mark.full
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_stored_is_what_a_run_gives(path, monkeypatch):
    """On MNIST, as `make` has built it. Other processors round differently."""
    monkeypatch.chdir(ROOT)
    run = notebook_inputs.of(notebooks.RUN_OF[path.stem])
    assert run["model"].startswith("results/mnist/"), "run make first, with MNIST"
    now = nbformat.reads(notebook_page.render(path, run)[1], as_version=4)
    for cell, again in zip(cells_of(path, "code"), code_cells(now), strict=True):
        assert len(cell.outputs) == len(again.outputs), cell.id
        for old, new in zip(cell.outputs, again.outputs, strict=True):
            assert_like(old, new, cell.id)


def assert_like(old, new, cell: str) -> None:
    """Two outputs agree: text but for the last digits of its numbers, figures nearly."""
    texts = [each.get("text") or each.data["text/plain"] for each in (old, new)]
    if "image/png" in old.get("data", {}):
        pictures = [matplotlib.image.imread(png_of(each.data)) for each in (old, new)]
        assert pictures[0].shape == pictures[1].shape, cell
        assert np.abs(pictures[0] - pictures[1]).mean() < 0.1, cell
        return
    words = [NUMBER.sub("number", text) for text in texts]
    assert words[0].split() == words[1].split(), cell
    values = [[float(value) for value in NUMBER.findall(text)] for text in texts]
    np.testing.assert_allclose(*values, rtol=0.05, atol=0.01, err_msg=cell)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_forward_and_backward_are_the_pipeline_s(path):
    """No product of matrices stands in a notebook: whoever multiplies is the library."""
    nodes = list(ast.walk(ast.parse(code(path))))
    assert not any(isinstance(node, ast.MatMult) for node in nodes)
    called = {
        node.func.attr
        for node in nodes
        if isinstance(node, ast.Call) and hasattr(node.func, "attr")
    }
    assert not called & {"matmul", "dot", "exp", "einsum"}
    assert called & {"forward", "logits"}


def test_a_word_in_a_notebook_is_another_version_and_its_layout_is_not(tmp_path):
    path = tmp_path / "a.ipynb"
    notebook = nbformat.read(NOTEBOOKS[0], as_version=4)
    path.write_text(nbformat.writes(notebook, indent=4))
    before = notebooks.source(CODE, path)
    assert "handwritten.page.notebook_inputs" in before
    path.write_text(nbformat.writes(notebook, indent=1))
    assert notebooks.source(CODE, path) == before
    notebook.cells[0].source += "."
    path.write_text(nbformat.writes(notebook))
    assert notebooks.source(CODE, path) != before
