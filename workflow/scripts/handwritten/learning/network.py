"""The network: its parameters and its forward pass, for any depth. The way back, which finds the
gradients, is in backpropagation.py.

Notation, the same on the page and in the docs. Rows are samples: n of them; layer l has d_l units.

    a_0 = x                          (n, d_0)          the pixels
    z_l = a_(l-1) W_l + b_l          (n, d_l)          W_l is (d_(l-1), d_l), b_l is (d_l,)
    a_l = g(z_l)                     (n, d_l)          g is the activation; the last layer has none
    delta_l = dJ/dz_l                (n, d_l)          the error signal at layer l

All weights and biases are views into one contiguous vector, the weights first, and so are their
gradients. So an optimizer is a few lines over two vectors, what concerns only the weights takes
their first part, and a checkpoint is one array.
"""

from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning.activations import Activation
from handwritten.learning.dropout import Dropout

SLICE = 1024  # rows at a time, where a whole data set would not fit the cache

Layers = list[tuple[np.ndarray, np.ndarray]]


def weight_count(dims: list[int]) -> int:
    """How many weights the network has: d_in x d_out a layer."""
    return sum(d_in * d_out for d_in, d_out in pairwise(dims))


def parameter_count(dims: list[int]) -> int:
    """How many numbers the network learns: all weights, and a bias for every unit."""
    return weight_count(dims) + sum(dims[1:])


def views(vector: np.ndarray, dims: list[int]) -> Layers:
    """The list of (W (d_in, d_out), b (d_out,)), all of them views into `vector`."""
    weights, biases = np.split(vector, [weight_count(dims)])
    W = np.split(weights, list(accumulate(d_in * d_out for d_in, d_out in pairwise(dims)))[:-1])
    b = np.split(biases, list(accumulate(dims[1:]))[:-1])
    return [(W[l].reshape(dims[l], dims[l + 1]), b[l]) for l in range(len(b))]


def as_vector(layers: Layers) -> np.ndarray:
    """One new vector of all weights and biases, in the order that `views` expects."""
    return np.concatenate([W.ravel() for W, _ in layers] + [b for _, b in layers])


def named(layers: Layers) -> dict[str, np.ndarray]:
    """The layers under the names they have in formulas and in model files: W1, b1, W2, b2, …"""
    arrays: dict[str, np.ndarray] = {}
    for l, (W, b) in enumerate(layers, 1):
        arrays |= {f"W{l}": W, f"b{l}": b}
    return arrays


def from_named(arrays: dict[str, np.ndarray]) -> Layers:
    """The layers of a model file. ValueError: no W1, b1, W2, b2, … that fit together and are
    finite."""
    count = len(arrays) // 2
    names = [f"{letter}{l}" for l in range(1, count + 1) for letter in "Wb"]
    if not count or sorted(arrays) != sorted(names):
        raise ValueError(f"no model: arrays {sorted(arrays)}, expected W1, b1, W2, b2 and so on")
    layers = [(arrays[f"W{l}"], arrays[f"b{l}"]) for l in range(1, count + 1)]
    below = None
    for l, (W, b) in enumerate(layers, 1):
        if W.ndim != 2 or b.shape != W.shape[1:] or below not in (None, W.shape[0]):
            raise ValueError(f"no model: W{l} {W.shape} and b{l} {b.shape} above {below} units")
        if not all(array.dtype.kind == "f" and np.isfinite(array).all() for array in (W, b)):
            raise ValueError(f"no model: W{l} or b{l} contains values that are not finite numbers")
        below = W.shape[1]
    return layers


def layer_dims(layers: Layers) -> list[int]:
    """Units of every layer, from input to output."""
    return [len(layers[0][0])] + [len(b) for _, b in layers]


class Buffers(NamedTuple):
    """What the forward and the backward pass write into, made once for a number of rows."""

    a: list[np.ndarray]  # every layer's a_l (rows, d_l); the last is z, the logits
    derivative: list[np.ndarray]  # every hidden layer's g'(z_l) (rows, d_l)
    delta: list[np.ndarray]  # every layer's dJ/dz_l (rows, d_l)
    ones: np.ndarray  # (rows,)

    def first(self, n: int) -> "Buffers":
        """The same for the first n rows."""
        a, derivative, delta = ([rows[:n] for rows in each] for each in self[:3])
        return Buffers(a, derivative, delta, self.ones[:n])


def buffers(rows: int, dims: list[int], dtype) -> Buffers:
    """Buffers for up to this many rows.

    Those of the last layer are stored column by column. It has few columns and many rows, so sums
    and maxima over a row are then faster: they run along few long columns.
    """
    hidden, classes = dims[1:-1], dims[-1]

    def empty(*last):
        return [np.empty((rows, d), dtype) for d in hidden] + list(last)

    z, delta = (np.empty((rows, classes), dtype, order="F") for _ in range(2))
    return Buffers(empty(z), empty(), empty(delta), np.ones(rows, dtype))


def forward(
    x: np.ndarray, layers: Layers, g: Activation, work: Buffers, drop: Dropout | None = None
) -> np.ndarray:
    """The logits (n, classes) for x (n, d_0); fills `work` with every layer's a and g'(z).

    With `drop` some hidden units are dropped, for this batch only.
    """
    below = x
    for l, (W, b) in enumerate(layers):
        np.matmul(below, W, out=work.a[l])  # (n, d_in) @ (d_in, d_out)
        work.a[l] += b
        if l < len(layers) - 1:
            g(work.a[l], work.derivative[l])
            if drop is not None:
                drop(work.a[l], work.derivative[l])
        below = work.a[l]
    return below


def logits(x: np.ndarray, layers: Layers, g: Activation) -> np.ndarray:
    """The logits (n, classes) for any number of images x (n, d_0), uint8 or normalised floats.

    One slice at a time is normalised and goes through the network.
    """
    dims = layer_dims(layers)
    result = np.empty((len(x), dims[-1]), layers[0][0].dtype)
    work = buffers(min(SLICE, len(x)), dims, result.dtype)
    for start in range(0, len(x), SLICE):
        rows = normalise(x[start : start + SLICE])
        result[start : start + SLICE] = forward(rows, layers, g, work.first(len(rows)))
    return result
