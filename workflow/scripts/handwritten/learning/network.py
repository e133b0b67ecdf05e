"""The network: its parameters, its forward pass, its backward pass. Nothing here knows its depth.

Notation, the same on the page and in the docs. Rows are samples: n of them; layer l has d_l units.

    a_0 = x                          (n, d_0)          the pixels
    z_l = a_(l-1) W_l + b_l          (n, d_l)          W_l is (d_(l-1), d_l), b_l is (d_l,)
    a_l = g(z_l)                     (n, d_l)          g is the activation; the last layer has none
    delta_l = dJ/dz_l                (n, d_l)          the error signal at layer l

All weights and biases are views into one contiguous vector, and so are their gradients: an
optimizer is then a few lines over two vectors, and a checkpoint is one array.
"""

from itertools import pairwise

import numpy as np

from handwritten.learning.activations import Activation

SLICE = 1024  # rows worked on at a time where a whole data set would not fit the cache

Layers = list[tuple[np.ndarray, np.ndarray]]


def parameter_count(dims: list[int]) -> int:
    """How many numbers the network learns: d_in x d_out weights and d_out biases a layer."""
    return sum((d_in + 1) * d_out for d_in, d_out in pairwise(dims))


def views(vector: np.ndarray, dims: list[int]) -> Layers:
    """The list of (W (d_in, d_out), b (d_out,)), all of them views into `vector`."""
    layers, start = [], 0
    for d_in, d_out in pairwise(dims):
        middle, end = start + d_in * d_out, start + (d_in + 1) * d_out
        layers.append((vector[start:middle].reshape(d_in, d_out), vector[middle:end]))
        start = end
    return layers


def named(layers: Layers) -> dict[str, np.ndarray]:
    """The layers under the names they have in formulas and in model files: W1, b1, W2, b2, …"""
    arrays = {}
    for l, (W, b) in enumerate(layers, 1):
        arrays |= {f"W{l}": W, f"b{l}": b}
    return arrays


def from_named(arrays: dict[str, np.ndarray]) -> Layers:
    """The layers of a model file, by their names; KeyError where one of a pair is missing."""
    return [(arrays[f"W{l}"], arrays[f"b{l}"]) for l in range(1, len(arrays) // 2 + 1)]


def layer_dims(layers: Layers) -> list[int]:
    """Units of every layer, from input to output."""
    return [len(layers[0][0])] + [len(b) for _, b in layers]


def buffers(rows: int, dims: list[int], dtype) -> list[np.ndarray]:
    """One empty array (rows, d_l) for every layer after the input."""
    return [np.empty((rows, d), dtype) for d in dims[1:]]


def forward(x: np.ndarray, layers: Layers, g: Activation, a: list[np.ndarray]) -> np.ndarray:
    """The logits (n, classes) for x (n, d_0); fills a[l] with every layer's activation."""
    below = x
    for l, (W, b) in enumerate(layers):
        np.matmul(below, W, out=a[l])  # (n, d_in) @ (d_in, d_out)
        a[l] += b
        if l < len(layers) - 1:
            g.forward(a[l])
        below = a[l]
    return below


# The chain rule, once for all depths. Let delta_l = dJ/dz_l be known for one layer l.
#
#   z_l = a_(l-1) W_l + b_l is linear in each of its three parts, so
#     dJ/dW_l     = a_(l-1)^T delta_l         (d_in, n) @ (n, d_out)   how much each input took part
#     dJ/db_l     = sum over rows of delta_l  (d_out,)                 b is added to every row
#     dJ/da_(l-1) = delta_l W_l^T             (n, d_out) @ (d_out, d_in)
#   and a_(l-1) = g(z_(l-1)), element by element, so
#     delta_(l-1) = (delta_l W_l^T) * g'(z_(l-1))
#
# which is the same situation one layer further down. The start, delta_L = (p - y) / n, comes from
# the loss.
def backward(
    x: np.ndarray,
    layers: Layers,
    g: Activation,
    a: list[np.ndarray],
    delta: list[np.ndarray],
    gradients: Layers,
) -> None:
    """Fill `gradients` (shaped like `layers`), given forward's `a` and the loss's delta[-1].

    The hidden activations in `a` are spent on the way: g' is written over them.
    """
    for l in reversed(range(len(layers))):
        (W, _), (dW, db) = layers[l], gradients[l]
        below = a[l - 1] if l > 0 else x
        np.matmul(below.T, delta[l], out=dW)
        delta[l].sum(axis=0, out=db)
        if l > 0:
            np.matmul(delta[l], W.T, out=delta[l - 1])
            g.backward(delta[l - 1], below)


def logits(x: np.ndarray, layers: Layers, g: Activation) -> np.ndarray:
    """The logits (n, classes) for any number of rows x (n, d_0), a slice at a time."""
    dims = layer_dims(layers)
    result = np.empty((len(x), dims[-1]), layers[0][0].dtype)
    a = buffers(min(SLICE, len(x)), dims, result.dtype)
    for start in range(0, len(x), SLICE):
        rows = x[start : start + SLICE]
        result[start : start + SLICE] = forward(rows, layers, g, [b[: len(rows)] for b in a])
    return result
