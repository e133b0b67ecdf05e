"""Test-time augmentation: look at a digit again, moved a little, and take the mean answer."""

from collections.abc import Iterator
from itertools import product

import numpy as np


def moved(x: np.ndarray, reach: int) -> Iterator[np.ndarray]:
    """Images x (n, pixels) moved by every whole number of pixels up to `reach` along each axis.

    (2 reach + 1)^2 copies, the first to last from up left to down right; what comes in from outside
    is black. ValueError: images that are not square.
    """
    side = round(x.shape[1] ** 0.5)
    if side * side != x.shape[1]:
        raise ValueError(
            f"images of {x.shape[1]} pixels are not square, and only square ones can be moved: "
            "set test_time_shift to 0"
        )
    wide = np.pad(x.reshape(-1, side, side), ((0, 0), (reach, reach), (reach, reach)))
    for down, right in product(range(2 * reach, -1, -1), repeat=2):
        yield wide[:, down : down + side, right : right + side].reshape(x.shape)
