"""What the page shows of a user's own images: some of every class, as they were imported."""

import numpy as np
from PIL import Image

from handwritten.page import png
from handwritten.settings import Settings

MOST_EXAMPLES = 10  # of a class
MOST_PIXELS = 400_000  # of all examples: they are part of the page
GAP = 2  # pixels between images


def content(imported: dict, train: dict[str, np.ndarray], settings: Settings) -> dict:
    """What import.json says, and `examples` of the training images."""
    classes, shape = len(settings.classes), settings.image_shape
    return imported | {"examples": examples(train["x"], train["y"], classes, shape)}


def examples(x: np.ndarray, y: np.ndarray, classes: int, image_shape: tuple[int, int]) -> list[str]:
    """The first images of every class, side by side, each row as the address of a PNG, "" for a
    class without images; none at all where there are too many classes or pixels to be shown.

    Images are uint8 (n, pixels), labels (n,).
    """
    count = min(MOST_EXAMPLES, MOST_PIXELS // (classes * x.shape[1]))
    rows = [x[np.flatnonzero(y == label)[:count]] for label in range(classes)] if count else []
    return [address(row.reshape(-1, *image_shape)) if len(row) else "" for row in rows]


def address(images: np.ndarray) -> str:
    """Images (n, rows, columns), uint8, side by side as a PNG within an address."""
    strip = np.pad(images, ((0, 0), (0, 0), (0, GAP)))
    seen = np.pad(np.full_like(images, 255), ((0, 0), (0, 0), (0, GAP)))  # gaps are transparent
    bands = [
        Image.fromarray(np.concatenate(list(each), axis=1)[:, :-GAP]) for each in (strip, seen)
    ]
    return png.address(Image.merge("LA", bands))
