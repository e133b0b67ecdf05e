"""Images that show none of the classes, on the page: some of them as pictures."""

import base64
import io

import numpy as np
from PIL import Image

from handwritten.evaluation.out_of_distribution import EXAMPLES


def examples(images: dict[str, np.ndarray]) -> dict[str, list[str]]:
    """The first images (n, rows, columns), uint8, of each kind as data URLs of PNG."""
    return {kind: [url(image) for image in each[:EXAMPLES]] for kind, each in images.items()}


def url(image: np.ndarray) -> str:
    """An image (rows, columns), uint8, as the data URL of a PNG."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
