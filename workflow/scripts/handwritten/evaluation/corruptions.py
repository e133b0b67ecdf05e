"""Images made worse in ways that the network was not trained on: noise, shift, rotation, blur.

Handwriting from a moving train, crooked scans and blurred photographs are not in the test set. A
corruption is a function of images x (n, rows, columns) in [0, 1], with (0, 0) the upper left pixel,
of a level, and of a random generator; it returns new images of the same kind. Level 0 leaves them
unchanged. The idea is that of Hendrycks and Dietterich 2019, "Benchmarking neural network
robustness to common corruptions and perturbations", who studied photographs.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from handwritten.learning import augmentation


def noise(x: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Images with normal noise of standard deviation `level` added, clipped to [0, 1]."""
    grain = rng.standard_normal(x.shape, dtype=x.dtype)
    grain *= x.dtype.type(level)
    grain += x
    return np.clip(grain, 0, 1, out=grain)


def shift(x: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Each image shifted by `level` pixels to the left, to the right, up or down, at random."""
    amounts = np.zeros((len(x), 6), x.dtype)
    direction = rng.integers(4, size=len(x))
    amounts[np.arange(len(x)), 4 + direction // 2] = level * (1 - 2 * (direction % 2))
    return affine(x, amounts)


def rotation(x: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Each image rotated about its centre by `level` degrees, to a random side."""
    amounts = np.zeros((len(x), 6), x.dtype)
    amounts[:, 0] = math.radians(level) * (1 - 2 * rng.integers(2, size=len(x)))
    return affine(x, amounts)


def blur(x: np.ndarray, level: float, rng: np.random.Generator) -> np.ndarray:
    """Each image smoothed with a Gaussian of `level` pixels, with black around it. Not random.

    A Gaussian in two dimensions is one along the rows and one along the columns: two products.
    """
    if not level:
        return x.copy()
    down, right = (blur_within(size, level).astype(x.dtype) for size in x.shape[1:])
    return down @ x @ right.T


def blur_within(size: int, level: float) -> np.ndarray:
    """The weights (size, size) of a Gaussian of `level` pixels along an axis, black at its ends."""
    padded = augmentation.blur(size, level)  # reads beyond the image on both sides
    margin = (padded.shape[1] - size) // 2
    return padded[:, margin : margin + size]


def affine(x: np.ndarray, amounts: np.ndarray) -> np.ndarray:
    """Images x (n, rows, columns) after affine maps, with black around them.

    The `amounts` (n, 6) are those of `augmentation.affine_weights`.
    """
    image_shape, flat = x.shape[1:], x.reshape(len(x), -1)
    patterns = augmentation.affine_patterns(image_shape).astype(x.dtype)
    weights, centre = np.empty((2, len(x), 3), x.dtype), (np.array(image_shape, x.dtype) - 1) / 2
    augmentation.affine_weights(amounts, centre, weights)
    sampler, out = augmentation.Sampler(image_shape, x.dtype), np.empty_like(flat)
    for start in range(0, len(x), augmentation.SLICE):
        rows = slice(start, start + augmentation.SLICE)
        sampler.sample(flat[rows], weights[:, rows] @ patterns, out[rows])
    return out.reshape(x.shape)


class Corruption(NamedTuple):
    """A corruption, its title, the unit of its levels, and the levels to try."""

    apply: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
    title: str
    unit: str
    levels: tuple[float, ...]


CORRUPTIONS = {
    "noise": Corruption(
        noise, "Noise", "standard deviation (black is 0, white 1)", (0.1, 0.2, 0.3, 0.4, 0.5)
    ),
    "shift": Corruption(shift, "Shift", "pixels", (1, 2, 3, 4, 5, 6)),
    "rotation": Corruption(rotation, "Rotation", "degrees", (10, 20, 30, 40, 50, 60)),
    "blur": Corruption(blur, "Blur", "pixels", (0.5, 1, 1.5, 2, 2.5, 3)),
}
