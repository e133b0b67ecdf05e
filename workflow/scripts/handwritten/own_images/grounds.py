"""Which ground images have, dark or light, and how all of them become light on dark.

The networks learn best from strokes of large numbers on a ground of zeros, as MNIST has them; with
the ground at 1, every unit's sum is large and whole layers may die at the first step. So pictures
that are dark on light are turned when they are imported.

What touches an image's edge is mostly ground. An image votes `light` if three quarters of its edge
or more are in the upper half of its own range of grey levels, and `dark` if a quarter or less is.
"""

import numpy as np

CLEAR = 0.75  # this share of an image's edge has to agree
UNANIMOUS = 0.95  # this share of the images with a clear ground makes it that of all
FEW = 0.1  # with a clear ground on fewer images than this share nothing is said of all
DARK, LIGHT, MIXED = "dark", "light", "mixed"


def edges(images: np.ndarray) -> np.ndarray:
    """The pixels on the edge of images (n, rows, columns): (n, edge)."""
    sides = [images[:, 0], images[:, -1], images[:, 1:-1, 0], images[:, 1:-1, -1]]
    return np.concatenate(sides, axis=1)


def votes(images: np.ndarray) -> np.ndarray:
    """Of images (n, rows, columns): 1 where the ground is light, -1 where dark, 0 where unclear."""
    low, high = images.min(axis=(1, 2)), images.max(axis=(1, 2))
    middle = (low.astype(np.float32) + high) / 2
    bright = (edges(images) > middle[:, None]).mean(axis=1)
    clear = (bright >= CLEAR).astype(np.int8) - (bright <= 1 - CLEAR)
    return np.where(low == high, 0, clear)


def of(images: np.ndarray) -> str:
    """The ground of a data set's images (n, rows, columns): dark, light, or mixed, which means that
    each image has its own. Where hardly any image has a clear ground it is taken to be dark."""
    clear = votes(images)
    clear = clear[clear != 0]
    light = np.mean(clear > 0) if len(clear) else 0
    if len(clear) < FEW * len(images) or light <= 1 - UNANIMOUS:
        return DARK
    if light >= UNANIMOUS:
        return LIGHT
    return MIXED if 2 * len(clear) >= len(images) else DARK


def to_turn(images: np.ndarray, ground: str) -> np.ndarray:
    """Which images (n, rows, columns) of a data set with this ground are dark on light (n,)."""
    if ground == MIXED:
        return votes(images) > 0
    return np.full(len(images), ground == LIGHT)


def turned(images: np.ndarray, ground: str) -> np.ndarray:
    """Images (n, rows, columns), uint8, all of them light on dark."""
    return np.where(to_turn(images, ground)[:, None, None], 255 - images, images)


def is_clear(votes: np.ndarray, ground: str) -> bool:
    """Whether so many images vote for the ground of their data set that a single picture with the
    other ground can be told from them."""
    vote = {DARK: votes < 0, LIGHT: votes > 0, MIXED: votes != 0}[ground]
    return bool(2 * np.count_nonzero(vote) >= len(votes))


def like_others(image: np.ndarray, ground: str, clear: bool) -> np.ndarray:
    """An image (rows, columns), uint8, light on dark as those of a data set with this ground.

    Where that is clear, the image's own vote decides, if it has one.
    """
    vote = votes(image[None])[0]
    light = vote > 0 if clear and vote else ground == LIGHT
    return 255 - image if light else image
