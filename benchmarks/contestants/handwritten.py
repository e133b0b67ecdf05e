"""This library, asked for one epoch at a time.

`training.train` runs all epochs in one call. Here it does so in a thread that waits before each
epoch until it is asked for, so that the others can have their turns in between.
"""

import os
import time
from functools import partial
from queue import SimpleQueue
from threading import Thread

from handwritten.config import configuration
from handwritten.data.datasets import IMAGE_SHAPE
from handwritten.learning import training
from handwritten.learning.batches import Samples
from handwritten.randomness import generator


def complete(settings: dict) -> dict:
    """A run's settings as the pipeline would hand them to `train`: defaults filled in, checked."""
    config = {"runs": {"contestant": {"trainer": "phase2"} | settings}, "report": ["contestant"]}
    run = configuration.validated(config)["runs"]["contestant"]
    return run | {"image_shape": IMAGE_SHAPE}


def train(samples, scored, settings: dict, on_epoch) -> None:
    """Train with the library; the one place that knows how `training.train` is called."""
    training.train(
        samples,
        scored,
        settings,
        partial(generator, settings["seed"]),
        lambda state: on_epoch(state.history[-1]),
        threads=int(os.environ.get("OMP_NUM_THREADS", "1")),
    )


class Scored:
    """Samples that note when they were last asked for: the moment when scoring begins."""

    def __init__(self, x, y):
        self._x, self.y, self.asked_at = x, y, 0.0

    @property
    def x(self):
        """The images (n, pixels)."""
        self.asked_at = time.perf_counter()
        return self._x


class Contestant:
    """One training; `settings` are those of a run in config.yaml, absent ones by default."""

    def __init__(self, settings: dict, data):
        self._settings = complete(settings)
        self._scored = Scored(data.test_x, data.test_y)
        self._permissions, self._rows = SimpleQueue(), SimpleQueue()
        samples = Samples(data.train_x, data.train_y)
        Thread(target=self._train, args=[samples], daemon=True).start()

    def epoch(self) -> float:
        """Seconds that one more epoch of training took, without scoring."""
        started = time.perf_counter()
        self._permissions.put("one epoch")
        row = self._rows.get()
        if isinstance(row, Exception):
            raise row
        self._accuracy = row["dev_accuracy"]
        return self._scored.asked_at - started

    def accuracy(self) -> float:
        """The share (0 to 1) of test images that the network gets right after the last epoch."""
        return self._accuracy

    def _train(self, samples) -> None:
        """What the thread does; an exception goes to whoever waits for the epoch."""
        try:
            self._permissions.get()
            train(samples, self._scored, self._settings, self._pause)
        except Exception as error:
            self._rows.put(error)

    def _pause(self, row: dict) -> None:
        """Hand over an epoch's row and wait for permission, unless it was the last epoch."""
        self._rows.put(row)
        if row["epoch"] < self._settings["epochs"]:
            self._permissions.get()
