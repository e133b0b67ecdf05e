"""Backpropagation by hand: the numbers are right, and docs and notebook have these."""

import math

import nbformat
import numpy as np
import pytest
from project import ROOT

from handwritten.page import by_hand

BELOW_ZERO = by_hand.NUMBERS | {"y": 0, "b1": [[-1, 0.2]], "b2": [[-0.7]]}
CASES = {"as declared": by_hand.NUMBERS, "a unit below zero": BELOW_ZERO}


def loss(numbers) -> float:
    """J, written out."""
    x, W1, b1, W2, b2 = (np.array(numbers[name]) for name in ("x", "W1", "b1", "W2", "b2"))
    p = 1 / (1 + math.exp(-(np.maximum(x @ W1 + b1, 0) @ W2 + b2).item()))
    return -math.log(p if numbers["y"] else 1 - p)


def moved(numbers, name: str, at: tuple[int, int], by: float):
    array = np.array(numbers[name], float)
    array[at] += by
    return numbers | {name: array.tolist()}


@pytest.mark.parametrize("numbers", CASES.values(), ids=CASES)
def test_the_library_computes_the_loss_and_its_derivatives(numbers):
    results, h = by_hand.computed(numbers), 1e-6
    assert results["J"].item() == pytest.approx(loss(numbers), abs=1e-12)
    for name in by_hand.PARAMETERS:
        assert results[f"d{name}"].shape == np.shape(numbers[name])
        for at, derivative in np.ndenumerate(results[f"d{name}"]):
            above, below = (loss(moved(numbers, name, at, by)) for by in (h, -h))
            assert derivative == pytest.approx((above - below) / (2 * h), abs=1e-8)
    assert loss(by_hand.stepped(numbers)) < loss(numbers)


def test_these_are_the_numbers():
    results = {name: array.tolist() for name, array in by_hand.computed(by_hand.NUMBERS).items()}
    expected = {"z1": [[0.6, 0.4]], "z2": [[0.24]], "p": [[0.55971]], "J": [[0.58033]]}
    expected |= {"delta2": [[-0.44029]], "dW2": [[-0.26417], [-0.17611]]}
    expected |= {"delta1": [[-0.17611, 0.44029]]}
    expected |= {"dW1": [[-0.17611, 0.44029], [-0.08806, 0.22014]]}
    for name, rows in expected.items():
        np.testing.assert_allclose(results[name], rows, atol=6e-6)


@pytest.mark.parametrize("numbers", CASES.values(), ids=CASES)
def test_every_line_can_be_worked_out_with_the_numbers_in_it(numbers):
    parts = (by_hand.forward, by_hand.backward, by_hand.step)
    lines = [line for part in parts for line in part(numbers)]
    lines += by_hand.forward(by_hand.stepped(numbers))
    assert len(lines) == 5 + 7 + 4 + 5
    for line in lines:
        worked = [value(text) for row in line.work for text in row]
        results = [value(text) for row in line.result for text in row]
        assert worked == pytest.approx(results, abs=0.0021), line


def test_a_pencil_gets_what_is_printed():
    """Each line, from the rounded numbers in it, is exactly its result; none is halfway."""
    numbers = by_hand.NUMBERS
    lines = by_hand.forward(numbers) + by_hand.backward(numbers) + by_hand.step(numbers)
    for line in lines + by_hand.forward(by_hand.stepped(numbers)):
        for work, result in zip(np.ravel(line.work), np.ravel(line.result), strict=True):
            worked = value(str(work))
            assert by_hand.text(round(worked, 3)) == by_hand.text(value(str(result))), line
            assert abs(1000 * worked % 1 - 0.5) > 0.01, line


def value(text: str) -> float:
    """What a text such as `0.6 × (−0.45)` comes to."""
    text = text.replace("×", "*").replace("−log 0", "−log(0").replace("−", "-")
    if text.count("(") > text.count(")"):
        text += ")"
    return eval(text, {"exp": math.exp, "log": math.log, "max": max})


def test_the_page_in_the_docs_has_these_lines():
    text = (ROOT / "docs/backpropagation-by-hand.md").read_text()
    for name, block in by_hand.blocks(by_hand.NUMBERS).items():
        assert f"```math\n{block}\n```" in text, f"{name} is now:\n{block}"


def test_the_first_notebook_has_these_lines():
    cells = nbformat.read(ROOT / "notebooks/nn-implementation.ipynb", as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    for name, block in by_hand.blocks(by_hand.NUMBERS).items():
        assert f"$$\n{block}\n$$" in text, f"{name} is now:\n{block}"
