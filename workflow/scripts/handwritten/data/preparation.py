"""From images as they are stored to numbers a network can learn from, and to honest splits."""

import numpy as np


def normalise(images: np.ndarray) -> np.ndarray:
    """Pixels as float32 (n, rows * columns), 0 black to 1 white, of uint8 (n, rows, columns).

    Every image becomes one row; small inputs keep the first layer's sums, and so its steps, small.
    """
    return images.reshape(len(images), -1).astype(np.float32) / np.float32(255)


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
