"""The bend between two layers: without it, any stack of layers is one matrix product.

An activation is a function g(z, slope) of two arrays of one shape that works in place: it turns z
into a = g(z) and fills `slope` with g'(z), which is all that the backward pass needs to know of it.
All but GELU do so without any array of their own.
"""

from collections.abc import Callable

import numpy as np

Activation = Callable[[np.ndarray, np.ndarray], None]


def relu(z: np.ndarray, slope: np.ndarray) -> None:
    """a = max(z, 0): slope 1 where z > 0, else 0 (0 at the kink, by convention)."""
    np.greater(z, 0, out=slope)
    z *= slope


LEAK = 0.01  # the slope of leaky ReLU below zero


def leaky_relu(z: np.ndarray, slope: np.ndarray) -> None:
    """a = z where z > 0, else LEAK * z: a unit below zero still learns. Maas and others 2013."""
    np.greater(z, 0, out=slope)
    slope *= 1 - LEAK
    slope += LEAK
    z *= slope


def sigmoid(z: np.ndarray, slope: np.ndarray) -> None:
    """a = 1 / (1 + exp(-z)), as (1 + tanh(z / 2)) / 2, which no z overflows; slope a (1 - a)."""
    z *= 0.5
    np.tanh(z, out=z)
    z += 1
    z *= 0.5
    np.subtract(1, z, out=slope)
    slope *= z


def tanh(z: np.ndarray, slope: np.ndarray) -> None:
    """a = tanh(z), slope 1 - a^2."""
    np.tanh(z, out=z)
    np.multiply(z, z, out=slope)
    np.subtract(1, slope, out=slope)


def gelu(z: np.ndarray, slope: np.ndarray) -> None:
    """a = z * (share of a normal distribution below z), a ReLU with its corner rounded off.

    The share is nearly (1 + t) / 2 with t = tanh(r (z + c z^3)), so the slope is
    (1 + t) / 2 + z / 2 * (1 - t^2) * r (1 + 3 c z^2).
    Hendrycks and Gimpel 2016, "Gaussian error linear units", section 2; r^2 = 2 / pi.
    """
    r, c = np.sqrt(2 / np.pi).astype(z.dtype), 0.044715
    t = np.tanh(r * (z + c * z**3))
    slope[...] = (1 + t) / 2 + z / 2 * (1 - t * t) * r * (1 + 3 * c * z * z)
    z *= (1 + t) / 2


ACTIVATIONS = {
    "relu": relu,
    "leaky_relu": leaky_relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "gelu": gelu,
}
