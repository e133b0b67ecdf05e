"""Corruptions of images with a single bright pixel, and how scores under them are counted."""

import numpy as np
import pytest

from handwritten.evaluation import corruptions, robustness
from handwritten.evaluation.corruptions import CORRUPTIONS

SIDE = 9


def rng():
    return np.random.default_rng(7)


def bright(row, column, count=1, side=SIDE):
    """So many equal images, black but for one white pixel."""
    images = np.zeros((count, side, side), np.float32)
    images[:, row, column] = 1
    return images


def places(images):
    """The row and column of each image's brightest pixel."""
    return {tuple(int(i) for i in np.unravel_index(x.argmax(), x.shape)) for x in images}


@pytest.mark.parametrize("image_shape", [(28, 28), (20, 31)], ids=str)
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_level_0_changes_nothing_and_no_level_changes_what_it_is_given(name, image_shape):
    x = np.random.default_rng(1).random((5, *image_shape), dtype=np.float32)
    before, apply = x.copy(), CORRUPTIONS[name].apply
    assert np.array_equal(apply(x, 0, rng()), x)
    for level in CORRUPTIONS[name].levels:
        worse = apply(x, level, rng())
        assert worse.shape == x.shape and worse.dtype == x.dtype
        assert worse.min() >= 0 and worse.max() <= 1 + 1e-6
        assert not np.array_equal(worse, x)
        assert np.array_equal(worse, apply(x, level, rng()))
    assert np.array_equal(x, before)


def test_levels_grow_and_begin_above_none():
    for corruption in CORRUPTIONS.values():
        assert list(corruption.levels) == sorted(set(corruption.levels))
        assert corruption.levels[0] > 0


def test_noise_has_its_standard_deviation_and_stays_between_black_and_white():
    grey = np.full((40, 28, 28), 0.5, np.float32)
    worse = corruptions.noise(grey, 0.1, rng())
    assert worse.std() == pytest.approx(0.1, rel=0.02)
    assert worse.mean() == pytest.approx(0.5, abs=0.002)
    ends = corruptions.noise(np.stack([0 * grey[0], 2 * grey[0]]), 0.5, rng())
    assert ends.min() == 0 and ends.max() == 1
    assert (ends[0] == 0).mean() == pytest.approx(0.5, abs=0.06)


def test_the_noise_of_a_higher_level_is_the_same_but_stronger():
    grey = np.full((1, 28, 28), 0.5, np.float32)
    weak, strong = (corruptions.noise(grey, level, rng()) - 0.5 for level in (0.01, 0.02))
    np.testing.assert_allclose(strong, 2 * weak, atol=1e-6)


def test_a_shift_goes_so_many_pixels_in_each_of_four_directions():
    x = bright(4, 4, count=200)
    for level in (1, 3):
        worse = corruptions.shift(x, level, rng())
        assert set(np.unique(worse)) == {0, 1}
        assert (worse.sum(axis=(1, 2)) == 1).all()
        ends = {(4 - level, 4), (4 + level, 4), (4, 4 - level), (4, 4 + level)}
        assert places(worse) == ends


def test_oblong_images_turn_about_their_own_middle():
    image = np.zeros((20, 5, 9), np.float32)
    image[:, 2, 6] = 1
    assert places(corruptions.rotation(image, 90, rng())) == {(0, 4), (4, 4)}


def test_what_is_shifted_out_is_gone_and_black_comes_in():
    assert not corruptions.shift(bright(4, 4, count=50), 5, rng()).any()


def test_a_rotation_goes_to_both_sides():
    """A quarter turn takes what is right of the centre to above it, or to below."""
    worse = corruptions.rotation(bright(4, 6, count=50), 90, rng())
    assert places(worse) == {(2, 4), (6, 4)}
    np.testing.assert_allclose(worse.sum(axis=(1, 2)), 1, atol=1e-5)
    slight = corruptions.rotation(bright(4, 8, count=50), 14.5, rng())  # a pixel in four
    assert places(slight) == {(3, 8), (5, 8)}


def test_an_image_goes_the_same_way_at_every_level_and_among_any_others():
    x = bright(4, 4, count=150)
    near, far = (corruptions.shift(x, level, rng()) for level in (1, 2))
    np.testing.assert_array_equal(near[:, 3, 4], far[:, 2, 4])
    np.testing.assert_array_equal(near[:, 4, 5], far[:, 4, 6])
    x = np.random.default_rng(1).random((150, SIDE, SIDE), dtype=np.float32)
    for name in ("shift", "rotation"):  # which are worked on in slices
        worse = CORRUPTIONS[name].apply(x, 2, rng())
        others = np.vstack([x[:149], x[:1]])
        np.testing.assert_array_equal(worse[:149], CORRUPTIONS[name].apply(others, 2, rng())[:149])


def test_a_blur_is_a_gaussian():
    (image,) = corruptions.blur(bright(4, 4), 1.0, rng())
    assert image.sum() == pytest.approx(1, abs=1e-3)
    assert image[4, 5] / image[4, 4] == pytest.approx(np.exp(-1 / 2), rel=1e-5)
    assert image[6, 3] / image[4, 4] == pytest.approx(np.exp(-5 / 2), rel=1e-5)
    np.testing.assert_allclose(image, image.T)
    np.testing.assert_allclose(image, image[::-1])


def test_around_a_blurred_image_all_is_black():
    (edge,) = corruptions.blur(np.ones((1, SIDE, SIDE), np.float32), 1.0, rng())
    assert edge[4, 4] == pytest.approx(1, abs=1e-3)
    half = (1 + 0.3989) / 2  # of a sampled Gaussian of sigma 1, its middle counted in full
    assert edge[4, 0] == pytest.approx(half, abs=1e-3)
    assert edge[0, 0] == pytest.approx(half * half, abs=1e-3)


def test_examples_are_the_image_at_every_level():
    image = bright(14, 14, side=28)
    found = robustness.examples(image, rng)
    assert list(found) == list(CORRUPTIONS)
    for name, images in found.items():
        levels = CORRUPTIONS[name].levels
        assert images.shape == (1 + len(levels), 28, 28) and np.array_equal(images[:1], image)
        for worse, level in zip(images[1:], levels, strict=True):
            assert np.array_equal(worse[None], CORRUPTIONS[name].apply(image, level, rng()))


def test_curves_begin_with_the_clean_score_and_count_every_level():
    x, seen = bright(14, 14, count=8, side=28), []
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1])

    def answered(images):
        """The first class while the middle is bright, and the second one when it is not."""
        seen.append(images)
        bright = images[:, 14, 14] > 0.5
        return np.stack([bright, ~bright], axis=1).astype(np.float32)

    found = robustness.curves(x, labels, answered, rng)
    assert [curve["name"] for curve in found] == list(CORRUPTIONS)
    clean = {"level": 0, "n": 8, "errors": 2, "accuracy": 0.75}
    for curve, corruption in zip(found, CORRUPTIONS.values(), strict=True):
        first, *others = curve["levels"]
        assert clean.items() <= first.items() and len(first["wilson95"]) == 2
        assert [level["level"] for level in others] == list(corruption.levels)
        assert (curve["title"], curve["unit"]) == (corruption.title, corruption.unit)
    shifted = next(curve for curve in found if curve["name"] == "shift")
    assert {level["errors"] for level in shifted["levels"][1:]} == {6}
    levels = [level for corruption in CORRUPTIONS.values() for level in corruption.levels]
    assert len(seen) == 1 + len(levels) and np.array_equal(seen[0], x)
    assert np.array_equal(seen[1], corruptions.noise(x, levels[0], rng()))
