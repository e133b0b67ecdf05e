"""What a learner reads of a function that is wrong: every sentence is true of it."""

import numpy as np
import pytest
from solving import exchanged, functions, judged

from handwritten.exercises import report


def text(key: str, sources: dict[str, str]) -> str:
    """What a learner reads of a function of these files."""
    file, name = key.split(".")
    function = functions(sources)[file][name]
    lines = report.described(judged(key, sources), function, f"{file}.py")
    return " ".join(" ".join(lines).split())


RELU, SOFTMAX = "return np.maximum(z, 0)", "e.sum(axis=1, keepdims=True)"
SAID = [
    ("phase1.relu", RELU, "return np.maximum(z, 0).tolist()", "a is a list, and has to be an arr"),
    ("phase1.relu", RELU, "return np.maximum(z, 0) + 0j", "a has complex numbers, of the type com"),
    ("phase1.relu", RELU, "return maximum(z, 0)", "The name maximum is not defined there"),
    ("phase1.relu", RELU, "return relu(z)", "A function calls itself without an end."),
    ("phase1.one_hot", "return y", "return y.tolist()", "y is a list, and has to be an array"),
    ("phase1.one_hot", "return y", "return y.astype('u1')", "y is of the type uint8, which has"),
    (
        "phase1.softmax",
        "z.max(axis=1, keepdims=True)",
        "0",
        "right with ordinary numbers and with ",
    ),
    ("phase1.step", "- learning_rate * dW2", "- dW2", "dW2 is (W2 before - W2 after) / learning_"),
]


@pytest.mark.parametrize(("key", "old", "new", "says"), SAID)
def test_the_cause_is_said(key, old, new, says):
    said = text(key, exchanged(key, old, new))
    assert says in said
    assert "compare shapes" not in said


@pytest.mark.parametrize("key", ["phase1.output_gradients", "phase1.hidden_gradients"])
def test_1_over_n_may_be_missing_before_the_gradients(key):
    without = exchanged("phase1.output_error", "(p - y) / len(p)", "p - y")
    assert "Or output_error lacks its 1/n" in text(key, without)
    assert "Or output_error lacks its 1/n" in text("phase1.step", without)
    l = "2" if "output" in key else "1"
    product = {"2": "a1.T @ delta2", "1": "x.T @ delta1"}[l]
    said = text(key, exchanged(key, product, f"len(delta{l}) * {product}"))
    assert "it is a sum over the images" in said and "output_error" not in said


def test_nothing_is_true_of_nan():
    for key, old, new in (
        ("phase1.cross_entropy", "return ", "return np.nan * "),
        ("phase1.softmax", SOFTMAX, "np.nan"),
    ):
        said = text(key, exchanged(key, old, new))
        assert "There is NaN" in said
        assert "not negative" not in said and "No number is below 0" not in said


def test_zero_has_no_sign():
    lines = report.array("p", np.array([[-0.0, -1e-9], [0.5, -0.5]]))
    assert not any("-0." in line.replace("-0.5", "") for line in lines)
    assert report.number(-0.0) == "0"


def test_what_changes_its_arguments_is_not_called_unknown():
    shuffled = "rng.shuffle(x)\n    rng.shuffle(y)\n    order = np.arange(len(x))"
    said = text(
        "phase2.batches", exchanged("phase2.batches", "order = rng.permutation(len(x))", shuffled)
    )
    assert "changes its argument x in place" in said and "No single mistake" not in said
