"""The images of a data set in three splits: train to learn from, dev to choose settings on, test.

Dev is set apart from the training images. The test images are used once, to report how good a
network is.
"""

from collections.abc import Sequence
from os import PathLike

import numpy as np

from handwritten.data import idx


def read_splits(
    paths: Sequence[str | PathLike], classes: int, dev_size: int, rng: np.random.Generator
) -> dict[str, dict[str, np.ndarray]]:
    """The splits train, dev and test, each with images x (n, pixels) and labels y (n,), all uint8.

    `paths` are the four IDX files: training images and labels, test images and labels. Every image
    becomes one row. IDXError: a file is not what it should be. ValueError: as `stratified_split`.
    """
    images, labels, test_images, test_labels = paths
    x, y = idx.read_labelled_images(images, labels, classes)
    test_x, test_y = idx.read_labelled_images(test_images, test_labels, classes)
    train, dev = stratified_split(y, dev_size, rng)
    x, test_x = (split.reshape(len(split), -1) for split in (x, test_x))
    return {
        "train": {"x": x[train], "y": y[train]},
        "dev": {"x": x[dev], "y": y[dev]},
        "test": {"x": test_x, "y": test_y},
    }


def stratified_split(
    labels: np.ndarray, dev_size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers (train, dev), each ascending, with every class in dev in its share of the whole.

    Shares that are not whole numbers are rounded by largest remainder, so that dev has exactly
    `dev_size` rows. ValueError where that would leave no training rows.
    """
    if not 0 < dev_size < len(labels):
        raise ValueError(
            f"dev_size is {dev_size}, but there are {len(labels)} training images to split: "
            f"choose dev_size between 1 and {len(labels) - 1} in config.yaml"
        )
    classes, counts = np.unique(labels, return_counts=True)
    share = counts * (dev_size / len(labels))
    sizes = np.floor(share).astype(int)
    sizes[np.argsort(sizes - share, kind="stable")[: dev_size - sizes.sum()]] += 1
    chosen = [
        rng.permutation(np.flatnonzero(labels == c))[:size]
        for c, size in zip(classes, sizes, strict=True)
    ]
    dev = np.sort(np.concatenate(chosen))
    return np.setdiff1d(np.arange(len(labels)), dev), dev
