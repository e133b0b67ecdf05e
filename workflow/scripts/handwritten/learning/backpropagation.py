"""The gradient of a whole batch: in slices that fit a processor's cache, in shares for threads.

The gradient of a sum is the sum of the gradients. So a batch may be cut into pieces, each piece's
gradient worked out by itself, and the results added up: the same mathematics in less memory, or in
less time.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from threadpoolctl import threadpool_limits

from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS, Activation
from handwritten.learning.batches import Gatherer, Stored
from handwritten.learning.dropout import Dropout

SHARE = 256  # rows: from so many a thread on, threads sharing the batch beat those of the BLAS


class Workspace:
    """Everything the hot loop writes into, made once. `slice_rows` rows are worked on at a time."""

    def __init__(self, layer_dims: list[int], slice_rows: int, dtype=np.float32):
        count = network.parameter_count(layer_dims)
        self.rows = network.buffers(slice_rows, layer_dims, dtype)
        self.column = np.empty((slice_rows, 1), dtype)
        self.gradient, self.part = np.zeros(count, dtype), np.zeros(count, dtype)
        self.gradient_layers = network.views(self.gradient, layer_dims)
        self.part_layers = network.views(self.part, layer_dims)
        self.views: dict[int, tuple[network.Buffers, np.ndarray]] = {}

    def first(self, n: int) -> tuple[network.Buffers, np.ndarray]:
        """The first n rows of `rows` and `column`; few n occur, and each is cut out once."""
        if n not in self.views:
            self.views[n] = self.rows.first(n), self.column[:n]
        return self.views[n]


def batch_gradient(
    rows: np.ndarray,
    gather: Gatherer,
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
        x, y = gather(rows[start : start + slice_rows])
        buffers, column = work.first(len(x))
        z = network.forward(x, layers, g, buffers, drop)
        loss += losses.softmax_cross_entropy(z, y, buffers.delta[-1], column)
        buffers.delta[-1] *= scale / len(rows)
        network.backward(x, layers, buffers, work.part_layers if start else work.gradient_layers)
        if start:
            work.gradient += work.part
    return loss / len(rows)


class Worker:
    """Works out the gradient of some rows, in arrays of its own."""

    def __init__(self, stored: Stored, layers: network.Layers, settings: dict, slice_rows: int):
        layer_dims = network.layer_dims(layers)
        self.layers, self.g = layers, ACTIVATIONS[settings["activation"]]
        self.gather = Gatherer(stored, settings, slice_rows)
        dtype = layers[0][0].dtype
        self.drop = Dropout(settings["dropout"], slice_rows * max(layer_dims[1:]), dtype)
        self.work = Workspace(layer_dims, slice_rows, dtype)

    def begin(self, random: Callable[[str], np.random.Generator]) -> None:
        """Start an epoch, with a generator for each purpose."""
        self.gather.begin(random)
        self.drop.rng = random("dropout")

    def gradient(self, rows: np.ndarray, scale: float) -> float:
        """As `batch_gradient`."""
        return batch_gradient(rows, self.gather, self.layers, self.g, self.work, self.drop, scale)


class Crew:
    """The threads that work on every batch: each on a share of it, or together on each product.

    A small batch leaves a thread too little to do between two meetings; there the BLAS divides its
    own products. To be used in a `with` statement, which sets the BLAS to its number of threads.
    """

    def __init__(
        self,
        stored: Stored,
        layers: network.Layers,
        settings: dict,
        batch_rows: int,
        threads: int = 1,
    ):
        count = threads if batch_rows >= SHARE * threads else 1
        slice_rows = min(-(-batch_rows // count), network.SLICE)
        self.workers = [Worker(stored, layers, settings, slice_rows) for _ in range(count)]
        self.work, self.blas_threads = self.workers[0].work, threads // count

    def __enter__(self) -> "Crew":
        self.limits = threadpool_limits(self.blas_threads, user_api="blas")
        self.pool = ThreadPoolExecutor(len(self.workers))
        return self

    def __exit__(self, *_) -> None:
        self.pool.shutdown()
        self.limits.restore_original_limits()

    def begin(self, random: Callable[..., np.random.Generator], epoch: int) -> None:
        """Start an epoch. Every worker draws from streams of its own."""
        for number, worker in enumerate(self.workers):
            own = (epoch, number) if number else (epoch,)
            worker.begin(lambda purpose, own=own: random(purpose, *own))

    def gradient(self, rows: np.ndarray, scale: float) -> float:
        """The batch's mean loss; fills `work.gradient` with `scale` times its gradient."""
        first, *others = self.workers
        if not others:
            return first.gradient(rows, scale)
        shares = np.array_split(rows, len(self.workers))
        parts = [len(share) / len(rows) for share in shares]
        jobs = [
            self.pool.submit(worker.gradient, share, scale * part)
            for worker, share, part in zip(others, shares[1:], parts[1:], strict=True)
        ]
        losses_of_shares = [first.gradient(shares[0], scale * parts[0])]
        for worker, job in zip(others, jobs, strict=True):
            losses_of_shares.append(job.result())
            self.work.gradient += worker.work.gradient
        return sum(loss * part for loss, part in zip(losses_of_shares, parts, strict=True))
