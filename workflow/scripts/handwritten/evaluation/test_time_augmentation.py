"""Test-time augmentation: predict by the mean over copies of an image that are shifted a little."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from handwritten.evaluation import ensemble
from handwritten.learning import losses, network
from handwritten.learning.activations import Activation


def predict(
    images: np.ndarray,
    labels: np.ndarray,
    layers: network.Layers,
    g: Activation,
    maximum_shift: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, classes) for images (n, rows, columns), and each one's loss (n,) in nats.

    Unless `maximum_shift` is 0, probabilities are the mean over all copies of `shifted_copies`.
    """
    if not maximum_shift:
        z = network.logits(flatten(images), layers, g)
        return losses.softmax(z), losses.cross_entropy(z, labels)
    copies = map(flatten, shifted_copies(images, maximum_shift))
    mean = ensemble.mean_probabilities(
        [losses.softmax(network.logits(x, layers, g)) for x in copies]
    )
    return mean, ensemble.negative_log_likelihood(mean, labels)


def flatten(images: np.ndarray) -> np.ndarray:
    """Images (n, rows, columns) as the rows of x (n, pixels)."""
    return images.reshape(len(images), -1)


def shifted_copies(images: np.ndarray, maximum_shift: int) -> Iterator[np.ndarray]:
    """Images (n, rows, columns) shifted by every whole number of pixels up to the maximum.

    There are (2 maximum_shift + 1)² copies, the first shifted up and to the left, the last down and
    to the right. Pixels that come in from outside are black.
    """
    _, rows, columns = images.shape
    margin = (maximum_shift, maximum_shift)
    padded = np.pad(images, ((0, 0), margin, margin))
    for down, right in product(range(2 * maximum_shift, -1, -1), repeat=2):
        yield padded[:, down : down + rows, right : right + columns]
