"""This library, asked for one epoch at a time.

`training.train` runs all epochs in one call. Here it does so in a thread that waits before each
epoch until it is asked for, so that the other contestants take their turns in between.
"""

import os
import time
from functools import partial
from queue import SimpleQueue
from threading import Thread

from handwritten.config import configuration
from handwritten.data.datasets import IMAGE_SHAPE
from handwritten.learning import training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Dataset
from handwritten.learning.state import full_network
from handwritten.randomness import generator
from handwritten.settings import TrainingSettings


class Scored:
    """Dev images that note when they were last asked for: the moment when scoring begins."""

    def __init__(self, x, y):
        self._x, self.y, self.asked_at = x, y, 0.0

    @property
    def x(self):
        """The images (n, pixels)."""
        self.asked_at = time.perf_counter()
        return self._x


def epochs(settings: dict, data):
    """Seconds of every epoch, without scoring, and the accuracies on dev and test after it."""
    settings = complete(settings)
    scored, test = Scored(data.dev_x, data.dev_y), Dataset(data.test_x, data.test_y)
    turns, rows = SimpleQueue(), SimpleQueue()

    def pause(state) -> None:
        layers = full_network(state.current, state.nonzero, settings.layer_dims)
        _, accuracy = training.score(test, layers, ACTIVATIONS[settings.activation])
        rows.put((state.history[-1]["dev_accuracy"], accuracy))
        turns.get()

    def train() -> None:
        turns.get()
        try:
            training.train(
                Dataset(data.train_x, data.train_y),
                scored,
                settings,
                partial(generator, settings.seed),
                pause,
                threads=int(os.environ.get("OMP_NUM_THREADS", "1")),
            )
        except Exception as error:  # for whoever waits for the epoch
            rows.put(error)

    Thread(target=train, daemon=True).start()
    while True:
        started = time.perf_counter()
        turns.put("one epoch")
        accuracies = rows.get()
        if isinstance(accuracies, Exception):
            raise accuracies
        yield scored.asked_at - started, *accuracies


def complete(settings: dict) -> TrainingSettings:
    """A run's settings as the pipeline hands them to `train`: defaults filled in, checked."""
    config = {"runs": {"contestant": {"trainer": "phase2"} | settings}, "report": ["contestant"]}
    run = configuration.validated(config)["runs"]["contestant"]
    return TrainingSettings(**run, image_shape=IMAGE_SHAPE)
