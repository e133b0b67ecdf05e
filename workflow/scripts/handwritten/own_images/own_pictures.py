"""A user's own pictures as images of one size.

The size is the one that is configured, or else the one that most pictures have, if that is a
moderate one, or else MNIST's. Pictures are brought to it in one of two ways: `resize` keeps the
whole picture, `mnist` crops what is written on it, fits it into a box and centres it, as MNIST was
made. `predict` does the same.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from handwritten.data.datasets import IMAGE_SHAPE
from handwritten.io import reading
from handwritten.own_images import grounds
from handwritten.pictures import photographs, pictures
from handwritten.pictures.light import NoInkError
from handwritten.pictures.symbols import TooManyError

RESIZE, MNIST = "resize", "mnist"
MOST_PIXELS = 128 * 128  # larger pictures are made smaller, unless a size is configured


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


def read_all(
    named: Iterable[tuple[str, Path]],
    image_shape: tuple[int, int],
    prepare: str,
    notes: dict[str, list[str]],
) -> Iterator[np.ndarray]:
    """The pictures, given by name and path, as images, uint8 (rows, columns). `notes` gets names
    of those that people should know of. pictures.UnreadablePictureError: one is damaged."""
    for name, path in named:
        picture = pictures.read(path)
        if picture.info["several_pages"]:
            notes.setdefault("Of several pages the first is used", []).append(name)
        try:
            yield as_image(picture, image_shape, prepare)
        except NoInkError:
            notes.setdefault("Nothing is written on them, so they are black", []).append(name)
            yield np.zeros(image_shape, np.uint8)
        except TooManyError as problem:
            raise pictures.UnreadablePictureError(f"{reading.shown(path)}: {problem}") from None
