"""Light is told from ink, and dark strokes from light ones."""

import numpy as np
import photographs as made
import pytest

from handwritten.data import generated
from handwritten.pictures import light

DIGITS = generated.draw(np.arange(40) % 10, np.random.default_rng(6))


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
def test_a_closing_is_the_lowest_maximum_of_the_squares_around_a_pixel(size):
    grey = np.random.default_rng(0).integers(0, 256, (9, 12), np.uint8)
    padded = np.pad(grey, size - 1, mode="edge")
    expected = [
        [
            min(
                padded[r + i : r + i + size, c + j : c + j + size].max()
                for i in range(size)
                for j in range(size)
            )
            for c in range(12)
        ]
        for r in range(9)
    ]
    np.testing.assert_array_equal(light.closing(grey, size), expected)


@pytest.mark.parametrize("kind", ["gradient", "hard shadow"])
def test_light_that_falls_off_in_one_direction_is_no_ink(kind):
    page = made.page(np.zeros((100, 100)))
    for seed in range(10):
        grey = made.photograph(page, kind, np.random.default_rng(seed))
        np.testing.assert_array_equal(light.closing(grey, 40), grey)


@pytest.mark.parametrize("kind", ["nothing", "noise", "hard shadow", "specks"])
@pytest.mark.parametrize("digit", [28, 112])
def test_the_ground_is_found(kind, digit):
    rng = np.random.default_rng(3)
    for image in DIGITS:
        grey = made.photograph(made.with_digit(image, digit * 5 // 4, digit), kind, rng)
        smooth, _ = light.smoothed(grey, light.noise(grey))
        assert not light.is_light_on_dark(smooth)
        assert light.is_light_on_dark(255 - smooth)


def test_noise_is_measured_and_what_is_clean_is_not_smoothed():
    page = made.with_digit(DIGITS[0])
    clean, noisy = (
        made.photograph(page, kind, np.random.default_rng(0)) for kind in ("nothing", "noise")
    )
    assert light.noise(clean) == 0
    assert light.smoothed(clean, 0)[0] is clean
    assert light.noise(noisy) == pytest.approx(made.NOISE, rel=0.2)
    smooth, left = light.smoothed(noisy, light.noise(noisy))
    assert left < made.NOISE / 2 and light.noise(smooth) < made.NOISE / 2
