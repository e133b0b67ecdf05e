"""The notebooks as they are stored: valid, without outputs, with no mathematics of their own."""

import ast

import nbformat
import pytest
from project import ROOT

from handwritten.io.code import Code
from handwritten.plan import notebooks
from handwritten.plan.context import SCRIPTS

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CODE = Code(SCRIPTS)


def code(path):
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "code")


def test_every_notebook_tells_of_a_run():
    assert {path.stem for path in NOTEBOOKS} == set(notebooks.RUN_OF)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_outputs_are_stripped(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        assert not cell.get("outputs") and cell.get("execution_count") is None
        assert not cell.metadata


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
