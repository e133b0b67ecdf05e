"""Two trainings at once, ours and PyTorch's: an epoch here, an epoch there, each timed."""

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from handwritten.data.preparation import normalise
from handwritten.learning import network, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Samples
from handwritten.randomness import generator
from handwritten.reference.pytorch import Reference


class Pair:
    """A run of phase 2 and its reference, trained by turns in the same process on as many threads.

    `epochs` has a row an epoch, `models` the layers that each has ended with, `seconds` what each
    epoch took, scoring on dev included.
    """

    def __init__(self, train: Samples, dev: Samples, settings: dict, threads: int):
        self.dev, self.settings = dev, settings
        self.reference = Reference(train, settings)
        self.epochs: list[dict] = []
        self.seconds: dict[str, list[float]] = {"ours": [], "pytorch": []}
        self.models: dict[str, network.Layers] = {}
        torch.set_num_threads(threads)
        self.train = partial(training.train, train, dev, settings, threads=threads)

    def trained(self, on_epoch: Callable[[dict], None]) -> "Pair":
        """Train both; after every epoch of both `on_epoch(row)`."""
        self.started = time.perf_counter()

        def turn(state):
            self.seconds["ours"].append(time.perf_counter() - self.started)
            self.pytorch_s_turn(state)
            on_epoch(self.epochs[-1])
            self.started = time.perf_counter()

        state = self.train(random=partial(generator, self.settings["seed"]), on_epoch=turn)
        self.models["ours"] = training.trained(state, self.settings)
        return self

    def pytorch_s_turn(self, state: training.State) -> None:
        """The reference's epoch after one of ours, and how far apart both are then."""
        began, reference, epoch = time.perf_counter(), self.reference, len(state.history)
        reference.epoch(epoch - 1)
        accuracy = self.reference_s_accuracy()
        self.seconds["pytorch"].append(time.perf_counter() - began)
        vector = reference.vector()
        if not self.settings["early_stopping"] or training.waited(state.history) == 0:
            dims = self.settings["layer_dims"]
            self.models["pytorch"] = training.whole(vector.copy(), state.lit, dims)
        self.epochs.append(
            {
                "epoch": epoch,
                "steps": reference.number,
                "apart": float(np.abs(vector - state.current).max()),
                "dev_accuracy": state.history[-1]["dev_accuracy"],
                "pytorch_dev_accuracy": accuracy,
            }
        )

    def reference_s_accuracy(self) -> float:
        """What the reference implementation gets right of dev (0 to 1), by PyTorch itself."""
        with torch.inference_mode():
            answers = self.reference.logits(
                torch.from_numpy(normalise(self.dev.x[:, self.reference.lit]))
            ).argmax(1)
        return float((answers.numpy() == self.dev.y).mean())

    def correct(self, model: str, samples: Samples) -> np.ndarray:
        """Which samples (n,) a trained model answers rightly, both by the same forward pass."""
        g = ACTIVATIONS[self.settings["activation"]]
        return network.logits(samples.x, self.models[model], g).argmax(axis=1) == samples.y

    def pace(self) -> dict[str, float]:
        """The median seconds of an epoch of each, and of ours as a share of PyTorch's."""
        ratios = [ours / theirs for ours, theirs in zip(*self.seconds.values(), strict=True)]
        each = {name: statistics.median(times) for name, times in self.seconds.items()}
        return each | {"ratio": statistics.median(ratios)}
