"""The generated digits: the same from the same seed, and looking like MNIST's where it matters."""

import numpy as np
import pytest

from handwritten.data import curves, generated

PER_DIGIT = 150
LABELS = np.tile(np.arange(10, dtype=np.uint8), PER_DIGIT)


@pytest.fixture(scope="module")
def images():
    return generated.draw(LABELS, np.random.default_rng(7))


def centre_of_mass(images):
    """Row and column (n, 2) of each image's centre of mass, in pixels."""
    ink = images.astype(float)
    pixels = np.arange(generated.SIDE)
    total = ink.sum(axis=(1, 2))
    return np.stack([ink.sum(axis=2) @ pixels, ink.sum(axis=1) @ pixels], axis=1) / total[:, None]


# --- the contract ---------------------------------------------------------------------------------


def test_images_are_28_by_28_bytes_from_black_to_white(images):
    assert images.shape == (len(LABELS), 28, 28)
    assert images.dtype == np.uint8
    assert (images.min(axis=(1, 2)) == 0).all()
    assert (images.max(axis=(1, 2)) >= 250).all()


def test_no_labels_make_no_images():
    drawn = generated.draw(np.zeros(0, np.uint8), np.random.default_rng(0))
    assert drawn.shape == (0, 28, 28)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([3, 10], "from 0 to 9, got 10"),
        ([-1], "from 0 to 9, got -1"),
        ([1.0], "whole numbers, got float64"),
        ([[1]], r"shape \(1, 1\)"),
    ],
)
def test_wrong_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        generated.draw(np.array(labels), np.random.default_rng(0))


def test_same_seed_same_images_other_seed_others(images):
    again = generated.draw(LABELS[:300], np.random.default_rng(7))
    other = generated.draw(LABELS[:300], np.random.default_rng(8))
    np.testing.assert_array_equal(again, images[:300])
    assert (other != again).any(axis=(1, 2)).all()


@pytest.mark.parametrize("slice_size", [1, 7, 1000])
def test_the_slice_size_changes_nothing(images, monkeypatch, slice_size):
    monkeypatch.setattr(generated, "SLICE", slice_size)
    drawn = generated.draw(LABELS[:300], np.random.default_rng(7))
    np.testing.assert_array_equal(drawn, images[:300])


@pytest.mark.parametrize("count", [1, 11, 257])
def test_an_image_does_not_depend_on_those_after_it(images, count):
    drawn = generated.draw(LABELS[:count], np.random.default_rng(7))
    np.testing.assert_array_equal(drawn, images[:count])


def test_an_image_does_not_depend_on_its_neighbours_labels(images):
    labels = LABELS[:50].copy()
    labels[::2] = 0
    drawn = generated.draw(labels, np.random.default_rng(7))
    np.testing.assert_array_equal(drawn[1::2], images[1:50:2])


def test_a_larger_window_adds_no_ink(images, monkeypatch):
    monkeypatch.setattr(generated, "WINDOW", generated.SIDE)
    drawn = generated.draw(LABELS[:300], np.random.default_rng(7))
    np.testing.assert_array_equal(drawn, images[:300])


def test_a_data_set_is_balanced_shuffled_and_reproducible():
    first = generated.data_set(205, 40, np.random.default_rng(3))
    images, labels, test_images, test_labels = first
    assert images.shape == (205, 28, 28) and test_images.shape == (40, 28, 28)
    assert labels.dtype == test_labels.dtype == np.uint8
    np.testing.assert_array_equal(np.bincount(labels), [21] * 5 + [20] * 5)
    np.testing.assert_array_equal(np.bincount(test_labels), [4] * 10)
    assert (labels[:40] != np.arange(40) % 10).any() and (labels[:40] != test_labels).any()
    for once, again in zip(
        first, generated.data_set(205, 40, np.random.default_rng(3)), strict=True
    ):
        np.testing.assert_array_equal(once, again)


@pytest.mark.parametrize("name", generated.NUMBERS)
def test_every_random_number_shows(monkeypatch, name):
    """One image drawn again and again, each time with one other number: each time it changes.

    Of `points` and `grain` all change at once: some points and pixels are not used by a digit.
    """
    numbers = generated._random_numbers(1, np.random.default_rng(4))
    changed = (numbers[name] + 0.5) % 1
    if name not in ("points", "grain"):
        columns = np.eye(generated.NUMBERS[name], dtype=bool)
        changed = np.where(columns, changed, numbers[name])
    rows = {key: np.repeat(value, 1 + len(changed), axis=0) for key, value in numbers.items()}
    rows[name][1:] = changed
    monkeypatch.setattr(generated, "_random_numbers", lambda count, rng: rows)
    first, *others = generated._draw_slice(np.full(1 + len(changed), 8), None)
    assert all((first != other).any() for other in others)


# --- the table of shapes --------------------------------------------------------------------------


def test_every_digit_has_several_ways_within_its_box():
    assert list(generated.SHAPES) == list(range(10))
    for ways in generated.SHAPES.values():
        assert len(ways) >= 3
        x, y = np.array([point for way in ways for stroke in way for point in stroke]).T
        assert x.min() >= 0 and x.max() <= 7.5 and y.min() >= 0 and y.max() <= 10


