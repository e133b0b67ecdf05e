"""The gradient of a batch, computed by several threads, each with its own part of the rows."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from handwritten.learning import network, slices
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import BatchLoader, TrainingData
from handwritten.learning.dropout import Dropout
from handwritten.settings import TrainingSettings

ROWS_PER_THREAD = 256  # from here on, splitting the batch beats the BLAS's own threads


def stream(
    random: Callable[..., np.random.Generator], own: tuple[int, ...], purpose: str
) -> np.random.Generator:
    """A worker's own generator for a purpose."""
    return random(purpose, *own)


class Worker:
    """Computes the gradient of some rows, in arrays of its own."""

    def __init__(
        self,
        data: TrainingData,
        layers: network.Layers,
        settings: TrainingSettings,
        slice_rows: int,
    ):
        layer_dims, self.slice_rows = network.layer_dims(layers), slice_rows
        self.layers, self.g = layers, ACTIVATIONS[settings.activation]
        self.load = BatchLoader(data, settings, slice_rows)
        dtype = layers[0][0].dtype
        self.drop = Dropout(settings.dropout, slice_rows * max(layer_dims[1:]), dtype)
        self.work = slices.Workspace(layer_dims, slice_rows, dtype)

    def begin_epoch(self, random: Callable[[str], np.random.Generator], epoch: int) -> None:
        """Start an epoch, counted from 0, with a generator for each purpose."""
        self.load.begin_epoch(random, epoch)
        self.drop.rng = random("dropout")

    def gradient(self, rows: np.ndarray, scale: float) -> float:
        """As `batch_gradient`."""
        return slices.batch_gradient(
            rows, self.load, self.layers, self.g, self.work, self.drop, scale
        )


class ThreadPool:
    """The threads that compute the gradient of each batch, each with its own part of the rows, or
    all together with every matrix product.

    A small batch gives a thread too little work between two points where all must wait for each
    other; there the BLAS divides its own products. To be used in a `with` statement, which sets the
    number of threads of the BLAS.
    """

    def __init__(
        self,
        data: TrainingData,
        layers: network.Layers,
        settings: TrainingSettings,
        batch_rows: int,
        threads: int = 1,
    ):
        count = threads if batch_rows >= ROWS_PER_THREAD * threads else 1
        slice_rows = min(-(-batch_rows // count), network.SLICE)
        self.workers = [Worker(data, layers, settings, slice_rows) for _ in range(count)]
        self.work, self.blas_threads = self.workers[0].work, threads // count

    def __enter__(self) -> "ThreadPool":
        self.limits = threadpool_limits(self.blas_threads, user_api="blas")
        self.pool = ThreadPoolExecutor(len(self.workers))
        return self

    def __exit__(self, *_) -> None:
        self.pool.shutdown()
        self.limits.restore_original_limits()

    def begin_epoch(self, random: Callable[..., np.random.Generator], epoch: int) -> None:
        """Start an epoch, counted from 0. Each worker draws its random numbers from streams of its
        own."""
        for number, worker in enumerate(self.workers):
            own = (epoch, number) if number else (epoch,)
            worker.begin_epoch(partial(stream, random, own), epoch)

    def gradient(self, rows: np.ndarray, scale: float) -> float:
        """The batch's mean loss; fills `work.gradient` with `scale` times its gradient."""
        if len(self.workers) == 1:
            return self.workers[0].gradient(rows, scale)
        shares = [(worker, part, len(part) / len(rows)) for worker, part in self.parts(rows)]
        (first, own, weight), *others = shares
        jobs = [self.pool.submit(one.gradient, part, scale * share) for one, part, share in others]
        loss = first.gradient(own, scale * weight) * weight
        for (worker, _, share), job in zip(others, jobs, strict=True):
            loss += job.result() * share
            self.work.gradient += worker.work.gradient
        return loss

    def parts(self, rows: np.ndarray) -> list[tuple[Worker, np.ndarray]]:
        """The rows of a batch divided among the workers; the last batch of an epoch may have too
        few for all."""
        parts = np.array_split(rows, len(self.workers))
        return [each for each in zip(self.workers, parts, strict=True) if len(each[1])]
