"""A user's own pictures as images of one size.

The size is the one that is configured, or else the one that most pictures have, if that is a
moderate one, or else MNIST's. Pictures are brought to it in one of two ways: `resize` keeps the
whole picture, `mnist` crops what is written on it, fits it into a box and centres it, as MNIST was
made. Where the configuration does not say which, pictures that are alike in size are images
already, and others are photographs or scans. `predict` does the same.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from handwritten.data.datasets import IMAGE_SHAPE
from handwritten.own_images import grounds
from handwritten.pictures import photographs, pictures
from handwritten.pictures.light import NoInkError
from handwritten.pictures.symbols import TooManyError

AUTO, RESIZE, MNIST = "auto", "resize", "mnist"
ALIKE = 0.9  # this share of the pictures has one size where they are images already
MOST_PIXELS = 128 * 128  # larger pictures are made smaller, unless a size is configured


def settled(sizes: Counter[tuple[int, int]], asked: str) -> str:
    """How pictures of these sizes (rows, columns) are prepared: `resize` or `mnist`."""
    if asked != AUTO:
        return asked
    ((commonest, count),) = sizes.most_common(1)
    moderate = math.prod(commonest) <= MOST_PIXELS
    return RESIZE if moderate and count >= ALIKE * sizes.total() else MNIST


def shape_of(
    sizes: Counter[tuple[int, int]], size: list[int] | None, prepare: str
) -> tuple[int, int]:
    """Rows and columns of the images that pictures of these sizes become."""
    if size:
        return size[0], size[1]
    ((commonest, count),) = sizes.most_common(1)
    if prepare == RESIZE and 2 * count > sizes.total() and math.prod(commonest) <= MOST_PIXELS:
        return commonest
    return IMAGE_SHAPE


def in_words(shape: Sequence[int]) -> str:
    """The size of a picture of this shape (rows, columns) as people say it, width first."""
    rows, columns = shape
    first = " (width x height)" if rows != columns else ""
    return f"{columns:,} x {rows:,} pixels{first}"


def as_image(picture: Image.Image, image_shape: tuple[int, int], prepare: str) -> np.ndarray:
    """A picture of any size as an image, uint8 (rows, columns). With `resize` its ground is still
    the picture's; with `mnist` it is dark. NoInkError: nothing is written on it."""
    grey = pictures.flatten(picture)
    if prepare == MNIST:
        return photographs.prepare(grey, image_shape, single=True).images[0]
    return grey if grey.shape == image_shape else resized(grey, image_shape)


def resized(grey: np.ndarray, image_shape: tuple[int, int]) -> np.ndarray:
    """Grey levels made to fit, in their proportions, in the middle of their own ground."""
    scale = min(limit / length for limit, length in zip(image_shape, grey.shape, strict=True))
    rows, columns = (max(1, round(length * scale)) for length in grey.shape)
    way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BILINEAR
    small = np.asarray(Image.fromarray(grey).resize((columns, rows), way))
    image = np.full(image_shape, round(np.median(grounds.edges(grey[None]))), np.uint8)
    top, left = (
        (size - length) // 2 for size, length in zip(image_shape, small.shape, strict=True)
    )
    image[top : top + rows, left : left + columns] = small
    return image


@dataclass
class Findings:
    """What people should know of pictures: their names by what there is to say, and those of the
    pictures that cannot be read, each with the reason."""

    notes: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def note(self, what: str, name: str) -> None:
        """There is this to say of a picture."""
        self.notes.setdefault(what, []).append(name)


def read_all(
    named: Iterable[tuple[str, Path]], image_shape: tuple[int, int], prepare: str, found: Findings
) -> Iterator[np.ndarray]:
    """The pictures, given by name and path, as images, uint8 (rows, columns); black where one
    cannot be read, which is noted in `found` as everything else that is special."""
    for name, path in named:
        image = np.zeros(image_shape, np.uint8)
        try:
            picture = pictures.read(path)
            if picture.info["several_pages"]:
                found.note("Of several pages the first is used", name)
            image = as_image(picture, image_shape, prepare)
            if image.min() == image.max():
                found.note("All pixels are alike, so nothing is to be seen on them", name)
        except pictures.UnreadablePictureError as problem:
            found.unreadable.append((name, problem.why))
        except NoInkError:
            found.note("Nothing is written on them, so they are black", name)
        except TooManyError as problem:
            why = f"does not look like writing: {problem}, or set `prepare: resize` under dataset"
            found.unreadable.append((name, why))
        yield image
