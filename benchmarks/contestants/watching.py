"""What this library's training loop allocates, seen by tracemalloc, and where its time goes.

NumPy reports its arrays to tracemalloc, and an optimizer is called for every block of parameters in
every step. So momentum is entered into the table of optimizers a second time, under a name of its
own, and looks at the memory in use whenever it is called: nothing of the loop lies outside of the
stretches between two calls. NumPy's buffer for converting types, 33 KB whatever the arrays, is made
small meanwhile, so that it is not taken for an array.

For times, a clock is put around the functions that the loop is made of. Reading it takes a
hundredth of the smallest of these epochs.
"""

import time
import tracemalloc
from collections import Counter
from contextlib import ExitStack
from threading import get_ident
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np

from contestants import handwritten
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Gatherer, Samples
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.training import Updater

ARRAY = 4096  # bytes: one number for each image of a batch of 1,024
BATCH = 1024


class Watch:
    """An optimizer's step that records how far memory rose since its last call ended."""

    def __init__(self, step):
        self._step, self._level, self.rises = step, None, []

    def __call__(self, *arguments) -> None:
        """Step, and record the bytes."""
        self._step(*arguments)
        if self._level is not None:
            self.rises.append(tracemalloc.get_traced_memory()[1] - self._level)
        tracemalloc.reset_peak()
        self._level = tracemalloc.get_traced_memory()[0]


def allocations(settings: dict, data) -> dict:
    """How many stretches between two calls of the optimizer allocate an array, and the most bytes.

    One epoch in batches of 1,024, so that even one number an image is as large as `ARRAY`.
    """
    optimizer = OPTIMIZERS[settings["optimizer"]]
    watch = Watch(optimizer.update)
    watched = type("Watched", (optimizer,), {"update": lambda *arguments: watch(*arguments)})
    changes = {"optimizer": "watched", "batch_size": BATCH, "epochs": 1}
    complete = handwritten.complete(settings) | changes
    usual = np.setbufsize(16)
    try:
        OPTIMIZERS["watched"] = watched
        traced_peak(complete, data)
    finally:
        OPTIMIZERS.pop("watched", None)
        np.setbufsize(usual)
    return {
        "stretches": len(watch.rises),
        "stretches_with_arrays": sum(rise >= ARRAY for rise in watch.rises),
        "largest_rise": max(watch.rises),
    }


def traced_peak(settings: dict, data) -> int:
    """The most bytes that Python and NumPy hold at once in a training, beyond the data."""
    samples = Samples(data.train_x, data.train_y)
    scored = Samples(data.test_x, data.test_y)
    tracemalloc.start()
    try:
        handwritten.train(samples, scored, settings, lambda row: None)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Clock:
    """Seconds spent in functions, by name, in the thread that made the clock."""

    def __init__(self):
        self.seconds, self._thread = Counter(), get_ident()

    def around(self, name: str, function):
        """The same function, its seconds added up under `name`."""

        def timed(*arguments, **options):
            started = time.perf_counter()
            result = function(*arguments, **options)
            if get_ident() == self._thread:
                self.seconds[name] += time.perf_counter() - started
            return result

        return timed


def profile(settings: dict, data, epochs: int = 4) -> dict[str, float]:
    """Seconds an epoch in each part of the loop, as seen by its first thread; the first epoch and
    scoring do not count."""
    clock, moments = Clock(), []
    complete = handwritten.complete(settings | {"epochs": 1 + epochs})
    activation = complete["activation"]
    products = clock.around("matrix products", np.matmul)

    def ended(row: dict) -> None:
        moments.append(time.perf_counter())
        if row["epoch"] == 1:
            clock.seconds.clear()

    with ExitStack() as stack:
        for owner, name, title in (
            (Gatherer, "__call__", "gathering"),
            (losses, "softmax_cross_entropy", "loss"),
            (Updater, "__call__", "optimizer's step"),
        ):
            timed = clock.around(title, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, timed))
        timed = clock.around("activation", ACTIVATIONS[activation])
        stack.enter_context(patch.dict(ACTIVATIONS, {activation: timed}))
        in_network = SimpleNamespace(**vars(np) | {"matmul": products})
        stack.enter_context(patch.object(network, "np", in_network))
        scored = Samples(data.test_x[:1], data.test_y[:1])  # one image: scoring takes no time
        handwritten.train(Samples(data.train_x, data.train_y), scored, complete, ended)
    parts = {title: seconds / epochs for title, seconds in clock.seconds.items()}
    rest = (moments[-1] - moments[0]) / epochs - sum(parts.values())
    return parts | {"biases, slopes, Python": rest}
