"""The data of all contestants: found where the pipeline finds them, split as the pipeline does."""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import FILE_NAMES, MNIST
from handwritten.data.preparation import normalise
from handwritten.data.splits import read_splits
from handwritten.learning.batches import DISTORTIONS, lit_pixels
from handwritten.randomness import generator


def find(root: Path, sources: list[str]) -> Path:
    """The first folder with all four files: named by the configuration, or filled by a download.

    FileNotFoundError says where was looked and what to do.
    """
    named = [root / s.replace("{dataset}", MNIST.name) for s in sources if "://" not in s]
    folders = [*named, *sorted((root / "resources" / MNIST.name).glob("*/"))]
    for folder in folders:
        if all((folder / name).exists() for name in FILE_NAMES):
            return folder
    raise FileNotFoundError(
        f"no folder has the four files {', '.join(FILE_NAMES)}; looked into "
        f"{', '.join(map(str, folders))}. Run `make`, which downloads them, "
        f"or put them into resources/{MNIST.name}"
    )


def prepare(source: Path, target: Path, config: dict) -> None:
    """Save what worker.Data names as .npy files: train and test, dev left out of both."""
    paths = [source / name for name in FILE_NAMES]
    rng = generator(config["seed"], "split")
    splits = read_splits(paths, len(MNIST.classes), config["dev_size"], rng)
    for split in ("train", "test"):
        for key, array in splits[split].items():
            np.save(target / f"{split}_{key}.npy", array)


def lit_inputs(folder: Path) -> int:
    """How many pixels of the saved training images this library learns from, undistorted."""
    undistorted = dict.fromkeys(DISTORTIONS, 0)
    return len(lit_pixels(np.load(folder / "train_x.npy"), undistorted))


def load_times(source: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds to load the training images, ours and gzip's share alone, by turns."""
    path = source / FILE_NAMES[0]
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
