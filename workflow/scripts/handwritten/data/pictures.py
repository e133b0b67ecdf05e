"""Prepare pictures of handwriting as MNIST's were: cropped, fitted, centred, white on black.

MNIST's makers fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and moved it
until its centre of mass was that of the 28 x 28 image (LeCun et al. 1998, section III-A).
"""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from handwritten.io import reading

BOX = 20 / 28  # of an image's height and width
FAINT = 0.1  # less ink than this share of the maximum counts as paper


class NoInkError(ValueError):
    """A picture of one colour, on which nothing is written."""


class UnreadablePictureError(ValueError):
    """A file that is not a sound picture of moderate size: which, why, and what to do."""


def read(path: str | Path) -> Image.Image:
    """The PNG picture in a file, unpacked. UnreadablePictureError: it is damaged or too large;
    reading.UnreadableFileError: as for `reading.read`."""
    data, name = reading.read(path, reading.MOST_PICTURE_BYTES), reading.shown(path)
    most = reading.MOST_PICTURE_PIXELS
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), "r", ["PNG"]) as picture,
        ):
            if picture.width * picture.height <= most:
                picture.load()
                return picture
    except Image.DecompressionBombError:
        pass  # it has many times more pixels
    except UnidentifiedImageError:  # whose text names an address in memory
        raise UnreadablePictureError(f"{name} is not a readable PNG: replace it") from None
    except Exception as problem:  # Pillow raises many kinds for damaged files
        if "MAX_TEXT" in str(problem):
            allowed = f"allowed: at most {PngImagePlugin.MAX_TEXT_CHUNK:,} bytes"
            text = f"{name} has too much text beside its pixels; {allowed}: save it without"
        else:
            text = f"{name} is not a readable PNG ({problem}): replace it"
        raise UnreadablePictureError(text) from None
    text = f"{name} has too many pixels; allowed: at most {most:,}: make it smaller"
    raise UnreadablePictureError(text)


def prepare(picture: Image.Image, image_shape: tuple[int, int]) -> np.ndarray:
    """A picture of one symbol, dark on light or light on dark, as uint8 (rows, columns), 0 black.

    A picture that already has this `image_shape`, on a black ground, is used as it is.
    NoInkError: nothing is written on it.
    """
    grey = flatten(picture)
    if grey.shape == image_shape and not ground(grey):
        return grey
    rows, columns = (round(BOX * length) for length in image_shape)
    return centre(fit(ink(grey), (rows, columns)), image_shape)


def flatten(picture: Image.Image) -> np.ndarray:
    """The picture's grey levels, uint8 (rows, columns); what is transparent becomes white."""
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture.convert("RGBA")).convert("L"))


def ground(grey: np.ndarray) -> float:
    """The grey level of the paper: the median of the picture's edge."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])))


def ink(grey: np.ndarray) -> np.ndarray:
    """The amount of ink in every pixel, 0 to 1 (rows, columns), cropped to what is written."""
    amount = np.abs(np.arange(256) - ground(grey))  # of each grey level: a picture may be large
    maximum = amount[[grey.min(), grey.max()]].max()
    if maximum == 0:
        raise NoInkError("nothing is written on it: all its pixels are alike")
    faint = amount <= FAINT * maximum
    written = ~faint[grey]
    rows, columns = np.flatnonzero(written.any(axis=1)), np.flatnonzero(written.any(axis=0))
    crop = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(faint, 0, amount / maximum)[grey[crop]]


def fit(amount: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Ink resized to fit into this many rows and columns; each pixel is the mean over its area."""
    scale = min(limit / length for limit, length in zip(box, amount.shape, strict=True))
    rows, columns = (max(1, round(length * scale)) for length in amount.shape)
    picture = Image.fromarray(amount.astype(np.float32)).resize(
        (columns, rows), Image.Resampling.BOX
    )
    resized = np.asarray(picture)
    return resized / resized.max()


def centre(amount: np.ndarray, image_shape: tuple[int, int]) -> np.ndarray:
    """Ink on black, uint8 (rows, columns), its centre of mass as near to the middle as it fits."""
    image = np.zeros(image_shape, np.uint8)
    offsets = []
    for axis, (length, size) in enumerate(zip(amount.shape, image_shape, strict=True)):
        weights = amount.sum(axis=1 - axis)
        middle = (weights @ np.arange(length)) / weights.sum()
        offsets.append(int(np.clip(round(size / 2 - middle), 0, size - length)))
    top, left = offsets
    rows, columns = amount.shape
    image[top : top + rows, left : left + columns] = np.rint(255 * amount)
    return image
