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


LEAK = 0.01  # the slope of leaky ReLU below zero


def leaky_relu(z: np.ndarray) -> None:
    """a = z where z > 0, else LEAK * z: a unit below zero still learns. Maas and others 2013."""
    np.multiply(z, LEAK, out=z, where=z < 0)


def leaky_relu_backward(delta: np.ndarray, a: np.ndarray) -> None:
    """g'(z) = 1 where a > 0, else LEAK."""
    np.greater(a, 0, out=a)
    a *= 1 - LEAK
    a += LEAK
    delta *= a


def sigmoid(z: np.ndarray) -> None:
    """a = 1 / (1 + exp(-z)), as (1 + tanh(z / 2)) / 2, which no z overflows."""
    z *= 0.5
    np.tanh(z, out=z)
    z += 1
    z *= 0.5


def sigmoid_backward(delta: np.ndarray, a: np.ndarray) -> None:
    """g'(z) = a (1 - a)."""
    delta *= a
    np.subtract(1, a, out=a)
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
    "leaky_relu": Activation(leaky_relu, leaky_relu_backward),
    "sigmoid": Activation(sigmoid, sigmoid_backward),
    "tanh": Activation(tanh, tanh_backward),
}
