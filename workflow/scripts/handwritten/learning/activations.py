"""The activation function of the hidden layers: without it, any stack of layers is one matrix
product.

An activation is a function of two arrays of one shape that works in place: it turns z into
a = g(z) and fills `derivative` with g'(z), which is all that the backward pass needs to know about
it. All but GELU do so without an array of their own.

What is declared above each function is all that the rest of the project knows about it. A formula
gives a from z. The JavaScript form, by which a network runs in the page, has two expressions of the
number z. The ONNX form is in ONNX's own text format, from z to a, one node per line.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from handwritten.learning.declaration import Declaration, declare


@dataclass(frozen=True)
class JavaScript:
    """Two JavaScript expressions of the number z: g(z) and g'(z)."""

    value: str
    derivative: str


@dataclass(frozen=True, kw_only=True)
class ActivationFunction(Declaration):
    """An activation, called as g(z, derivative). It has no settings: a model file holds none."""

    javascript: JavaScript | None = None
    onnx: str | None = None


Activation = Callable[[np.ndarray, np.ndarray], None]
ACTIVATIONS: dict[str, ActivationFunction] = {}
activation = partial(declare, ACTIVATIONS, ActivationFunction)


@activation(
    formula="a = np.maximum(z, 0)",
    torch="torch.relu(z)",
    javascript=JavaScript("Math.max(z, 0)", derivative="z > 0 ? 1 : 0"),
    onnx="a = Relu (z)",
)
def relu(z: np.ndarray, derivative: np.ndarray) -> None:
    """a = max(z, 0): derivative 1 where z > 0, else 0 (0 at the kink, by convention)."""
    np.greater(z, 0, out=derivative)
    z *= derivative


LEAK = 0.01  # the derivative of leaky ReLU below zero


@activation(
    formula=f"a = np.where(z > 0, z, {LEAK} * z)",
    torch=f"torch.nn.functional.leaky_relu(z, {LEAK})",
    javascript=JavaScript(f"z > 0 ? z : {LEAK} * z", derivative=f"z > 0 ? 1 : {LEAK}"),
    onnx=f"a = LeakyRelu <alpha = {LEAK}> (z)",
)
def leaky_relu(z: np.ndarray, derivative: np.ndarray) -> None:
    """a = z where z > 0, else LEAK * z: a unit below zero still learns. Maas and others 2013."""
    np.greater(z, 0, out=derivative)
    derivative *= 1 - LEAK
    derivative += LEAK
    z *= derivative


@activation(
    formula="a = 1 / (1 + np.exp(-z))",
    torch="torch.sigmoid(z)",
    javascript=JavaScript(
        "(1 + Math.tanh(z / 2)) / 2", derivative="(1 - Math.tanh(z / 2) ** 2) / 4"
    ),
    onnx="a = Sigmoid (z)",
)
def sigmoid(z: np.ndarray, derivative: np.ndarray) -> None:
    """a = 1 / (1 + exp(-z)), derivative a (1 - a).

    It is computed as (1 + tanh(z / 2)) / 2, which is the same number and never overflows.
    """
    z *= 0.5
    np.tanh(z, out=z)
    z += 1
    z *= 0.5
    np.subtract(1, z, out=derivative)
    derivative *= z


@activation(
    formula="a = np.tanh(z)",
    torch="torch.tanh(z)",
    javascript=JavaScript("Math.tanh(z)", derivative="1 - Math.tanh(z) ** 2"),
    onnx="a = Tanh (z)",
)
def tanh(z: np.ndarray, derivative: np.ndarray) -> None:
    """a = tanh(z), derivative 1 - a^2."""
    np.tanh(z, out=z)
    np.multiply(z, z, out=derivative)
    np.subtract(1, derivative, out=derivative)


CUBE = 0.044715  # the coefficient of z^3 in GELU's argument of tanh
FLAT = 10  # from here on GELU is flat, or z itself, in double precision too
INNER = f"np.sqrt(2 / np.pi) * (z + {CUBE} * z**3)"
INNER_JS = f"Math.sqrt(2 / Math.PI) * (z + {CUBE} * z ** 3)"


@activation(
    formula=f"t = np.tanh({INNER})\na = z * (1 + t) / 2",
    torch="torch.nn.functional.gelu(z, approximate='tanh')",
    javascript=JavaScript(
        f"z * (1 + Math.tanh({INNER_JS})) / 2",
        derivative="((t) => (1 + t) / 2 + z / 2 * (1 - t * t) * Math.sqrt(2 / Math.PI) * "
        f"(1 + 3 * {CUBE} * z * z))(Math.tanh({INNER_JS}))",
    ),
    onnx='a = Gelu <approximate = "tanh"> (z)',
)
def gelu(z: np.ndarray, derivative: np.ndarray) -> None:
    """a = z * (the probability that a standard normal number is below z): a smooth ReLU.

    That probability is nearly (1 + t) / 2 with t = tanh(r (z + c z^3)), so the derivative is
    (1 + t) / 2 + z / 2 * (1 - t^2) * r (1 + 3 c z^2).
    Hendrycks and Gimpel 2016, "Gaussian error linear units", section 2; r^2 = 2 / pi.
    """
    r = np.sqrt(2 / np.pi).astype(z.dtype)
    c = np.clip(z, -FLAT, FLAT)  # beyond, t is -1 or 1, and z^3 may be too large
    t = np.tanh(r * (c + CUBE * c**3))
    derivative[...] = (1 + t) / 2 + c / 2 * (1 - t * t) * r * (1 + 3 * CUBE * c * c)
    z *= (1 + t) / 2
