"""Is the calculus right? Every gradient is compared with a numeric derivative of the loss.

A gradient derived by hand says how the loss J changes when a parameter w changes a little. So
change it a little, both ways, and see how the loss does change, the central difference

    (J(w + h) - J(w - h)) / 2h  =  dJ/dw + O(h^2)

In float64 and with h = 1e-6, the remainder is about 1e-12, and rounding adds about 1e-10 of a loss
near 1. A wrong sign, a forgotten factor or a transposed matrix is off by its own size.

ReLU has no derivative at 0, and a difference taken across its kink equals the slope on neither
side. So networks are drawn until every hidden sum keeps a distance from 0.
"""

import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS, Activation
from handwritten.learning.batches import TrainingData
from handwritten.learning.state import State
from handwritten.learning.threads import Worker
from handwritten.learning.updates import Updater
from handwritten.settings import Settings

STEP = 1e-6  # h
BOUND = 1e-7  # the error from which a gradient counts as wrong
KEEP_OFF = 1e-3  # the least distance of a hidden sum from 0: far more than a step moves it
ROWS = 6  # images of a network's batch
SLICE_ROWS = 3  # of them at a time, so that the gradients of slices are added up
DIMS = [6, 5, 4, 3]  # three layers: small, since every parameter costs two forward passes
SCRIPTS = Path(__file__).resolve().parents[2]

# From images x (n, d_0), targets y (n, classes) and layers: the loss, and its gradients layer by
# layer.
Calculus = Callable[[np.ndarray, np.ndarray, network.Layers], tuple[float, network.Layers]]


class WrongGradientError(ArithmeticError):
    """A gradient that is not the derivative of its loss."""


def numeric_gradient(
    loss: Callable[[], float], vector: np.ndarray, step: float = STEP
) -> np.ndarray:
    """dloss/dvector by central differences, shaped like vector, which loss() depends on."""
    gradient = np.empty_like(vector)
    for i in range(vector.size):
        kept = vector.flat[i]
        vector.flat[i] = kept + step
        above = loss()
        vector.flat[i] = kept - step
        below = loss()
        vector.flat[i] = kept
        gradient.flat[i] = (above - below) / (2 * step)
    return gradient


class SwitchedOff(Settings):
    """Settings of a training of which those that are not named are 0, which switches them off."""

    def __getattr__(self, name: str) -> int:
        return 0


def of_the_library(activation: str, l2: float = 0.0, dropout: float = 0.0) -> Calculus:
    """Phase 2's loss and gradients of a batch, taken from what trains: the step of plain gradient
    descent with a learning rate of 1, which is the gradient."""
    settings: Any = SwitchedOff(
        activation=activation, l2=l2, dropout=dropout, optimizer="gradient_descent"
    )

    def loss_and_gradients(x, y, layers):
        data = TrainingData(x, np.ascontiguousarray(y.T))
        worker = Worker(data, layers, settings, SLICE_ROWS)
        worker.begin_epoch(lambda purpose: np.random.default_rng(0), 0)  # drops the same units
        loss = worker.gradient(np.arange(len(x)), 1.0)
        loss += l2 / 2 * sum(np.sum(W * W) for W, _ in layers)
        before, after = network.as_vector(layers), network.as_vector(layers)
        nothing = np.empty((0, len(after)))
        state = State(np.arange(x.shape[1]), after, nothing, nothing)
        Updater(state, network.views(after, network.layer_dims(layers)), worker.work, settings)(1.0)
        return loss, network.views(before - after, network.layer_dims(layers))

    return loss_and_gradients


def nearest_to_kink(x: np.ndarray, layers: network.Layers, g: Activation) -> float:
    """The smallest distance of any hidden sum from 0; infinity without hidden layers."""
    below, nearest = x, np.inf
    for W, b in layers[:-1]:
        below = below @ W + b
        nearest = min(nearest, np.abs(below).min())
        g(below, np.empty_like(below))
    return float(nearest)


