"""Small networks to try a learner's functions on, and what the library computes of them.

All sizes differ, so that nothing that is transposed or summed over the wrong axis fits by accident.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from handwritten.exercises.exercise import Arrays, Values
from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import nearest_to_kink, numeric_gradient

ROWS, DIMS = 7, [6, 5, 3]  # images; pixels, hidden units, classes
RATE = 0.3
STEP = 5e-3  # of a central difference: also for functions that compute in float32
KEEP_OFF = 0.05  # the least distance of a hidden sum from 0
RELU = ACTIVATIONS["relu"]


def relu(z: np.ndarray) -> np.ndarray:
    """max(z, 0), without changing z."""
    a = np.array(z, np.float64)
    RELU(a, np.empty_like(a))
    return a


def forward(x: np.ndarray, layers: network.Layers) -> tuple[list[np.ndarray], np.ndarray]:
    """The inputs of all layers, [x, a_1, …], and the probabilities."""
    work = network.buffers(len(x), network.layer_dims(layers), np.float64)
    p = losses.softmax(network.forward(x, layers, RELU, work))
    return [x, *work.a[:-1]], p


def gradients(x: np.ndarray, y: np.ndarray, layers: network.Layers) -> network.Layers:
    """The gradients (dW, db) of the mean loss."""
    return backpropagated(x, y, layers)[1]


def backpropagated(
    x: np.ndarray, y: np.ndarray, layers: network.Layers
) -> tuple[list[np.ndarray], network.Layers]:
    """The error signals and the gradients, as the library computes them."""
    work = network.buffers(len(x), network.layer_dims(layers), np.float64)
    z = network.forward(x, layers, RELU, work)
    losses.softmax_cross_entropy(z, y, work.delta[-1], np.empty((len(x), 1)))
    work.delta[-1] /= len(x)
    found = [(np.empty_like(W), np.empty_like(b)) for W, b in layers]
    backpropagation.backward(x, layers, work, found)
    return [np.empty(0), *work.delta], found


def problem(
    seed: int, dims: list[int] = DIMS, rows: int = ROWS
) -> tuple[np.ndarray, np.ndarray, network.Layers]:
    """Images x, one-hot labels y, and layers. Sums and gradients have both signs in every layer,
    and hidden sums are not near 0."""
    rng = np.random.default_rng(seed)
    while True:
        x = rng.random((rows, dims[0]))
        layers = [
            (rng.standard_normal(shape), rng.uniform(-1, 1, shape[1])) for shape in pairwise(dims)
        ]
        y = losses.targets(rng.integers(0, dims[-1], rows), dims[-1], 0.0, np.float64)
        found = [array for layer in gradients(x, y, layers) for array in layer]
        if (
            nearest_to_kink(x, layers, RELU) > KEEP_OFF
            and all(both_signs(z) for z in sums(x, layers))
            and all((array > 0).any() and (array < 0).any() for array in found)
        ):
            return x, y, layers


def square(seed: int, layers: int = 2) -> tuple[np.ndarray, np.ndarray, network.Layers]:
    """A problem of which all sizes are alike, so that the wrong product has numbers too."""
    return problem(seed, [5] * (layers + 1), rows=5)


def both_signs(z: np.ndarray) -> bool:
    """Whether enough numbers are above 0, and enough below."""
    return bool(0.2 < (z > 0).mean() < 0.8)


def sums(x: np.ndarray, layers: network.Layers) -> list[np.ndarray]:
    """z of every layer."""
    a, _ = forward(x, layers)
    return [below @ W + b for below, (W, b) in zip(a, layers, strict=True)]


def values(x: np.ndarray, y: np.ndarray, layers: network.Layers, **more: Any) -> Values:
    """All values of a pass forward and backward by the names of the formulas. Lists begin with
    layer 0, so that W[l] is layer l's."""
    a, p = forward(x, layers)
    weights, biases = ([np.empty(0), *part] for part in zip(*layers, strict=True))
    delta, gradients = backpropagated(x, y, layers)
    dW, db = ([np.empty(0), *part] for part in zip(*gradients, strict=True))
    sizes = {"n": len(x), "k": y.shape[1], "L": len(layers)}
    found = {"x": x, "y": y, "a": a, "p": p, "W": weights, "b": biases, "delta": delta}
    return Values(**found, dW=dW, db=db, **sizes, **more)


def numeric_gradients(
    loss: Callable[[network.Layers], float], layers: network.Layers
) -> dict[str, np.ndarray]:
    """The central differences of a loss by every W and b, the last layer's first: dW2, db2, …"""
    copies = [(W.copy(), b.copy()) for W, b in layers]
    found: Arrays = {}
    for l in range(len(copies), 0, -1):
        for letter, array in zip("Wb", copies[l - 1], strict=True):
            found[f"d{letter}{l}"] = numeric_gradient(lambda: float(loss(copies)), array, STEP)
    return found
