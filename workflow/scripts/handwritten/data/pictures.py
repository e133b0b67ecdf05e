"""Pictures of handwriting as MNIST has them: cut out, fitted, centred, white on black.

MNIST's makers fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and moved it
until its centre of mass was that of the 28 x 28 image (LeCun and others 1998, section III-A).
"""

import numpy as np
from PIL import Image

BOX = 20 / 28  # of an image's height and width
FAINT = 0.1  # less ink than this share of the darkest is paper


class NoInk(ValueError):
    """A picture of one colour, in which nothing is written."""


def prepared(picture: Image.Image, image_shape: tuple[int, int]) -> np.ndarray:
    """A picture of one symbol, on light or dark ground, as uint8 (rows, columns), 0 black.

    One that has this `image_shape` already, on black ground, is taken as it is. NoInk: there is
    nothing on it.
    """
    grey = flattened(picture)
    if grey.shape == image_shape and not ground(grey):
        return grey
    return centred(fitted(ink(grey), [round(BOX * length) for length in image_shape]), image_shape)


def flattened(picture: Image.Image) -> np.ndarray:
    """The picture's greys, uint8 (rows, columns); what is transparent is white paper."""
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture.convert("RGBA")).convert("L"))


def ground(grey: np.ndarray) -> float:
    """The grey of what is written on: the median of the picture's edge."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def ink(grey: np.ndarray) -> np.ndarray:
    """How much ink is at every pixel, 0 to 1 (rows, columns), cut out around what is written."""
    amount = np.abs(grey - ground(grey))
    most = amount.max()
    written = amount > FAINT * most
    if most == 0:
        raise NoInk("nothing is written on it: all its pixels are alike")
    rows, columns = np.flatnonzero(written.any(axis=1)), np.flatnonzero(written.any(axis=0))
    cut = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(written, amount / most, 0)[cut]


def fitted(amount: np.ndarray, box: list[int]) -> np.ndarray:
    """Ink resized to fit into so many rows and columns, each pixel the mean of what it covers."""
    scale = min(most / length for most, length in zip(box, amount.shape, strict=True))
    rows, columns = (max(1, round(length * scale)) for length in amount.shape)
    picture = Image.fromarray(amount.astype(np.float32)).resize(
        (columns, rows), Image.Resampling.BOX
    )
    resized = np.asarray(picture)
    return resized / resized.max()


def centred(amount: np.ndarray, image_shape: tuple[int, int]) -> np.ndarray:
    """Ink on black, uint8 (rows, columns), its centre of mass in the middle, as far as it fits."""
    image = np.zeros(image_shape, np.uint8)
    places = []
    for axis, (length, size) in enumerate(zip(amount.shape, image_shape, strict=True)):
        weights = amount.sum(axis=1 - axis)
        middle = (weights @ np.arange(length)) / weights.sum()
        places.append(int(np.clip(round(size / 2 - middle), 0, size - length)))
    top, left = places
    rows, columns = amount.shape
    image[top : top + rows, left : left + columns] = np.rint(255 * amount)
    return image
