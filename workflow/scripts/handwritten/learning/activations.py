"""The bend between two layers: without it, any stack of layers is one matrix product.

Each activation is a pair of in-place functions, so that the training loop allocates nothing:
`forward(z)` turns z into a = g(z); `backward(delta, a)` multiplies delta by g'(z). Every derivative
here can be written with the output a alone, so z need not be kept.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Activation(NamedTuple):
    """`forward(z)` and `backward(delta, a)`, both in place; `backward` uses up a."""

    forward: Callable[[np.ndarray], None]
    backward: Callable[[np.ndarray, np.ndarray], None]


def relu(z: np.ndarray) -> None:
    """a = max(z, 0)."""
    np.maximum(z, 0, out=z)


def relu_backward(delta: np.ndarray, a: np.ndarray) -> None:
    """g'(z) = 1 where z > 0, which is where a > 0, and else 0 (0 at the kink, by convention)."""
    np.greater(a, 0, out=a)
    delta *= a


def tanh(z: np.ndarray) -> None:
    """a = tanh(z)."""
    np.tanh(z, out=z)


def tanh_backward(delta: np.ndarray, a: np.ndarray) -> None:
    """g'(z) = 1 - tanh(z)^2 = 1 - a^2."""
    np.multiply(a, a, out=a)
    np.subtract(1, a, out=a)
    delta *= a


ACTIVATIONS = {
    "relu": Activation(relu, relu_backward),
    "tanh": Activation(tanh, tanh_backward),
}
