"""Images within addresses: a page's preview."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from handwritten.page import png


@pytest.mark.parametrize(("classes", "shape"), [(10, (28, 28)), (2, (8, 40)), (26, (700, 12))])
def test_a_preview_shows_an_image_of_each_class_and_is_small(classes, shape):
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (classes, *shape), np.uint8)
    url = png.preview(x, np.arange(classes))
    assert url == png.preview(x, np.arange(classes))
    image = Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,"))))
    rows, columns = -(-min(classes, 10) // 5) * shape[0], min(classes, 5) * shape[1]
    assert image.size == (max(1200, columns), max(630, rows))
    assert len(set(np.asarray(image).ravel())) <= png.GREYS
