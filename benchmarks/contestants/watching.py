"""What this library allocates inside its training loop, seen by tracemalloc.

NumPy reports its arrays to tracemalloc, and an optimizer is called once a step. So momentum is
entered into the table of optimizers a second time, under a name of its own, and looks at the memory
in use whenever it is called: what lies between two calls is one whole step of the loop.
"""

import tracemalloc

from contestants import handwritten
from handwritten.learning import training
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
    """How many steps after the first allocate an array, and the most that any allocates, in bytes.

    One epoch in batches of 1,024, so that even one number an image is as large as `ARRAY`. A step
    lasts from the end of one optimizer's call to the end of the next.
    """
    optimizer = OPTIMIZERS[settings["optimizer"]]
    watch = Watch(optimizer.step)
    OPTIMIZERS["watched"] = optimizer._replace(step=watch)
    changes = {"optimizer": "watched", "batch_size": BATCH, "epochs": 1}
    traced_peak(handwritten.complete(settings) | changes, data)
    return {
        "steps": len(watch.rises),
        "steps_with_arrays": sum(rise >= ARRAY for rise in watch.rises),
        "largest_rise": max(watch.rises),
    }


def traced_peak(settings: dict, data) -> int:
    """The most bytes that Python and NumPy hold at once in a training, beyond the data."""
    samples = training.Samples(data.train_x, data.train_y)
    scored = training.Samples(data.test_x, data.test_y)
    tracemalloc.start()
    handwritten.train(samples, scored, settings, lambda row: None)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak
