"""Test-time augmentation: look at a digit again, moved a little, and take the mean answer."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from handwritten.evaluation import ensemble
from handwritten.learning import losses, network


def answered(
    images: np.ndarray, labels: np.ndarray, layers: network.Layers, g, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, classes) for images (n, rows, columns), and each one's loss (n,) in nats.

    Where `reach` is not 0, probabilities are the mean over all copies that `moved` gives.
    """
    if not reach:
        z = network.logits(in_rows(images), layers, g)
        return losses.softmax(z), losses.cross_entropy(z, labels)
    copies = map(in_rows, moved(images, reach))
    each = [losses.softmax(network.logits(x, layers, g)) for x in copies]
    mean = ensemble.averaged(each)
    return mean, ensemble.surprise(mean, labels)


def in_rows(images: np.ndarray) -> np.ndarray:
    """Images (n, rows, columns) as a network takes them, x (n, pixels)."""
    return images.reshape(len(images), -1)


def moved(images: np.ndarray, reach: int) -> Iterator[np.ndarray]:
    """Images (n, rows, columns) moved by every whole number of pixels up to `reach` on each axis.

    (2 reach + 1)^2 copies, the first to last from up left to down right; what comes in from outside
    is black.
    """
    _, rows, columns = images.shape
    wide = np.pad(images, ((0, 0), (reach, reach), (reach, reach)))
    for down, right in product(range(2 * reach, -1, -1), repeat=2):
        yield wide[:, down : down + rows, right : right + columns]
