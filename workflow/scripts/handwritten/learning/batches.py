"""Training images in memory, handed out batch by batch: drawn, gathered, made ready to learn from.

Gathering rows in random order is limited by memory, so pixels stay uint8, as they are in the file,
and are normalised batch by batch.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import losses
from handwritten.learning.augmentation import Augmentation
from handwritten.learning.dropout import Dropout

DISTORTIONS = ("rotation", "scale", "shear", "shift", "elastic")  # settings; 0 switches one off


class Samples(NamedTuple):
    """Images x (n, pixels), uint8 or normalised floats, and their labels y (n,) of integers."""

    x: np.ndarray
    y: np.ndarray

    @property
    def float_type(self) -> np.dtype:
        """The float type to compute in: float32 for uint8 images, otherwise that of the images."""
        return np.dtype(np.float32) if self.x.dtype == np.uint8 else self.x.dtype


def rows_a_batch(batch_size: int | str, count: int) -> int:
    """How many of `count` rows a batch has; "full" is all of them."""
    return count if batch_size == "full" else min(batch_size, count)


def shuffled(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Row numbers, batch by batch: every row once, in a new order; a batch of all needs none."""
    order = rng.permutation(count) if batch_size < count else np.arange(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def lit_pixels(x: np.ndarray, settings: dict) -> np.ndarray:
    """The numbers (k,) of the pixels to learn from: those that are not black in all images x.

    A black pixel adds nothing to any sum, and the loss gives its weights no gradient: with 0 for
    these weights the network learns the same, in less time. Distorted images may be lit anywhere.
    """
    if is_distorted(settings) or not x.any():
        return np.arange(x.shape[1])
    return np.flatnonzero(x.any(axis=0))


def is_distorted(settings: dict) -> bool:
    """Whether a run's settings change where an image is black."""
    return any(settings[key] for key in DISTORTIONS)


def joined(*parts: Samples) -> Samples:
    """All samples of several parts as one."""
    return Samples(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class Stored(NamedTuple):
    """What batches are gathered from."""

    pixels: np.ndarray  # (n, k) uint8 or normalised floats
    targets: np.ndarray  # (classes, n), each class in a row, as it is in the last layer's buffers


def stored(samples: Samples, settings: dict, lit: np.ndarray) -> Stored:
    """The `lit` (k,) pixels of all samples, and what the network should answer to each."""
    classes, smoothing = settings["layer_dims"][-1], settings["label_smoothing"]
    targets = losses.targets(samples.y, classes, smoothing, samples.float_type)
    return Stored(np.take(samples.x, lit, axis=1), np.ascontiguousarray(targets.T))


class Gatherer:
    """Gathers up to `rows` samples at a time into arrays made once, and alters the images."""

    def __init__(self, stored: Stored, settings: dict, rows: int):
        """`settings` are a run's; its `image_shape` (rows, columns) is read to distort images."""
        pixels, (classes, _) = stored.pixels.shape[1], stored.targets.shape
        dtype = stored.targets.dtype
        self.stored = stored
        self.gathered = np.empty((rows, pixels), stored.pixels.dtype)
        self.x = self.gathered if self.gathered.dtype == dtype else np.empty((rows, pixels), dtype)
        self.y = np.empty(rows * classes, dtype)
        self.drop = Dropout(settings["input_dropout"], self.x.size, dtype)
        self.rng, self.augmentation = None, None
        if is_distorted(settings):
            self.augmentation = Augmentation(settings, settings["image_shape"], dtype)

    def begin(self, random: Callable[[str], np.random.Generator]) -> None:
        """Start an epoch: what is random in it comes from streams of its own."""
        self.drop.rng = random("input_dropout")
        self.rng = random("augmentation")

    def __call__(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The images x (n, k) and the targets y (n, classes) of these rows."""
        n, classes = len(rows), len(self.stored.targets)
        x, pixels, y = self.x[:n], self.gathered[:n], self.y[: classes * n].reshape(classes, n)
        np.take(self.stored.targets, rows, axis=1, out=y, mode="clip")
        np.take(self.stored.pixels, rows, axis=0, out=pixels, mode="clip")
        normalise(pixels, out=x)
        if self.augmentation:
            self.augmentation.distort(x, self.rng, out=x)
        self.drop(x)
        return x, y.T
