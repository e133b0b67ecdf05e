"""Leave out the pixels that are 0 in every image of a batch, where the first layer is wide.

A pixel that is 0 in all of them adds nothing to a sum, and its weights get no gradient. MNIST's
digits leave about a quarter of the pixels blank in a whole batch of 128. Collecting the others and
their weights takes time too, and a narrow layer gains less than that.
"""

from typing import NamedTuple

import numpy as np

from handwritten.learning import network

WIDE = 256  # units of the first layer, from which on it pays


class Inputs(NamedTuple):
    """The images x (n, m) of a batch with m of their pixels, the layers that these go into, and
    where the gradients of those are written."""

    x: np.ndarray
    layers: network.Layers
    gradients: network.Layers


class BlankPixels:
    """Leaves them out, in arrays made once."""

    def __init__(self, rows: int, layer_dims: list[int], dtype):
        """For up to this many rows."""
        pixels, units = layer_dims[:2]
        self.wide = units >= WIDE
        size = pixels if self.wide else 0
        self.x = np.empty(rows * size, dtype)
        self.W, self.dW = (np.empty((size, units), dtype) for _ in range(2))

    def leave_out(self, x: np.ndarray, layers: network.Layers, gradients: network.Layers) -> Inputs:
        """What is left of the images x (n, pixels) and of the first layer."""
        if not self.wide:
            return Inputs(x, layers, gradients)
        nonzero = x.any(axis=0)
        self.kept, self.left_out = np.flatnonzero(nonzero), np.flatnonzero(~nonzero)
        n, m = len(x), len(self.kept)
        (W, b), (_, db) = layers[0], gradients[0]
        kept_x = np.take(x, self.kept, axis=1, out=self.x[: n * m].reshape(n, m), mode="clip")
        kept_W = np.take(W, self.kept, axis=0, out=self.W[:m], mode="clip")
        inner, inner_gradients = (kept_W, b), (self.dW[:m], db)
        return Inputs(kept_x, [inner, *layers[1:]], [inner_gradients, *gradients[1:]])

    def put_back(self, gradients: network.Layers) -> None:
        """Fill the gradient of the whole first layer from that of the pixels that were kept."""
        if not self.wide:
            return
        dW, _ = gradients[0]
        dW[self.left_out] = 0
        dW[self.kept] = self.dW[: len(self.kept)]
