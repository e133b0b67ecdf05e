"""Distortions: places by hand, and the distribution of every amount. Those of elastic ones are in
test_elastic_distortions.py."""

import tracemalloc

import numpy as np
import pytest

from handwritten.learning.augmentation import (
    SLICE,
    Augmentation,
    Sampler,
    affine_patterns,
    affine_weights,
)
from handwritten.settings import TrainingSettings

OFF = TrainingSettings(rotation=0, scale=0, shear=0, shift=0, elastic=0, elastic_sigma=0)
ALL = OFF | {
    "rotation": 12,
    "scale": 0.12,
    "shear": 0.12,
    "shift": 1.2,
    "elastic": 36,
    "elastic_sigma": 5,
}
SQUARE, OBLONG = (28, 28), (5, 9)


class Extreme:
    """In place of a generator: every amount at one end of its range, +1 or -1, nothing elastic."""

    def __init__(self, sign):
        self.share = (1 + sign) / 2

    def random(self, out, dtype):
        out[...] = self.share

    def standard_normal(self, out, dtype):
        out[...] = 0


def noise(n, shape, dtype=np.float32):
    return np.random.default_rng(5).random((n, shape[0] * shape[1]), dtype=dtype)


def distorted(x, shape, seed=1, **settings):
    out, rng = np.full_like(x, np.nan), seed
    if isinstance(seed, int):
        rng = np.random.default_rng(seed)
    Augmentation(OFF | settings, shape, x.dtype).distort(x, rng, out)
    return out


def sampled(image, places):
    """The greys of one small image at a list of places (row, column), an image's worth of them."""
    image = np.array(image, float)
    out = np.empty((1, image.size))
    rows_and_columns = np.array(places, float).T.reshape(2, 1, -1)
    Sampler(image.shape, float).sample(image.reshape(1, -1), rows_and_columns, out)
    return out[0].tolist()


# --- reading between pixels -----------------------------------------------------------------------


def test_greys_between_pixels_by_hand():
    image = [[0.0, 0.8, 0.4], [0.2, 0.6, 1.0]]
    places = [(0, 1), (0, 1.5), (0.5, 0), (0.5, 0.5), (0.25, 1), (1, 1.25)]
    assert sampled(image, places) == pytest.approx([0.8, 0.6, 0.1, 0.4, 0.75, 0.7])


def test_greys_outside_by_hand():
    image = [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]]
    fading = [(-0.25, 1), (1.25, 1), (0, -0.75), (1, 2.75), (-0.5, -0.5), (1.5, 2.5)]
    assert sampled(image, fading) == pytest.approx([0.75, 0.75, 0.25, 0.25, 0.25, 0.25])
    gone = [(-1, 0), (2, 0), (0, 3), (-1e6, 1), (1e6, 1e6), (1, -7)]
    assert sampled(image, gone) == [0] * 6


def test_each_image_is_read_from_itself():
    x = noise(SLICE, OBLONG)
    expected = x.reshape(SLICE, *OBLONG).copy()
    out, places = np.empty_like(x), np.empty((2, *x.shape), np.float32)
    places[...] = np.indices(OBLONG).reshape(2, 1, -1)
    places[1] += np.arange(SLICE)[:, None] % 3  # pixels to the right, image by image
    Sampler(OBLONG).sample(x, places, out)
    for i, image in enumerate(expected):
        moved = np.pad(image, ((0, 0), (0, i % 3)))[:, i % 3 :]
        np.testing.assert_array_equal(out[i].reshape(OBLONG), moved)


# --- affine maps ----------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SQUARE, OBLONG])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_switched_on_changes_nothing(shape, dtype):
    x = noise(SLICE + 3, shape, dtype)
    assert distorted(x, shape).tobytes() == x.tobytes()


def test_whole_pixels_to_the_right_and_down():
    x = noise(3, OBLONG)
    images = x.reshape(3, *OBLONG)
    there = distorted(x, OBLONG, Extreme(1), shift=2).reshape(images.shape)
    np.testing.assert_array_equal(there[:, 2:, 2:], images[:, :-2, :-2])
    assert not there[:, :2].any() and not there[:, :, :2].any()
    back = distorted(x, OBLONG, Extreme(-1), shift=2).reshape(images.shape)
    np.testing.assert_array_equal(back[:, :-2, :-2], images[:, 2:, 2:])
    assert not back[:, -2:].any() and not back[:, :, -2:].any()