def random_problem(
    dims: list[int], g: Activation, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images x (ROWS, d_0), their labels (ROWS,) and a network's vector of parameters, all float64,
    with hidden sums that are not near 0."""
    while True:
        x, labels = rng.random((ROWS, dims[0])), rng.integers(0, dims[-1], ROWS)
        vector = rng.standard_normal(network.parameter_count(dims))
        if nearest_to_kink(x, network.views(vector, dims), g) > KEEP_OFF:
            return x, labels, vector


def checked(
    what: str,
    calculus: Calculus,
    rng: np.random.Generator,
    dims: list[int] = DIMS,
    activation: str = "relu",
    smoothing: float = 0.0,
    loss: str = "cross-entropy",
) -> dict:
    """One check as a row: `what` and `loss` in words, `layer_dims`, `activation`, the number of
    `parameters` that were changed, the `arrays` dW1, db1, dW2, … one by one (`compared`), and the
    largest of their errors. Where the gradients cannot be computed, `problem` says why."""
    x, labels, vector = random_problem(dims, ACTIVATIONS[activation], rng)
    y, layers = losses.targets(labels, dims[-1], smoothing, x.dtype), network.views(vector, dims)
    row: dict[str, Any] = {"what": what, "layer_dims": dims, "activation": activation, "loss": loss}
    row |= {"parameters": vector.size, "error": np.inf, "arrays": []}
    try:
        analytic = calculus(x, y, layers)[1]
        numeric = numeric_gradient(lambda: calculus(x, y, layers)[0], vector)
    except Exception as problem:  # whatever an edited backward pass may raise
        return row | {"problem": f"{type(problem).__name__}: {problem} ({origin(problem)})"}
    arrays = compared(analytic, network.views(numeric, dims))
    return row | {"arrays": arrays, "error": max(array["error"] for array in arrays)}


def origin(problem: Exception) -> str:
    """The last line of this project that an exception has passed through, and where it is."""
    frames = traceback.extract_tb(problem.__traceback__)
    frame = [each for each in frames if Path(each.filename).is_relative_to(SCRIPTS)][-1]
    return f"line {frame.lineno} of {Path(frame.filename).name}: {frame.line}"


def compared(analytic: network.Layers, numeric: network.Layers) -> list[dict]:
    """Every gradient beside its numeric one, as rows: `array` (its name), its `error`, and where
    the two differ most: the index `at`, `computed` and `expected` there.

    The error is relative to the gradient's norm where that is above 1, and absolute below, as
    rounding is. The error of an array of another shape is infinite.
    """
    rows: list[dict[str, Any]] = []
    for l, (ours, theirs) in enumerate(zip(analytic, numeric, strict=True), 1):
        for name, computed, expected in zip((f"dW{l}", f"db{l}"), ours, theirs, strict=True):
            if np.shape(computed) != expected.shape:
                shapes = f"its shape is {np.shape(computed)}, not {expected.shape}"
                rows.append({"array": name, "error": np.inf, "problem": shapes})
            else:
                rows.append({"array": name} | deviation(computed, expected))
    return rows


def deviation(computed: np.ndarray, expected: np.ndarray) -> dict:
    """How far an array is from the expected one, and where it is furthest from it."""
    difference, norm = computed - expected, float(np.linalg.norm(expected))
    worst = np.unravel_index(np.abs(difference).argmax(), expected.shape)
    return {
        "error": float(np.linalg.norm(difference)) / max(norm, 1.0),
        "at": [int(i) for i in worst],
        "computed": float(computed[worst]),
        "expected": float(expected[worst]),
    }


def checks(phase1: Calculus, rng: np.random.Generator) -> list[dict]:
    """Every kind of gradient once, as rows of `checked`: phase 1's, which is a function of its own,
    and the library's through each activation, with smoothed labels, with L2 and with dropout."""
    rows = [checked("phase 1", phase1, rng, dims=[6, 4, 3])]
    for name in ACTIVATIONS:
        rows.append(checked("the library", of_the_library(name), rng, activation=name))
    library, with_l2 = of_the_library("relu"), of_the_library("relu", l2=0.01)
    smoothed, penalised = "cross-entropy, labels smoothed by 0.1", "cross-entropy, L2 of 0.01"
    rows.append(checked("the library", library, rng, smoothing=0.1, loss=smoothed))
    rows.append(checked("the library", with_l2, rng, loss=penalised))
    # The dropped units of one layer change the next one's sums, so no distance from a kink is kept:
    # an activation without one.
    dropped, some = of_the_library("tanh", dropout=0.5), "cross-entropy, dropout of 0.5"
    rows.append(checked("the library", dropped, rng, activation="tanh", loss=some))
    return rows


def wrong_arrays(row: dict) -> list[dict]:
    """The gradients of a check whose error is not below BOUND."""
    return [array for array in row["arrays"] if not array["error"] < BOUND]


def table(rows: list[dict]) -> list[str]:
    """The errors of all arrays as lines of text, wrong ones marked by an exclamation mark."""
    layers = max(len(row["arrays"]) // 2 for row in rows)
    names = [f"{kind}{l}  " for l in range(1, layers + 1) for kind in ("dW", "db")]
    texts = [("check", "activation", "loss")]
    texts += [(row["what"], row["activation"], row["loss"]) for row in rows]
    cells = [names]
    for row in rows:
        errors = [array["error"] for array in row["arrays"]]
        wrong = "cannot be computed" if "problem" in row else None
        cells.append([wrong] if wrong else [f"{e:.0e} {' ' if e < BOUND else '!'}" for e in errors])
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [
        "  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True))
        + "".join(f"{cell:>9}" for cell in errors)
        for line, errors in zip(texts, cells, strict=True)
    ]


def description(array: dict) -> str:
    """What is wrong with a gradient, in words."""
    if "problem" in array:
        return f"{array['array']}: {array['problem']}"
    off = abs(array["computed"] - array["expected"])
    return (
        f"{array['array']} is off by up to {off:.2g}: {array['array']}{array['at']} is "
        f"{array['computed']:.6g}, the central difference {array['expected']:.6g}"
    )


def faults(row: dict) -> list[str]:
    """What is wrong with the gradients of a check, a line for each array."""
    return [row["problem"]] if "problem" in row else [*map(description, wrong_arrays(row))]


def require(rows: list[dict]) -> None:
    """WrongGradientError where a check's error is not below BOUND. Of checks with the same wrong
    arrays it shows the first one's, and names the others."""
    alike: dict[tuple, list[dict]] = {}
    for row in rows:
        if faults(row):
            names = tuple(array["array"] for array in wrong_arrays(row))
            alike.setdefault((row["what"], names), []).append(row)
    if not alike:
        return
    lines = ["gradients are not the derivatives of their loss (central differences)"]
    for first, *others in alike.values():
        lines.append(f"{first['what']}, {first['activation']}, {first['loss']}:")
        lines += [f"  {line}" for line in faults(first)]
        right = [each["array"] for each in first["arrays"] if each["error"] < BOUND]
        lines += [f"  right: {', '.join(right)}"] * bool(right)
        also = "; ".join(f"{row['activation']}, {row['loss']}" for row in others)
        lines += [f"  the same is wrong with {also}"] * bool(also)
    lines.append(
        "Nothing is trained with wrong gradients. The backward pass does not fit the forward pass "
        "and the loss: see which of them was changed last. `make gradients` checks it again."
    )
    raise WrongGradientError("\n".join(lines))
