"""Is the calculus right? Every gradient is compared with a numeric derivative of the loss.

A gradient derived by hand says how the loss J changes when a parameter w changes a little. So
change it a little, both ways, and see how the loss does change, the central difference

    (J(w + h) - J(w - h)) / 2h  =  dJ/dw + O(h^2)

In float64 and with h = 1e-6, the remainder is about 1e-12, and rounding adds about 1e-10 of a loss
near 1. A wrong sign, a forgotten factor or a transposed matrix is off by its own size.

ReLU has no derivative at 0, and a difference across its kink is that of neither side. So networks
are drawn until every hidden sum keeps a distance from 0.
"""

from collections.abc import Callable

import numpy as np

from handwritten.learning import backpropagation, losses, network, regularisation
from handwritten.learning.activations import ACTIVATIONS, Activation

STEP = 1e-6  # h
BOUND = 1e-7  # the relative error from which a gradient counts as wrong
KEEP_OFF = 1e-3  # the least distance of a hidden sum from 0: far more than a step moves it
ROWS = 5  # images of a network's batch
DIMS = [6, 5, 4, 3]  # three layers: small, since every parameter costs two forward passes

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


def relative_error(analytic: np.ndarray, numeric: np.ndarray) -> float:
    """|a - n| / (|a| + |n|) over all parameters: 0 for equal gradients, 1 for opposite ones."""
    scale = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    return float(np.linalg.norm(analytic - numeric) / scale)


def of_the_library(activation: str, l2: float = 0.0) -> Calculus:
    """Phase 2's loss and gradients of a batch, as the training loop puts them together."""

    def loss_and_gradients(x, y, layers):
        gradients = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
        work = network.buffers(len(x), network.layer_dims(layers), x.dtype)
        z = network.forward(x, layers, ACTIVATIONS[activation], work)
        loss = losses.softmax_cross_entropy(z, y, work.delta[-1], np.empty((len(x), 1))) / len(x)
        work.delta[-1] /= len(x)
        backpropagation.backward(x, layers, work, gradients)
        for (W, _), (dW, _) in zip(layers, gradients, strict=True):
            regularisation.add_l2_gradient(W, dW, l2, np.empty_like(W))
            loss += l2 / 2 * np.sum(W * W)
        return loss, gradients

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
    `parameters` that were changed, and the `relative_error` of all their gradients together."""
    x, labels, vector = random_problem(dims, ACTIVATIONS[activation], rng)
    y, layers = losses.targets(labels, dims[-1], smoothing, x.dtype), network.views(vector, dims)
    analytic = network.as_vector(calculus(x, y, layers)[1])
    numeric = numeric_gradient(lambda: calculus(x, y, layers)[0], vector)
    return {
        "what": what,
        "layer_dims": dims,
        "activation": activation,
        "loss": loss,
        "parameters": vector.size,
        "relative_error": relative_error(analytic, numeric),
    }


def checks(phase1: Calculus, rng: np.random.Generator) -> list[dict]:
    """Every kind of gradient once, as rows of `checked`: phase 1's, which is a function of its own,
    and the library's through each activation, with smoothed labels and with L2."""
    rows = [checked("phase 1", phase1, rng, dims=[6, 4, 3])]
    for name in ACTIVATIONS:
        rows.append(checked("the library", of_the_library(name), rng, activation=name))
    library, with_l2 = of_the_library("relu"), of_the_library("relu", l2=0.01)
    smoothed, penalised = "cross-entropy, labels smoothed by 0.1", "cross-entropy, L2 of 0.01"
    rows.append(checked("the library", library, rng, smoothing=0.1, loss=smoothed))
    rows.append(checked("the library", with_l2, rng, loss=penalised))
    return rows


def require(rows: list[dict]) -> None:
    """WrongGradientError, with all offenders, where a check's error is not below BOUND."""
    wrong = [
        f"{row['what']} ({row['activation']}, {row['loss']}): {row['relative_error']:.1e}"
        for row in rows
        if not row["relative_error"] < BOUND
    ]
    if wrong:
        raise WrongGradientError(
            "gradients differ from central differences by a relative error that is not below "
            f"{BOUND:g}: {'; '.join(wrong)}. The backward pass is no longer that of the forward "
            "pass and loss: see which of the two was changed last."
        )
