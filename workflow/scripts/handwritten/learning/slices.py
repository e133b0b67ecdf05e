"""The gradient of a batch, computed in slices that fit a processor's cache.

The gradient of a sum is the sum of the gradients. So a batch may be cut into slices, and their
gradients are computed one after the other and added up: the same mathematics in less memory.
"""

import numpy as np

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import Activation
from handwritten.learning.batches import BatchLoader
from handwritten.learning.blank_pixels import BlankPixels
from handwritten.learning.dropout import Dropout


class Workspace:
    """Everything that the hot loop writes into, made once for slices of up to `slice_rows` rows."""

    def __init__(self, layer_dims: list[int], slice_rows: int, dtype=np.float32):
        count = network.parameter_count(layer_dims)
        self.rows = network.buffers(slice_rows, layer_dims, dtype)
        self.column = np.empty((slice_rows, 1), dtype)
        self.blank = BlankPixels(slice_rows, layer_dims, dtype)
        self.gradient, self.slice_gradient = np.zeros(count, dtype), np.zeros(count, dtype)
        self.gradient_layers = network.views(self.gradient, layer_dims)
        self.slice_gradient_layers = network.views(self.slice_gradient, layer_dims)
        self.views: dict[int, tuple[network.Buffers, np.ndarray]] = {}

    def first(self, n: int) -> tuple[network.Buffers, np.ndarray]:
        """The first n rows of `rows` and `column`; few n occur, and each is cut out once."""
        if n not in self.views:
            self.views[n] = self.rows.first(n), self.column[:n]
        return self.views[n]


def batch_gradient(
    rows: np.ndarray,
    load: BatchLoader,
    layers: network.Layers,
    g: Activation,
    work: Workspace,
    drop: Dropout | None = None,
    scale: float = 1.0,
) -> float:
    """The mean loss of these rows; fills `work.gradient` with `scale` times its gradient.

    More rows than the workspace has go through in slices.
    """
    loss, slice_rows = 0.0, len(work.column)
    for start in range(0, len(rows), slice_rows):
        x, y = load(rows[start : start + slice_rows])
        buffers, column = work.first(len(x))
        gradients = work.slice_gradient_layers if start else work.gradient_layers
        kept = work.blank.leave_out(x, layers, gradients)
        z = network.forward(kept.x, kept.layers, g, buffers, drop)
        loss += losses.softmax_cross_entropy(z, y, buffers.delta[-1], column)
        buffers.delta[-1] *= scale / len(rows)
        backpropagation.backward(kept.x, kept.layers, buffers, kept.gradients)
        work.blank.put_back(gradients)
        if start:
            work.gradient += work.slice_gradient
    return loss / len(rows)
