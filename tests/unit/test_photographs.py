"""A photograph is made ready as MNIST was: light, noise, frames and specks go, symbols stay."""

import contextlib

import numpy as np
import photographs as made
import pytest

from handwritten.data import generated
from handwritten.pictures import light, photographs, symbols

MNIST = (28, 28)
DIGITS = generated.draw(np.arange(30) % 10, np.random.default_rng(5))


def written(ground=255, ink=0, size=(120, 90), at=(20, 10), stroke=(60, 12)) -> np.ndarray:
    """A bar, as a 1 might be, of height and width `stroke`, with its corner at row, column `at`."""
    grey = np.full(size, ground, np.uint8)
    grey[at[0] : at[0] + stroke[0], at[1] : at[1] + stroke[1]] = ink
    return grey


def prepared(grey: np.ndarray, image_shape=MNIST) -> np.ndarray:
    """The only image on a picture."""
    (image,) = photographs.prepare(grey, image_shape).images
    return image


def likeness(image: np.ndarray, digit: np.ndarray) -> float:
    """The correlation of an image and a digit that was prepared by itself, up to one pixel apart,
    since centres are rounded."""
    clean = prepared(digit)
    shifts = [np.roll(clean, (i, j), axis=(0, 1)) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return max(float(np.corrcoef(image.ravel(), shift.ravel())[0, 1]) for shift in shifts)


def test_dark_on_light_and_light_on_dark_are_the_same():
    dark = prepared(written())
    np.testing.assert_array_equal(dark, prepared(written(0, 255)))
    np.testing.assert_array_equal(dark, prepared(written(200, 80)))
    assert dark.dtype == np.uint8 and dark.max() == 255 and dark[0].max() == 0


def test_it_is_fitted_into_twenty_pixels_and_keeps_its_proportions():
    image = prepared(written())
    rows, columns = image.any(axis=1).nonzero()[0], image.any(axis=0).nonzero()[0]
    assert (len(rows), len(columns)) == (20, 4)


@pytest.mark.parametrize("at", [(0, 0), (60, 78), (30, 40)])
def test_where_it_was_does_not_matter(at):
    image = prepared(written(at=at, stroke=(58, 11))).astype(float)
    np.testing.assert_allclose(image, prepared(written(stroke=(58, 11))))
    for axis in (0, 1):
        weights = image.sum(axis=1 - axis)
        assert weights @ np.arange(28) / weights.sum() == pytest.approx(14, abs=0.51)


@pytest.mark.parametrize("crop", [np.s_[0:90], np.s_[25:], np.s_[:, 15:]])
@pytest.mark.parametrize("ink", [60, 255])
def test_a_symbol_at_the_edge_of_a_picture_is_no_shadow(crop, ink):
    grey = np.full((120, 110), 150, np.uint8)
    grey[25:35, 15:95] = grey[25:90, 85:95] = ink  # as a 7 might be
    np.testing.assert_array_equal(prepared(grey[crop]), prepared(grey))


def test_oblong_images_have_an_oblong_box():
    wide = prepared(written(stroke=(30, 60)), (14, 28))
    assert wide.shape == (14, 28)
    rows, columns = wide.any(axis=1).nonzero()[0], wide.any(axis=0).nonzero()[0]
    assert (len(rows), len(columns)) == (10, 20)
    tall = prepared(written(), (14, 28))
    assert (tall.any(axis=1).sum(), tall.any(axis=0).sum()) == (10, 2)


@pytest.mark.parametrize("move", [(0, 0), (4, 4), (-2, 3), (-4, -1)])
def test_a_small_image_keeps_its_pixels_wherever_they_are(move):
    kept = []
    for digit in DIGITS:
        moved = np.roll(np.pad(digit, 4), move, axis=(0, 1))
        np.testing.assert_array_equal(prepared(moved), prepared(digit))
        np.testing.assert_array_equal(prepared(255 - moved), prepared(digit))
        kept.append(np.isin(prepared(digit)[prepared(digit) > 0], digit[digit > 0]).mean())
    assert np.median(kept) > 0.95


@pytest.mark.parametrize("size", [(28, 28), (1, 1), (300, 200), (1, 60), (60, 1)])
@pytest.mark.parametrize("grey", [0, 128, 255])
def test_an_empty_picture_has_no_ink(size, grey):
    with pytest.raises(light.NoInkError, match=r"nothing is written on it: all its pixels"):
        photographs.prepare(np.full(size, grey, np.uint8), MNIST)


@pytest.mark.parametrize("kind", ["noise", "gradient", "soft shadow"])
def test_on_an_empty_page_neither_light_nor_noise_is_ink(kind):
    page = made.page(np.zeros((140, 140)))
    for seed in range(5):
        grey = made.photograph(page, kind, np.random.default_rng(seed))
        with pytest.raises(light.NoInkError, match="nothing is written on it"):
            photographs.prepare(grey, MNIST)


@pytest.mark.parametrize("stroke", [(1, 60), (60, 1), (1, 1)])
def test_lines_and_dots_do_not_break_it(stroke):
    assert prepared(written(stroke=stroke)).max() == 255


def test_pictures_of_a_few_pixels_are_prepared_or_refused():
    rng = np.random.default_rng(0)
    for shape in [(1, 2), (2, 1), (2, 2), (3, 3), (5, 2), (1, 60), (60, 1)]:
        for _ in range(20):
            for image_shape in [MNIST, (1, 1), (1, 9), (3, 40)]:
                grey = rng.integers(0, 256, shape, np.uint8)
                with contextlib.suppress(light.NoInkError):
                    found = photographs.prepare(grey, image_shape)
                    assert found.images.shape[1:] == image_shape and found.images.max() == 255


@pytest.mark.parametrize("kind", made.DEGRADATIONS)
@pytest.mark.parametrize(("side", "digit"), [(56, 50), (140, 112), (300, 90)])
def test_a_degraded_digit_comes_out_as_the_clean_one(kind, side, digit):
    rng = np.random.default_rng(1)
    alike = []
    for image in DIGITS[:20]:
        found = photographs.prepare(
            made.photograph(made.with_digit(image, side, digit), kind, rng), MNIST
        )
        alike.append(len(found.images) == 1 and likeness(found.images[0], image) > 0.85)
    assert sum(alike) >= 19


@pytest.mark.parametrize("kind", made.DEGRADATIONS)
def test_several_digits_are_found_in_reading_order(kind):
    rng = np.random.default_rng(2)
    whole = []
    for _ in range(10):
        digits = DIGITS[rng.integers(0, len(DIGITS), rng.integers(3, 7))]
        grey = made.photograph(made.with_digits(digits, rng), kind, rng)
        found = photographs.prepare(grey, MNIST).images
        whole.append(
            len(found) == len(digits) and min(map(likeness, found, digits), default=0) > 0.7
        )
    assert sum(whole) >= 9


def test_what_is_left_out_is_said():
    clean, framed = (
        made.photograph(made.with_digit(DIGITS[0]), kind, np.random.default_rng(0))
        for kind in ("nothing", "frame")
    )
    assert photographs.prepare(clean, MNIST).left_out == []
    assert photographs.prepare(framed, MNIST).left_out == ["1 frame left out"]
    clean[2:5, 2:5] = made.INK
    assert photographs.prepare(clean, MNIST).left_out == ["1 speck left out"]
    clean[2:5, 130:133] = made.INK
    assert photographs.prepare(clean, MNIST).left_out == ["2 specks left out"]


def test_a_frame_drawn_by_hand_is_left_out():
    """It is not parallel to the sides, and its line is not straight."""
    grey = made.photograph(made.with_digit(DIGITS[3]), "nothing", np.random.default_rng(0))
    for t in np.linspace(0, 1, 300):
        wave = round(3 * np.sin(20 * t))
        along = round(4 + 128 * t)
        for row, column in [(6 + wave, along), (132 - wave, along), (along, 6), (along, 132)]:
            grey[row : row + 3, column : column + 3] = made.INK
    found = photographs.prepare(grey, MNIST)
    assert found.left_out == ["1 frame left out"]
    assert likeness(found.images[0], DIGITS[3]) > 0.85


def parts(*bars: tuple[int, int, int, int]) -> np.ndarray:
    """A page of 100 x 200 with bars of ink, (top, left, bottom, right) each."""
    grey = np.full((100, 200), made.PAPER, np.uint8)
    for top, left, bottom, right in bars:
        grey[top:bottom, left:right] = made.INK
    return grey


def test_pieces_of_a_symbol_belong_together():
    stem, bar, dot = (20, 40, 80, 50), (22, 54, 30, 90), (5, 40, 13, 50)
    other = (20, 120, 80, 130)
    for pieces in ((stem,), (stem, bar), (stem, dot), (stem, dot, bar)):
        assert len(photographs.prepare(parts(*pieces), MNIST).images) == 1
        assert len(photographs.prepare(parts(*pieces, other), MNIST).images) == 2


def test_all_parts_are_one_symbol_if_a_picture_shows_one():
    grey = parts((20, 40, 80, 50), (20, 80, 80, 90))
    assert len(photographs.prepare(grey, MNIST).images) == 2
    assert len(photographs.prepare(grey, MNIST, single=True).images) == 1


def test_a_picture_of_too_many_parts_is_refused():
    grey = np.full((900, 900), 255, np.uint8)
    grey.reshape(30, 30, 30, 30)[:, 10:25, :, 5:8] = 0
    with pytest.raises(symbols.TooManyError, match="900 separate parts"):
        photographs.prepare(grey, MNIST)
