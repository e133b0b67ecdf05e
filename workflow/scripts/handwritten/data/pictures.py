"""Read pictures of all kinds as grey levels."""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from handwritten.io import reading

CLEAR = 0.9  # of a picture's edge that is on one side of its middle grey


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


def flatten(picture: Image.Image) -> np.ndarray:
    """The picture's grey levels, uint8 (rows, columns); what is transparent becomes white."""
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture.convert("RGBA")).convert("L"))


def light_on_dark(grey: np.ndarray, usual: str) -> np.ndarray:
    """A picture (rows, columns), uint8, turned into its negative where its ground is light.

    The ground is what nearly all pixels at the edge have in common, if they do; otherwise it is the
    `usual` one.
    """
    edge = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])
    low, high = int(grey.min()), int(grey.max())
    if low == high:
        return grey
    bright = float((edge > (low + high) / 2).mean())
    if bright >= CLEAR or (usual == "light" and bright > 1 - CLEAR):
        return 255 - grey
    return grey
