"""Strokes as images that are prepared as MNIST's were, and as the page's drawing board does it."""

import numpy as np

BOX = 20 / 28  # of an image's height and width, which the ink fits into
PEN = 1.4 / 28  # half a stroke's width, in the shorter side of the image


def image(ends: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The image (rows, columns), uint8, white on black, of segments (2, k, 2): their starts and
    their ends, x and y.

    They are scaled to fit into the box, and moved until their centre of mass is in the middle.
    """
    size = np.array(shape[::-1], float)  # x and y
    pen = PEN * size.min()
    low, high = ends.min(axis=(0, 1)), ends.max(axis=(0, 1))
    room = np.rint(BOX * size) - 2 * pen
    scale = (room / np.maximum(high - low, 1e-3)).min()
    fitted = (ends - (low + high) / 2) * scale + size / 2
    ink = rendered(fitted, pen, shape)
    rows, columns = np.indices(shape)
    mass = np.array([(ink * columns).sum(), (ink * rows).sum()]) / ink.sum()
    moved = rendered(fitted + size / 2 - mass, pen, shape)
    return np.rint(255 * moved).astype(np.uint8)


def rendered(ends: np.ndarray, pen: float, shape: tuple[int, int]) -> np.ndarray:
    """The ink (rows, columns), 0 to 1, of segments in pixels; at its edge it fades over a pixel."""
    rows, columns = np.indices(shape)
    pixels = np.stack([columns, rows], axis=-1)[:, :, None]  # (rows, columns, 1, 2)
    start, way = ends[0], ends[1] - ends[0]
    length = np.maximum((way**2).sum(axis=-1), 1e-9)
    along = np.clip(((pixels - start) * way).sum(axis=-1) / length, 0, 1)
    distance = np.sqrt(((pixels - start - along[..., None] * way) ** 2).sum(axis=-1))
    return np.clip(pen + 0.5 - distance, 0, 1).max(axis=-1)
