"""A picture becomes grey levels, light on dark."""

import numpy as np
import pytest
from PIL import Image

from handwritten.data import pictures


def test_what_is_transparent_is_paper():
    clear = np.zeros((40, 40, 4), np.uint8)
    clear[10:30, 18:22, 3] = 255  # black ink
    expected = np.full((40, 40), 255, np.uint8)
    expected[10:30, 18:22] = 0
    np.testing.assert_array_equal(pictures.flatten(Image.fromarray(clear)), expected)


@pytest.mark.parametrize("usual", ["dark", "light"])
def test_a_clear_ground_decides_what_is_turned(usual):
    grey = np.zeros((9, 9), np.uint8)
    grey[2:7, 4] = 200
    np.testing.assert_array_equal(pictures.light_on_dark(grey, usual), grey)
    np.testing.assert_array_equal(pictures.light_on_dark(255 - grey, usual), grey)


def test_without_a_clear_ground_it_is_that_of_the_data_set():
    grey = np.arange(81, dtype=np.uint8).reshape(9, 9)
    np.testing.assert_array_equal(pictures.light_on_dark(grey, "dark"), grey)
    np.testing.assert_array_equal(pictures.light_on_dark(grey, "light"), 255 - grey)
    np.testing.assert_array_equal(pictures.light_on_dark(grey * 0, "light"), grey * 0)
