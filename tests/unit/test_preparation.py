import numpy as np
import pytest

from handwritten.data.preparation import normalise


def test_pixels_become_floats_from_0_to_1():
    x = normalise(np.array([[[0, 255], [51, 102]]], np.uint8))
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, [[[0, 1], [0.2, 0.4]]], rtol=1e-6)
    assert x.max() == 1  # not a hair above


def test_every_pixel_is_its_byte_divided_by_255_in_float32_wherever_it_is_written():
    images, out = np.arange(256, dtype=np.uint8), np.empty(256, np.float32)
    expected = images.astype(np.float32) / np.float32(255)
    assert normalise(images).tobytes() == expected.tobytes()
    assert normalise(images, out) is out and out.tobytes() == expected.tobytes()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_normalised_already(dtype):
    x = np.array([[0.0, 0.5, 1.0]], dtype)
    assert normalise(x) is x