def test_half_a_pixel_is_the_mean_of_four():
    image = noise(1, (6, 6)).reshape(6, 6)
    half = distorted(image.reshape(1, -1), (6, 6), Extreme(1), shift=0.5).reshape(6, 6)
    mean = (image[1:, 1:] + image[1:, :-1] + image[:-1, 1:] + image[:-1, :-1]) / 4
    np.testing.assert_allclose(half[1:, 1:], mean, rtol=1e-6)
    assert half[0, 0] == pytest.approx(image[0, 0] / 4)


@pytest.mark.parametrize("side", [6, 7])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_right_angle_is_rot90(side, sign):
    x = noise(2, (side, side))
    turned = distorted(x, (side, side), Extreme(sign), rotation=90).reshape(2, side, side)
    expected = np.rot90(x.reshape(2, side, side), sign, axes=(1, 2))  # positive: anticlockwise
    np.testing.assert_allclose(turned, expected, atol=1e-5)


def test_shear_moves_the_upper_rows_to_the_right():
    upright = np.zeros((5, 9), np.float32)
    upright[:, 4] = 1
    slanted = distorted(upright.reshape(1, -1), (5, 9), Extreme(1), shear=1).reshape(5, 9)
    np.testing.assert_array_equal(slanted, np.eye(5, 9, 2)[::-1])


def test_scale_makes_wider_and_taller():
    dot = np.zeros((7, 7), np.float32)
    dot[3, 3] = 1
    # One and a half times the size: a neighbour of the middle came from 2/3 of a pixel beside it.
    larger = distorted(dot.reshape(1, -1), (7, 7), Extreme(1), scale=0.5).reshape(7, 7)
    line = [0, 0, 1 / 3, 1, 1 / 3, 0, 0]
    np.testing.assert_allclose(larger, np.outer(line, line), atol=1e-6)
    smaller = distorted(dot.reshape(1, -1), (7, 7), Extreme(-1), scale=0.5).reshape(7, 7)
    np.testing.assert_array_equal(smaller, dot)  # its neighbours came from 2 pixels beside it


def test_places_are_the_way_back():
    """Scaled, sheared, rotated and shifted, in this order, every place becomes its pixel again."""
    amounts = np.random.default_rng(6).uniform(-0.5, 0.5, (20, 6))
    centre, weights = np.array([2.0, 4.0]), np.empty((2, 20, 3))
    affine_weights(amounts, centre, weights)
    v, u = weights @ affine_patterns(OBLONG) - centre[:, None, None]
    turn, slant, wider, taller, right, down = amounts.T[:, :, None]
    u, v = u * (1 + wider), v * (1 + taller)
    u = u - slant * v
    u, v = np.cos(turn) * u + np.sin(turn) * v, np.cos(turn) * v - np.sin(turn) * u
    rows, columns = np.indices(OBLONG).reshape(2, -1)
    np.testing.assert_allclose(v + down + 2, np.tile(rows, (20, 1)), atol=1e-12)
    np.testing.assert_allclose(u + right + 4, np.tile(columns, (20, 1)), atol=1e-12)


def many_weights(settings, count=300):
    """The weights (2, count * SLICE, patterns) that so many calls draw, and what made them."""
    augmentation = Augmentation(OFF | settings, OBLONG, np.float64)
    x, rng, drawn = noise(1, OBLONG, np.float64), np.random.default_rng(7), []
    for _ in range(count):
        augmentation.distort(x, rng, np.empty_like(x))
        drawn.append(augmentation.weights.copy())
    return np.concatenate(drawn, axis=1), augmentation


@pytest.mark.parametrize(
    ("name", "limit", "amount"),
    [
        ("rotation", 30, lambda row, column: np.degrees(np.arctan2(row[:, 1], row[:, 0]))),
        ("scale", 0.2, lambda row, column: 1 / row[:, 0] - 1),  # of the height
        ("scale", 0.2, lambda row, column: 1 / column[:, 1] - 1),  # of the width
        ("shear", 0.3, lambda row, column: column[:, 0]),
        ("shift", 2.5, lambda row, column: 2 - row[:, 2]),  # down
        ("shift", 2.5, lambda row, column: 4 - column[:, 2]),  # to the right
    ],
)
def test_amounts_are_evenly_spread(name, limit, amount):
    weights, _ = many_weights({name: limit})
    drawn = amount(*weights)
    assert np.abs(drawn).max() <= limit * (1 + 1e-12)
    # 19,200 draws: a tenth of them is known to 0.002, the mean to 0.004 of the limit
    shares = np.histogram(drawn, 10, (-limit, limit))[0] / len(drawn)
    np.testing.assert_allclose(shares, 0.1, atol=0.011)
    assert abs(drawn.mean()) < 0.02 * limit
    assert drawn.std() == pytest.approx(limit / 3**0.5, rel=0.02)


