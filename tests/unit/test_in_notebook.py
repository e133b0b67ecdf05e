"""The exercises' check in a notebook: of functions that cells define, which may use each other."""

import linecache

import pytest

from handwritten.exercises import in_notebook

RELU = """\
# a cell may begin with other lines
def relu(z):
    return np.maximum(z, 0)
"""
SOFTMAX = """\
def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
FORWARD = """\
def forward(x, W1, b1, W2, b2):
    a1 = relu(x @ W1 + b1)
    return a1, softmax(a1 @ W2 + b2)
"""
WRONG_AXIS = SOFTMAX.replace("e.sum(axis=1, keepdims=True)", "e.sum(axis=0)")
UNWRITTEN = """\
def relu(z):
    raise NotImplementedError("relu is not written yet")
"""
MOMENTUM = """\
def momentum_step(w, gradient, v, learning_rate, momentum):
    v = momentum * v + learning_rate * gradient
    return w - v, v
"""


@pytest.fixture
def notebook():
    """`notebook(cell, …)`: the names that these cells define, as a kernel has them."""

    def run(*cells):
        names = {"__name__": "notebook of a test"}
        exec("import numpy as np", names)
        for number, text in enumerate(cells):
            file = f"<cell {number} of a test>"
            linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
            exec(compile(text, file, "exec"), names)
        return names

    return run


def test_a_function_that_is_right_may_use_those_of_other_cells(notebook, capsys):
    names = notebook(RELU, SOFTMAX, FORWARD)
    in_notebook.check("phase1", names["forward"])
    assert capsys.readouterr().out == "✓ forward           right\n"


def test_a_mistake_is_named_with_the_line_in_its_cell(notebook, capsys):
    in_notebook.check("phase1", notebook(RELU, "\n\n" + WRONG_AXIS)["softmax"])
    said = capsys.readouterr().out
    assert said.startswith("✗ softmax") and "softmax, line 3 of its cell" in said
    assert "looks like" in said and "/tmp" not in said


def test_what_is_not_written_yet_is_said_kindly_and_at_once(notebook, capsys, monkeypatch):
    monkeypatch.delattr(in_notebook.subprocess, "run")
    in_notebook.check("phase1", notebook(UNWRITTEN)["relu"])
    assert capsys.readouterr().out == "relu is not written yet. The lesson goes on without it.\n"


def test_a_function_that_needs_one_that_is_not_written_says_which(notebook, capsys):
    in_notebook.check("phase1", notebook(UNWRITTEN, SOFTMAX, FORWARD)["forward"])
    assert "forward calls relu, which is not written yet: line 2 of its cell" in (
        capsys.readouterr().out
    )


def test_functions_of_phase_2(notebook, capsys):
    in_notebook.check("phase2", notebook(MOMENTUM)["momentum_step"])
    assert "✓ momentum_step" in capsys.readouterr().out
