"""The floor: the matrix products of an epoch and nothing else.

These are the products of a forward and a backward pass of the network as its settings name it, into
arrays made beforehand. NumPy trains such a network no faster than its BLAS multiplies, unless it
finds something to leave out, as this library does with pixels that are always black. Operands stay
in the processor's cache, as a batch does that has just been gathered.
"""

import time
from itertools import pairwise

import numpy as np


class Contestant:
    """Matrices of the shapes of every batch, filled with random numbers."""

    def __init__(self, settings: dict, data):
        rng = np.random.default_rng(1)
        dims, count = settings["layer_dims"], len(data.train_x)
        self._full, rest = divmod(count, settings["batch_size"])
        self._weights = [matrix(rng, *shape) for shape in pairwise(dims)]
        self._batch = [matrix(rng, settings["batch_size"], d) for d in dims]
        self._rest = [a[:rest] for a in self._batch] if rest else None
        self._deltas = [np.empty_like(a) for a in self._batch]
        self._gradients = [np.empty_like(W) for W in self._weights]

    def epoch(self) -> float:
        """Seconds that all products of one epoch took."""
        started = time.perf_counter()
        for _ in range(self._full):
            self._multiply(self._batch)
        if self._rest:
            self._multiply(self._rest)
        return time.perf_counter() - started

    def accuracy(self) -> None:
        """Nothing is learnt here."""
        return None

    def _multiply(self, a: list[np.ndarray]) -> None:
        """The products of one batch; `a` has a matrix (n, d_l) for every layer, x first."""
        rows = len(a[0])
        for below, W, above in zip(a, self._weights, a[1:], strict=False):
            np.matmul(below, W, out=above)
        for l in reversed(range(len(self._weights))):
            delta = a[l + 1]  # of its shape; which numbers it holds costs nothing
            np.matmul(a[l].T, delta, out=self._gradients[l])
            if l > 0:
                np.matmul(delta, self._weights[l].T, out=self._deltas[l][:rows])


def multiplications(layer_dims: list[int], inputs: int) -> int:
    """How many numbers are multiplied for one image, where only so many `inputs` are read."""
    first, *others = (below * above for below, above in pairwise([inputs, *layer_dims[1:]]))
    return 2 * first + 3 * sum(others)  # forward, gradient and, except for images, delta below


def matrix(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Random float32 of a size that neither grows nor fades from layer to layer."""
    return rng.standard_normal((rows, columns), np.float32) / np.float32(rows**0.5)
