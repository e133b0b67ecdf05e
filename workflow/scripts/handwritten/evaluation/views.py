"""Test-time augmentation: look at a digit again, moved a little, and take the mean answer."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from handwritten.evaluation import committee
from handwritten.learning import losses, network
from handwritten.learning.batches import square


def answered(
    x: np.ndarray, labels: np.ndarray, layers: network.Layers, g, reach: int
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, classes) for images x (n, pixels), and each row's loss (n,) in nats.

    Where `reach` is not 0, probabilities are the mean over all copies that `moved` gives.
    """
    if not reach:
        z = network.logits(x, layers, g)
        return losses.softmax(z), losses.cross_entropy(z, labels)
    each = [losses.softmax(network.logits(copy, layers, g)) for copy in moved(x, reach)]
    mean = committee.averaged(each)
    return mean, committee.surprise(mean, labels)


def moved(x: np.ndarray, reach: int) -> Iterator[np.ndarray]:
    """Images x (n, pixels) moved by every whole number of pixels up to `reach` along each axis.

    (2 reach + 1)^2 copies, the first to last from up left to down right; what comes in from outside
    is black. ValueError: images that are not square.
    """
    side, _ = square(x.shape[1], "test_time_shift")
    wide = np.pad(x.reshape(-1, side, side), ((0, 0), (reach, reach), (reach, reach)))
    for down, right in product(range(2 * reach, -1, -1), repeat=2):
        yield wide[:, down : down + side, right : right + side].reshape(x.shape)
