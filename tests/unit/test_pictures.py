"""A picture is made ready as MNIST was: ground, ink, fit, centre of mass."""

import numpy as np
import pytest
from PIL import Image

from handwritten.data import pictures

MNIST = (28, 28)


def written(ground=255, ink=0, size=(120, 90), at=(20, 10), stroke=(60, 12)) -> Image.Image:
    """A bar, as a 1 might be, of height and width `stroke`, with its corner at row, column `at`."""
    grey = np.full(size, ground, np.uint8)
    grey[at[0] : at[0] + stroke[0], at[1] : at[1] + stroke[1]] = ink
    return Image.fromarray(grey)


def test_dark_on_light_and_light_on_dark_are_the_same():
    dark = pictures.prepare(written(), MNIST)
    np.testing.assert_array_equal(dark, pictures.prepare(written(0, 255), MNIST))
    np.testing.assert_array_equal(dark, pictures.prepare(written(200, 80), MNIST))
    assert dark.dtype == np.uint8 and dark.max() == 255 and dark[0].max() == 0


def test_it_is_fitted_into_twenty_pixels_and_keeps_its_proportions():
    image = pictures.prepare(written(), MNIST)
    rows, columns = image.any(axis=1).nonzero()[0], image.any(axis=0).nonzero()[0]
    assert (len(rows), len(columns)) == (20, 4)


@pytest.mark.parametrize("at", [(0, 0), (60, 78), (30, 40)])
def test_where_it_was_does_not_matter(at):
    image = pictures.prepare(written(at=at, stroke=(58, 11)), MNIST).astype(float)
    np.testing.assert_allclose(image, pictures.prepare(written(stroke=(58, 11)), MNIST))
    for axis in (0, 1):
        weights = image.sum(axis=1 - axis)
        assert weights @ np.arange(28) / weights.sum() == pytest.approx(14, abs=0.51)


def test_oblong_images_have_an_oblong_box():
    wide = pictures.prepare(written(stroke=(30, 60)), (14, 28))
    assert wide.shape == (14, 28)
    rows, columns = wide.any(axis=1).nonzero()[0], wide.any(axis=0).nonzero()[0]
    assert (len(rows), len(columns)) == (10, 20)
    tall = pictures.prepare(written(), (14, 28))
    assert (tall.any(axis=1).sum(), tall.any(axis=0).sum()) == (10, 2)


def test_an_image_as_the_network_knows_them_is_taken_as_it_is():
    grey = np.zeros((28, 28), np.uint8)
    grey[3:20, 5:9] = 130
    np.testing.assert_array_equal(pictures.prepare(Image.fromarray(grey), MNIST), grey)
    assert pictures.prepare(Image.fromarray(255 - grey), MNIST).max() == 255


def test_what_is_transparent_is_paper():
    clear = np.zeros((40, 40, 4), np.uint8)
    clear[10:30, 18:22, 3] = 255  # black ink
    grey = np.full((40, 40), 255, np.uint8)
    grey[10:30, 18:22] = 0
    found, expected = (pictures.prepare(Image.fromarray(each), MNIST) for each in (clear, grey))
    np.testing.assert_array_equal(found, expected)


def test_faint_shadows_are_paper():
    grey = np.asarray(written()).copy()
    grey[100:, 60:] = 240
    image = pictures.prepare(Image.fromarray(grey), MNIST)
    np.testing.assert_array_equal(image, pictures.prepare(written(), MNIST))


@pytest.mark.parametrize("size", [(28, 28), (1, 1), (300, 200)])
def test_an_empty_picture_has_no_ink(size):
    with pytest.raises(pictures.NoInkError, match="nothing is written"):
        pictures.prepare(Image.new("L", size, 255), MNIST)


@pytest.mark.parametrize("stroke", [(1, 60), (60, 1), (1, 1)])
def test_lines_and_dots_do_not_break_it(stroke):
    assert pictures.prepare(written(stroke=stroke), MNIST).max() == 255
