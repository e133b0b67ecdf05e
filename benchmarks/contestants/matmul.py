"""The floor: the matrix products of an epoch and nothing else.

These are the products of a forward and a backward pass, into arrays that exist already. No network
in NumPy trains faster than that unless it leaves something out, as this library does, where the
first layer is wide, with pixels that are black in a whole batch. Operands stay in the processor's
cache, as a batch does that has just been gathered.
"""

import time
from itertools import pairwise

import numpy as np


def epochs(settings: dict, data):
    """Seconds of every epoch, and None for the accuracies: nothing is learnt."""
    rng, dims, size = np.random.default_rng(1), settings["layer_dims"], settings["batch_size"]
    weights = [matrix(rng, *shape) for shape in pairwise(dims)]
    gradients = [np.empty_like(W) for W in weights]
    batch = [matrix(rng, size, d) for d in dims]
    deltas = [np.empty_like(a) for a in batch]
    full, rest = divmod(len(data.train_x), size)
    while True:
        started = time.perf_counter()
        for rows in [size] * full + [rest] * bool(rest):
            multiply([a[:rows] for a in batch], weights, gradients, [d[:rows] for d in deltas])
        yield time.perf_counter() - started, None, None


def multiply(a, weights, gradients, deltas) -> None:
    """The products of one batch; `a` and `deltas` have a matrix (n, d_l) for every layer."""
    for below, W, above in zip(a, weights, a[1:], strict=False):
        np.matmul(below, W, out=above)
    for l in reversed(range(len(weights))):
        delta = a[l + 1]  # it has delta's shape; the time does not depend on the numbers in it
        np.matmul(a[l].T, delta, out=gradients[l])
        if l > 0:
            np.matmul(delta, weights[l].T, out=deltas[l])


def matrix(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Random float32 of a size that neither grows nor fades from layer to layer."""
    return rng.standard_normal((rows, columns), np.float32) / np.float32(rows**0.5)
