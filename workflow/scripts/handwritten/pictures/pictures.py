"""Read pictures of all kinds as grey levels."""

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import ExifTags, Image, ImageOps, PngImagePlugin, UnidentifiedImageError

from handwritten.io import reading
from handwritten.pictures import kinds

# The formats that are read, and no others that Pillow can: each decoder is one more to be attacked.
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF", "PPM")
HEIC = [b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"mif1", b"msf1")]
SMALLER = 1600  # pixels of the shorter side, at least, where a very large JPEG is made smaller
SRGB_GAMMA = 0.45455  # what a PNG's gamma is taken to be where it does not say


# Pillow's own limit is below what cameras make, and its message lacks the picture's size.
Image.MAX_IMAGE_PIXELS = None  # `require_moderate` does this


class UnreadablePictureError(ValueError):
    """A file that is not a sound picture of moderate size: which, why, and what to do."""

    def __init__(self, path: str | Path, why: str, advice: str = "replace it"):
        super().__init__(f"{reading.shown(path)} {why}: {advice}")
        self.path, self.why = path, why


class NotAPictureError(UnreadablePictureError):
    """A file that does not begin as a picture."""


def read(path: str | Path) -> Image.Image:
    """The picture in a file, unpacked and upright; of several pages the first, with
    `info["several_pages"]`, and a very large JPEG made smaller. UnreadablePictureError: it is
    damaged, too large or not of FORMATS; reading.UnreadableFileError: as for `reading.read`."""
    data = reading.read(path, reading.MOST_PICTURE_BYTES)
    with opened(io.BytesIO(data), path) as picture:
        several = getattr(picture, "is_animated", False)
        if picture.width * picture.height > reading.MANY_PIXELS:
            picture.draft(None, (SMALLER, SMALLER))  # which formats other than JPEG cannot
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        picture.info["several_pages"] = several
        return picture


def size(path: str | Path) -> tuple[int, int]:
    """Rows and columns of the picture in a file, upright, by the file's beginning. Errors: as for
    `read`; NotAPictureError: it is not of FORMATS."""
    with reading.opened(path, reading.MOST_PICTURE_BYTES) as file, opened(file, path) as picture:
        # Pillow gives the size of a TIFF upright. A PNG may have its orientation behind its pixels
        # and would have to be unpacked to know it.
        known = "exif" in picture.info if picture.format == "PNG" else picture.format != "TIFF"
        lying = known and picture.getexif().get(ExifTags.Base.Orientation, 1) >= 5
        return picture.size if lying else picture.size[::-1]


@contextmanager
def opened(file: BinaryIO, path: str | Path) -> Iterator[Image.Image]:
    """The picture in an open file. Errors: as for `size`, also for what is raised inside."""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(file, "r", FORMATS) as picture,
        ):
            require_moderate(picture, path)
            yield picture
    except UnreadablePictureError:
        raise
    except UnidentifiedImageError:  # whose text names an address in memory
        raise not_a_picture(file, path) from None
    except Exception as problem:  # Pillow raises many kinds for damaged files
        if "MAX_TEXT" in str(problem):
            allowed = f"allowed: at most {PngImagePlugin.MAX_TEXT_CHUNK:,} bytes"
            why, advice = f"has too much text beside its pixels; {allowed}", "save it without"
            raise UnreadablePictureError(path, why, advice) from None
        why = f"is not a readable picture ({problem})"
        raise UnreadablePictureError(path, why) from None


def require_moderate(picture: Image.Image, path: str | Path) -> None:
    """UnreadablePictureError: it has more pixels than are unpacked. A JPEG is made smaller while it
    is, unless it is progressive."""
    in_part = picture.format in ("JPEG", "MPO") and "progressive" not in picture.info
    most = reading.MOST_JPEG_PIXELS if in_part else reading.MOST_PICTURE_PIXELS
    if picture.width * picture.height > most:
        size = f"{picture.width:,} x {picture.height:,} pixels"
        raise UnreadablePictureError(
            path, f"has {size}; allowed: at most {most:,} in all", "make it smaller"
        )


def not_a_picture(file: BinaryIO, path: str | Path) -> NotAPictureError:
    """The error that a file is no picture of FORMATS: it is empty, or of another format."""
    file.seek(0)
    beginning, suffix = file.read(12), Path(path).suffix
    if not beginning:
        return NotAPictureError(path, "is empty")
    if beginning[4:12] in HEIC:  # whatever its name
        suffix = ".heic"
    if kinds.is_other(suffix):
        return NotAPictureError(path, f"cannot be used: {kinds.not_read(suffix)}", kinds.SAVE_AS)
    return NotAPictureError(path, "is not a readable picture")


def flatten(picture: Image.Image) -> np.ndarray:
    """The picture's grey levels, uint8 (rows, columns), from whatever mode and depth it has. What
    is transparent becomes paper."""
    grey, alpha = levels(picture)
    gamma = picture.info.get("gamma", SRGB_GAMMA)
    if "srgb" not in picture.info and gamma > 0 and abs(gamma / SRGB_GAMMA - 1) > 0.05:
        grey = np.rint(255 * (np.arange(256) / 255) ** (SRGB_GAMMA / gamma)).astype(np.uint8)[grey]
    return grey if alpha is None or alpha.min() == 255 else on_paper(grey, alpha)


def levels(picture: Image.Image) -> tuple[np.ndarray, np.ndarray | None]:
    """Grey levels and opacity, uint8 (rows, columns); None for the latter where all is opaque."""
    if picture.mode.startswith("I;16"):
        values = np.asarray(picture)
        grey = ((np.arange(2**16) + 128) // 257).astype(np.uint8)[values]
        clear = picture.info.get("transparency")
        return grey, None if clear is None else np.where(values == clear, 0, 255).astype(np.uint8)
    if picture.mode in ("I", "F"):
        return from_range(np.asarray(picture)), None
    if picture.mode == "LAB":
        return np.asarray(picture.getchannel("L")), None
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("L")), None
    picture = picture.convert("RGBA")
    return np.asarray(picture.convert("L")), np.asarray(picture.getchannel("A"))


def from_range(values: np.ndarray) -> np.ndarray:
    """Whole numbers of 32 bits or floats as uint8. Their format does not say how large white is: it
    is the first of 1, 255 and 65535 that is large enough, or else the largest value."""
    values = np.nan_to_num(values.astype(np.float64), posinf=0, neginf=0)
    low, high = min(0.0, values.min()), values.max()
    white = next((white for white in (1, 255, 65535) if high <= white), high)
    return np.rint(255 * (values - low) / (white - low)).astype(np.uint8)


def on_paper(grey: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Grey levels with their transparent parts filled in, all uint8 (rows, columns).

    Where ink and paper are both to be seen, the filling is the more frequent of them, the paper.
    Where only strokes are, it is what they stand out from: black or white.
    """
    visible = grey[alpha >= 128]
    paper = 255
    if len(visible) and int(visible.max()) - int(visible.min()) > 128:
        paper = int(np.median(visible))
    elif len(visible) and visible.mean() >= 128:
        paper = 0
    opaque = alpha.astype(np.uint16)
    return ((grey * opaque + paper * (255 - opaque) + 127) // 255).astype(np.uint8)
