"""What this library allocates inside its training loop, seen by tracemalloc.

NumPy reports its arrays to tracemalloc, and an optimizer is called for every block of parameters in
every step. So momentum is entered into the table of optimizers a second time, under a name of its
own, and looks at the memory in use whenever it is called: nothing of the loop lies outside of the
stretches between two calls. NumPy's buffer for converting types, 33 KB whatever the arrays, is made
small meanwhile, so that it is not taken for an array.
"""

import tracemalloc

import numpy as np

from contestants import handwritten
from handwritten.learning.batches import Samples
from handwritten.learning.optimizers import OPTIMIZERS

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
    watch = Watch(optimizer.step)
    changes = {"optimizer": "watched", "batch_size": BATCH, "epochs": 1}
    complete = handwritten.complete(settings) | changes
    usual = np.setbufsize(16)
    try:
        OPTIMIZERS["watched"] = optimizer._replace(step=watch)
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