def test_width_and_height_and_the_two_shifts_are_drawn_apart():
    (row, column), _ = many_weights({"scale": 0.2, "shift": 2})
    drawn = np.corrcoef([1 / row[:, 0], 1 / column[:, 1], row[:, 2], column[:, 2]])
    np.testing.assert_allclose(drawn, np.eye(4), atol=0.04)


def test_switching_an_affine_part_off_moves_no_other():
    both, _ = many_weights({"shift": 2, "shear": 0.3}, count=2)
    one, _ = many_weights({"shear": 0.3}, count=2)
    np.testing.assert_array_equal(both[1, :, 0], one[1, :, 0])


# --- all together ---------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [SQUARE, OBLONG])
def test_same_seed_same_bytes_other_seed_others(shape):
    x = noise(SLICE + 9, shape)
    one, again = distorted(x, shape, 3, **vars(ALL)), distorted(x, shape, 3, **vars(ALL))
    assert one.tobytes() == again.tobytes()
    other = distorted(x, shape, 4, **vars(ALL))
    assert (np.abs(one - other).max(axis=1) > 0.01).all()


def test_every_image_is_distorted_in_its_own_way():
    x = np.repeat(noise(1, SQUARE), 3 * SLICE, axis=0)
    assert len(np.unique(distorted(x, SQUARE, **vars(ALL)), axis=0)) == len(x)


def test_an_image_s_distortion_does_not_depend_on_those_after_it():
    x = noise(2 * SLICE + 9, SQUARE)
    every = distorted(x, SQUARE, **vars(ALL))
    for count in (1, SLICE - 1, SLICE, SLICE + 1):
        np.testing.assert_array_equal(distorted(x[:count], SQUARE, **vars(ALL)), every[:count])


def test_no_trace_of_the_images_before():
    augmentation = Augmentation(ALL, OBLONG)
    ones, zeros = np.ones((SLICE, 45), np.float32), np.zeros((5, 45), np.float32)
    out = np.ones_like(ones)
    augmentation.distort(ones, np.random.default_rng(9), out)
    augmentation.distort(zeros, np.random.default_rng(9), out[:5])
    assert not out[:5].any() and out[5:].any()


def test_in_place_is_the_same():
    x = noise(SLICE + 9, SQUARE)
    expected = distorted(x, SQUARE, **vars(ALL))
    Augmentation(ALL, SQUARE).distort(x, np.random.default_rng(1), x)
    np.testing.assert_array_equal(x, expected)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_greys_stay_between_0_and_1(dtype):
    x = np.round(noise(5 * SLICE, SQUARE, dtype))  # only 0 and 1, the ends of the range
    wild = {"rotation": 180, "scale": 0.9, "shear": 1, "shift": 9, "elastic": 400}
    out = distorted(x, SQUARE, elastic_sigma=4, **wild)
    assert out.min() == 0 and 0.9 < out.max() <= 1


def test_moving_keeps_the_ink():
    x = np.zeros((50, *SQUARE), np.float32)
    x[:, 6:22, 6:22] = noise(50, (16, 16)).reshape(50, 16, 16)
    x = x.reshape(50, -1)
    np.testing.assert_allclose(distorted(x, SQUARE, shift=5).sum(axis=1), x.sum(axis=1), rtol=1e-4)
    ink = distorted(x, SQUARE, rotation=20, shear=0.2, shift=2).sum(axis=1)
    np.testing.assert_allclose(ink, x.sum(axis=1), rtol=0.03)


def test_nothing_large_is_allocated():
    x, out = noise(2 * SLICE, SQUARE), np.empty((2 * SLICE, 784), np.float32)
    augmentation, rng = Augmentation(ALL, SQUARE), np.random.default_rng(1)
    tracemalloc.start()
    try:
        augmentation.distort(x, rng, out)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 32_768  # bytes; one array (SLICE, pixels) has 200,704
