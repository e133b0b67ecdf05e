"""The training data, batch by batch: rows in random order, normalised, distorted if wanted.

Collecting rows in random order is limited by the speed of memory, so pixels stay uint8, as they are
in the file, and are normalised batch by batch.
"""

import math
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import losses
from handwritten.learning.augmentation import Augmentation
from handwritten.learning.dropout import Dropout
from handwritten.settings import TrainingSettings

DISTORTIONS = ("rotation", "scale", "shear", "shift", "elastic")  # settings; 0 switches one off


class Dataset(NamedTuple):
    """Images x (n, pixels), uint8 or normalised floats, and their labels y (n,) of integers."""

    x: np.ndarray
    y: np.ndarray

    @property
    def float_type(self) -> np.dtype:
        """The float type to compute in: float32 for uint8 images, otherwise that of the images."""
        return np.dtype(np.float32) if self.x.dtype == np.uint8 else self.x.dtype


def rows_per_batch(batch_size: int | Literal["full"], count: int) -> int:
    """How many of `count` rows a batch has; "full" is all of them."""
    return count if batch_size == "full" else min(batch_size, count)


def shuffled(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Row numbers, batch by batch: every row once, in a new order; a full batch is not shuffled.

    The seed of `rng` is that of the purpose `shuffling` and the epoch: see randomness.py.
    """
    order = rng.permutation(count) if batch_size < count else np.arange(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def nonzero_pixels(x: np.ndarray, settings: TrainingSettings) -> np.ndarray:
    """The numbers (k,) of the pixels to train on: those that are nonzero in any of the images x.

    A pixel that is 0 adds nothing to any sum, and the loss gives its weights no gradient: with 0
    for these weights the network learns the same, in less time. In distorted images any pixel may
    be nonzero.
    """
    if is_distorted(settings) or not x.any():
        return np.arange(x.shape[1])
    return np.flatnonzero(x.any(axis=0))


def is_distorted(settings: TrainingSettings) -> bool:
    """Whether a run with these settings distorts images in any of its epochs. One that is not of
    phase 2 has no such settings."""
    return any(getattr(settings, key, 0) for key in DISTORTIONS) and distorts(0, settings)


def distorts(epoch: int, settings: TrainingSettings) -> bool:
    """Whether an epoch, counted from 0, is not one of the last, which learn from images as they
    are. Their number is rounded, a half up.

    These come closer to the images that the network is for, while the others had more to teach it
    (He, Xie and others 2019, "Data augmentation revisited").
    """
    return epoch < settings.epochs - math.floor(settings.undistorted * settings.epochs + 0.5)


def joined(*parts: Dataset) -> Dataset:
    """Several data sets as one."""
    return Dataset(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


class TrainingData(NamedTuple):
    """What batches are made from."""

    pixels: np.ndarray  # (n, k) uint8 or normalised floats
    targets: np.ndarray  # (classes, n), each class in a row, as it is in the last layer's buffers


def training_data(
    dataset: Dataset, settings: TrainingSettings, nonzero: np.ndarray
) -> TrainingData:
    """The `nonzero` (k,) pixels of all images, and the target probabilities of each."""
    classes, smoothing = settings.layer_dims[-1], settings.label_smoothing
    targets = losses.targets(dataset.y, classes, smoothing, dataset.float_type)
    return TrainingData(np.take(dataset.x, nonzero, axis=1), np.ascontiguousarray(targets.T))


class BatchLoader:
    """Loads up to `rows` images at a time into arrays made once, normalises and distorts them."""

    rng: np.random.Generator  # an epoch's, for distortions
    distorts: bool  # in this epoch

    def __init__(self, data: TrainingData, settings: TrainingSettings, rows: int):
        """`settings` are a run's; its `image_shape` (rows, columns) is read to distort images."""
        pixels, (classes, _), dtype = data.pixels.shape[1], data.targets.shape, data.targets.dtype
        self.data = data
        self.pixels = np.empty((rows, pixels), data.pixels.dtype)
        self.x = self.pixels if self.pixels.dtype == dtype else np.empty((rows, pixels), dtype)
        self.y = np.empty(rows * classes, dtype)
        self.drop = Dropout(settings.input_dropout, self.x.size, dtype)
        self.settings, self.augmentation = settings, None
        if is_distorted(settings):
            self.augmentation = Augmentation(settings, settings.image_shape, dtype)

    def begin_epoch(self, random: Callable[[str], np.random.Generator], epoch: int) -> None:
        """Start an epoch, counted from 0, with a generator for each purpose."""
        self.drop.rng = random("input_dropout")
        self.rng = random("augmentation")
        self.distorts = self.augmentation is not None and distorts(epoch, self.settings)

    def __call__(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The images x (n, k) and the targets y (n, classes) of these rows."""
        n, classes = len(rows), len(self.data.targets)
        x, pixels, y = self.x[:n], self.pixels[:n], self.y[: classes * n].reshape(classes, n)
        np.take(self.data.targets, rows, axis=1, out=y, mode="clip")
        np.take(self.data.pixels, rows, axis=0, out=pixels, mode="clip")
        normalise(pixels, out=x)
        if self.augmentation and self.distorts:
            self.augmentation.distort(x, self.rng, out=x)
        self.drop(x)
        return x, y.T
