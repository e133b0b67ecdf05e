"""From images as they are stored to numbers that a network can learn from.

Pixels are stored as uint8, from 0 (black) to 255 (white), and become float32 when they are used: a
quarter of the disk, and of the time that reading takes.
"""

import numpy as np


def normalise(images: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Pixels as float32 from 0 (black) to 1 (white), of the same shape as the uint8 `images`.

    Small inputs keep the first layer's sums, and so its steps, small. Floats are taken to be
    normalised already and are returned as they are. The result is written to `out` if it is given.
    """
    if images.dtype != np.uint8:
        return images
    return np.divide(images, np.float32(255), out=out)
