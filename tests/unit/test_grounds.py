"""Whether images are dark on light is found out from their edges, and mended."""

import numpy as np
import pytest

from handwritten.data.generated import draw
from handwritten.own_images import grounds


@pytest.fixture(scope="module")
def digits():
    return draw(np.arange(200) % 10, np.random.default_rng(0)).reshape(-1, 28, 28)


def test_light_on_dark_is_left_as_it_is(digits):
    assert grounds.of(digits) == "dark"
    np.testing.assert_array_equal(grounds.turned(digits, "dark"), digits)


def test_dark_on_light_is_turned(digits):
    assert grounds.of(255 - digits) == "light"
    np.testing.assert_array_equal(grounds.turned(255 - digits, "light"), digits)


@pytest.mark.parametrize(("paper", "ink"), [(120, 20), (255, 200), (200, 0)])
def test_light_is_what_is_lighter_than_the_strokes(digits, paper, ink):
    faint = paper + (ink - paper) * (digits / 255)
    noise = np.random.default_rng(0).normal(0, 5, digits.shape)
    assert grounds.of(np.clip(faint + noise, 0, 255).astype(np.uint8)) == "light"


def test_of_a_mixed_set_each_image_has_its_own(digits):
    mixed = digits.copy()
    mixed[::3] = 255 - mixed[::3]
    assert grounds.of(mixed) == "mixed"
    np.testing.assert_array_equal(grounds.turned(mixed, "mixed"), digits)


def test_a_few_others_do_not_decide(digits):
    others = digits.copy()
    others[:5] = 255 - others[:5]
    assert grounds.of(others) == "dark" and (grounds.votes(others) > 0).sum() == 5


def test_noise_and_blank_images_have_no_ground():
    noise = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    assert grounds.of(noise) == "dark" and not grounds.votes(noise).any()
    blank = np.full((50, 8, 8), 255, np.uint8)
    assert grounds.of(blank) == "dark" and not grounds.votes(blank).any()


@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (1, 1), (2, 2)])
def test_images_that_are_all_edge(shape):
    images = np.full((3, *shape), 250, np.uint8)
    images[:, 0, 0] = 0
    turned = grounds.turned(images, grounds.of(images))
    assert turned.shape == images.shape and turned.dtype == np.uint8


@pytest.mark.parametrize("ground", ["dark", "light", "mixed"])
def test_an_image_is_turned_by_its_own_ground_where_that_of_the_others_is_clear(digits, ground):
    for image in (digits[0], 255 - digits[0]):
        np.testing.assert_array_equal(grounds.like_others(image, ground, True), digits[0])


@pytest.mark.parametrize(("ground", "turns"), [("dark", False), ("light", True), ("mixed", False)])
def test_without_a_clear_ground_an_image_is_treated_like_the_others(digits, ground, turns):
    unclear = np.arange(784, dtype=np.uint16).reshape(28, 28).astype(np.uint8)
    for image, clear in [(digits[0], False), (255 - digits[0], False), (unclear, True)]:
        found = grounds.like_others(image, ground, clear)
        np.testing.assert_array_equal(found, 255 - image if turns else image)


def test_a_ground_is_clear_if_half_of_the_images_show_it(digits):
    votes = grounds.votes(digits)
    assert grounds.is_clear(votes, "dark") and grounds.is_clear(-votes, "light")
    assert not grounds.is_clear(votes, "light") and not grounds.is_clear(votes * 0, "dark")
    assert grounds.is_clear(np.where(np.arange(200) % 3, votes, -votes), "mixed")
