"""The data of all contestants: found where the pipeline finds them, split as the pipeline does."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import MNIST
from handwritten.data.preparation import normalise
from handwritten.data.splits import read_splits
from handwritten.learning.batches import DISTORTIONS, lit_pixels
from handwritten.randomness import generator


def prepare(paths: list[Path], target: Path, config: dict) -> None:
    """Save what worker.Data names as .npy files: train and test, dev left out of both."""
    rng = generator(config["seed"], "split")
    splits = read_splits(paths, len(MNIST.classes), config["dev_size"], rng)
    for split in ("train", "test"):
        for key, array in splits[split].items():
            np.save(target / f"{split}_{key}.npy", array)


def lit_inputs(folder: Path) -> int:
    """How many pixels of the saved training images this library learns from, undistorted."""
    undistorted = dict.fromkeys(DISTORTIONS, 0)
    return len(lit_pixels(np.load(folder / "train_x.npy"), undistorted))


def load_times(path: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds to load the training images, ours and gzip's share alone, by turns."""
    ways = {
        "handwritten": lambda: normalise(idx.read(path)),
        "gzip": lambda: gzip.decompress(path.read_bytes()),
    }
    times = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            times[name].append(seconds(way))
    return times


def seconds(way: Callable[[], object]) -> float:
    """How long a call takes, with the memory of its result given back within."""
    started = time.perf_counter()
    way()
    return time.perf_counter() - started
