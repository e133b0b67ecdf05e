"""Images that show none of the classes, on the page: some of them as pictures."""

import numpy as np
from PIL import Image

from handwritten.evaluation.out_of_distribution import EXAMPLES
from handwritten.page import png


def examples(images: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """The first images (n, rows, columns), uint8, of each kind as data URLs of PNG."""
    return {
        kind: [png.address(Image.fromarray(image)) for image in each[:EXAMPLES]]
        for kind, each in images.items()
    }
