"""Images as PNG within an address, for pages that hold everything themselves."""

import base64
import io

import numpy as np
from PIL import Image

PREVIEW = (630, 1200)  # rows and columns, as services that show previews ask for
GREYS = 9  # of a preview: fewer make its file smaller


def address(image: Image.Image) -> str:
    """The image as the data URL of a PNG."""
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def icon(x: np.ndarray) -> str:
    """A page's icon: an image (rows, columns), uint8."""
    return address(Image.fromarray(x))


def preview(x: np.ndarray, y: np.ndarray) -> str:
    """A page's preview: an image of each class, ten at most, in rows of five.

    Images x are (n, rows, columns), uint8, labels y (n,).
    """
    firsts = [x[np.argmax(y == label)] for label in np.unique(y)[:10]]
    across = min(5, len(firsts))
    tiles = np.zeros((-(-len(firsts) // across) * across, *x.shape[1:]), np.uint8)
    tiles[: len(firsts)] = firsts
    rows = [np.concatenate(list(row), axis=1) for row in np.split(tiles, len(tiles) // across)]
    grid = np.concatenate(rows)
    scale = max(1, min(size // length for size, length in zip(PREVIEW, grid.shape, strict=True)))
    enlarged = np.kron(in_few_greys(grid), np.ones((scale, scale), np.uint8))
    canvas = np.zeros(np.maximum(PREVIEW, enlarged.shape), np.uint8)
    top, left = (np.array(canvas.shape) - enlarged.shape) // 2
    canvas[top : top + enlarged.shape[0], left : left + enlarged.shape[1]] = enlarged
    return address(Image.fromarray(canvas))


def in_few_greys(x: np.ndarray) -> np.ndarray:
    """Bytes with so many values only, 0 and 255 among them."""
    step = 255 / (GREYS - 1)
    return np.rint(np.rint(x / step) * step).astype(np.uint8)
