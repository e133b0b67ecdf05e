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
    assert report.array("labels", np.array([2, 0], np.uint8))[1] == "  [2 0]"


def test_what_changes_its_arguments_is_not_called_unknown():
    shuffled = "rng.shuffle(x)\n    rng.shuffle(y)\n    order = np.arange(len(x))"
    said = text(
        "phase2.batches", exchanged("phase2.batches", "order = rng.permutation(len(x))", shuffled)
    )
    assert "changes its argument x in place" in said and "No single mistake" not in said
    assert "x and y have been put into different orders" in said


WHICH = [  # a crash: what is said of it is about the array that it is in
    (
        "phase1.step",
        "hidden_gradients(x, delta1)",
        "hidden_gradients(a1, delta1)",
        "What went into W1?",
    ),
    (
        "phase1.step",
        "dW1, db1 = hidden_gradients(x, delta1)",
        "dW1, db1 = output_gradients(a1, hidden_error(delta2, W2, a1))",
        "dW1 is made from the activations of the wrong layer",
    ),
    (
        "phase2.forward",
        "z = a[-1] @ W + b\n        a.",
        "z = x @ W + b\n        a.",
        "a2 is made from x,",
    ),
    (
        "phase2.backward",
        "delta @ W.T *",
        "delta @ layers[l - 1][0].T *",
        "delta2 goes back through the W",
    ),
]


@pytest.mark.parametrize(("key", "old", "new", "says"), WHICH)
def test_the_array_of_a_crash_is_the_one_that_is_wrong(key, old, new, says):
    assert says in text(key, exchanged(key, old, new))


OWN_CONVENTION = [
    ("a1.T @ delta2", "delta2.T @ a1", "transposed"),
    ("delta2.sum(axis=0)", "np.sum(delta2)", "one number for all biases"),
    ("delta2.sum(axis=0)", "delta2.sum(axis=1)", "sums over the units of each image"),
    ("a1.T @ delta2", "a1 * delta2", "multiplies element by element"),
]


@pytest.mark.parametrize(("old", "new", "says"), OWN_CONVENTION)
def test_mistakes_are_recognised_while_1_over_n_is_missing(old, new, says):
    without = exchanged("phase1.output_error", "(p - y) / len(p)", "p - y")
    key = "phase1.output_gradients"
    said = text(key, exchanged(key, old, new, without))
    assert "No single mistake" not in said and says in said
    assert "Besides, output_error lacks the 1/n" in said
    assert "Besides" not in text(key, exchanged(key, old, new))


def test_a_loss_that_has_to_be_finite_is_expected_in_words():
    outside = exchanged(
        "phase1.cross_entropy",
        "-np.sum(y * np.log(p + 1e-12)) / len(p)",
        "-np.mean(np.log(np.sum(y * p, axis=1)) + 1e-12)",
    )
    said = text("phase1.cross_entropy", outside)
    assert "expected J: finite, and above 2" in said
    assert "A small number has no effect outside the logarithm" in said


def test_a_return_inside_the_loop_over_batches_is_named():
    for pair in ("x[rows], y[rows]", "[x[rows], y[rows]]"):
        once = exchanged("phase2.batches", "found.append((x[rows], y[rows]))", f"return {pair}")
        assert "a `return` is inside the loop" in text("phase2.batches", once)


def test_the_line_that_led_to_a_crash_is_shown():
    key, old = "phase1.step", "a1, p = forward"
    said = text(key, exchanged(key, old, "p, a1 = forward"))
    assert "in output_error, line" in said and "called in step, line" in said


def test_lines_that_repeat_are_printed_once():
    said = text(
        "phase1.relu",
        exchanged("phase1.relu", "return", "print('\\n'.join('aaa'))\n    return 2 *"),
    )
    assert "printed a (and 2 more like it)" in said


def test_a_second_name_is_no_copy():
    said = text(
        "phase1.relu", exchanged("phase1.relu", RELU, "a = z\n    a[a < 0] = 0\n    return a")
    )
    assert "the caller's numbers have changed" in said and "`a = z` makes a second name" in said
    said = text("phase1.relu", exchanged("phase1.relu", RELU, "z[z < 0] = 0\n    return z + 0"))
    assert "the caller's numbers have changed" in said and "second name" not in said
