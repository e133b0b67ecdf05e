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
from handwritten.learning.batches import Dataset
from handwritten.learning.state import State, full_network, trained_network
from handwritten.randomness import generator
from handwritten.reference.pytorch import Reference
from handwritten.settings import TrainingSettings


class Pair:
    """A run of phase 2 and its reference, trained by turns in one process on equally many threads.

    `epochs` has a row per epoch, `models` the layers at the end of each training, `seconds` the
    time of each epoch with its scoring on dev.
    """

    def __init__(self, train: Dataset, dev: Dataset, settings: TrainingSettings, threads: int):
        self.dev, self.settings = dev, settings
        self.reference = Reference(train, settings, threads)
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
            self.train_reference(state)
            on_epoch(self.epochs[-1])
            self.started = time.perf_counter()

        state = self.train(random=partial(generator, self.settings.seed), on_epoch=turn)
        self.models["ours"] = trained_network(state, self.settings)
        return self

    def train_reference(self, state: State) -> None:
        """Train the reference for the epoch that ours has just trained, and compare the two."""
        began, reference, epoch = time.perf_counter(), self.reference, len(state.history)
        reference.epoch(epoch - 1)
        accuracy = self.reference_accuracy()
        self.seconds["pytorch"].append(time.perf_counter() - began)
        vector = reference.vector()
        patient = self.settings.early_stopping
        if not patient or training.epochs_without_improvement(state.history) == 0:
            dims = self.settings.layer_dims
            self.models["pytorch"] = full_network(vector.copy(), state.nonzero, dims)
        self.epochs.append(
            {
                "epoch": epoch,
                "steps": reference.number,
                "differences": float(np.abs(vector - state.current).max()),
                "dev_accuracy": state.history[-1]["dev_accuracy"],
                "pytorch_dev_accuracy": accuracy,
            }
        )

    def reference_accuracy(self) -> float:
        """The accuracy (0 to 1) of the reference implementation on dev, by PyTorch itself."""
        x = torch.from_numpy(normalise(self.dev.x[:, self.reference.nonzero]))
        with torch.inference_mode():
            predictions = self.reference.logits(x).argmax(1).numpy()
        return float((predictions == self.dev.y).mean())

    def correct(self, model: str, dataset: Dataset) -> np.ndarray:
        """Which images (n,) a trained model classifies correctly, by our forward pass for both."""
        g = ACTIVATIONS[self.settings.activation]
        return network.logits(dataset.x, self.models[model], g).argmax(axis=1) == dataset.y

    def pace(self) -> dict[str, float]:
        """The median seconds of an epoch of each, and the median ratio of ours to PyTorch's."""
        ratios = [ours / theirs for ours, theirs in zip(*self.seconds.values(), strict=True)]
        each = {name: statistics.median(times) for name, times in self.seconds.items()}
        return each | {"ratio": statistics.median(ratios)}