def test_the_path_follows_the_table_when_nothing_slips():
    """Uniform numbers of 0.5 are bell numbers of 0: the plain 1 is then a vertical line."""
    still = {
        name: np.full((1, count), 0.5, np.float32) for name, count in generated.NUMBERS.items()
    }
    still["way"][:] = 0
    x, y = generated._pen_path(np.array([1]), still)
    np.testing.assert_allclose(x, (3 - 3.2) / 5, atol=1e-6)
    assert y[0, 0, 0] == -1 and y[1, -1, 0] == 1
    np.testing.assert_allclose(y[1] - y[0], 2 / curves.SEGMENTS, atol=0.01)


def test_strokes_hang_together_and_pieces_are_equally_long():
    table = curves.curves()
    ways = np.arange(len(table.points))
    x, y = (generated._mixed(table.points[:, :, axis], ways) for axis in (0, 1))
    lengths = np.hypot(x[1] - x[0], y[1] - y[0])
    lifts = np.hypot(x[0, 1:] - x[1, :-1], y[0, 1:] - y[1, :-1]) > 1e-6
    strokes = [len(way) for ways in generated.SHAPES.values() for way in ways]
    assert (lifts.sum(axis=0) < strokes).all()
    assert (lengths.max(axis=0) < 1.5 * lengths.mean(axis=0)).all()


def test_a_doubled_point_is_a_corner_and_no_overshoot():
    """From (0, 0) to the corner (1, 0) and up to (1, 1): nothing goes past either line."""
    points = np.array([(0, 0), (1, 0), (1, 1)], float)
    taps, mix = curves.spline([0, 1, 1, 2])
    curve = (mix[:, :, None] * points[taps]).sum(axis=1)
    on_first, on_second = np.abs(curve[:, 1]) < 1e-12, np.abs(curve[:, 0] - 1) < 1e-12
    assert (on_first | on_second).all()
    assert curve.min() > -1e-12 and curve.max() < 1 + 1e-12


# --- the pen --------------------------------------------------------------------------------------


def test_depth_is_the_radius_minus_the_distance_to_the_segment():
    """One segment from (10, 10) to (13, 10), a pen of radius 1 that grows to 2."""
    pixels = np.array([[10.0, 11.5, 13, 15, 9]]), np.array([[10.0, 11, 10, 10, 12]])
    depth = generated._segment_depth(
        (pixels[0] - 10, pixels[1] - 10),
        (np.array([3.0]), np.array([0.0])),
        np.array([[1.0], [2.0]]),
    )[0]
    on_the_line = depth[0]  # row y = 10
    np.testing.assert_allclose(on_the_line, [1, 1.5, 2, 0, 0], atol=1e-6)
    np.testing.assert_allclose(depth[1, 1], 0.5, atol=1e-6)  # 1 above the middle
    np.testing.assert_allclose(depth[4, 4], 1 - np.sqrt(5), atol=1e-6)  # before the start


def test_bell_numbers_have_mean_0_variance_1_and_no_tail():
    drawn = generated._bell(np.random.default_rng(0).random((20_000, 3)))
    assert abs(drawn.mean()) < 0.03 and abs(drawn.var() - 1) < 0.03
    assert np.abs(drawn).max() <= 3


# --- a small sibling of MNIST ---------------------------------------------------------------------


def test_the_digit_lies_inside_the_frame(images):
    frame = np.ones((28, 28), bool)
    frame[2:-2, 2:-2] = False
    assert images[:, frame].mean() / 255 < 0.002  # MNIST: 0.001
    inked = images > 127
    height = inked.any(axis=2).sum(axis=1)
    width = inked.any(axis=1).sum(axis=1)
    longer = np.maximum(height, width)
    assert (longer <= 22).all() and (longer >= 15).all()  # MNIST: 20, less where the edge is grey


def test_the_centre_of_mass_is_near_the_middle(images):
    centre = centre_of_mass(images)
    np.testing.assert_allclose(centre.mean(axis=0), 14, atol=0.2)  # MNIST: 14.0
    assert np.abs(centre - 14).max() < 3
    assert (centre.std(axis=0) > 0.2).all()


def test_the_amount_of_ink_is_that_of_mnist(images):
    white = images / 255
    assert 0.11 < white.mean() < 0.15  # MNIST: 0.13
    grey = ((white > 0.05) & (white < 0.95)).sum() / (white > 0.05).sum()
    assert 0.4 < grey < 0.7  # MNIST: 0.57
    of_digit = [white[digit == LABELS].mean() for digit in range(10)]
    assert np.argmin(of_digit) == 1 and min(of_digit) < 0.09  # MNIST: 0.076


def test_no_two_images_are_equal(images):
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_images_of_a_digit_vary(images):
    """Most images of a digit differ from their mean by much of their own ink."""
    for digit in range(10):
        own = images[digit == LABELS].reshape(PER_DIGIT, -1) / 255
        spread = np.sqrt(((own - own.mean(axis=0)) ** 2).sum(axis=1))
        assert np.median(spread / np.sqrt((own**2).sum(axis=1))) > 0.4


def test_digits_are_told_apart_but_not_trivially(images):
    """By the nearest class mean, learnt from one half of the images and asked of the other."""
    flat = images.reshape(len(images), -1) / 255
    half = len(images) // 2
    seen, asked = (flat[:half], LABELS[:half]), (flat[half:], LABELS[half:])
    means = np.stack([seen[0][seen[1] == digit].mean(axis=0) for digit in range(10)])
    distance = (means**2).sum(axis=1) - 2 * asked[0] @ means.T
    right = distance.argmin(axis=1) == asked[1]
    assert 0.7 < right.mean() < 0.92  # MNIST: 0.78 at 12,000 images
    assert min(right[asked[1] == digit].mean() for digit in range(10)) > 0.5
