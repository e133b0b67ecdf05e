"""Digits as photographs: ink on paper, and what light, camera and page add to it."""

from collections.abc import Callable

import numpy as np
from PIL import Image

PAPER, INK = 225, 60  # grey levels
GRADIENT = 80  # grey levels between the lightest and the darkest paper
NOISE = 20  # grey levels, standard deviation
SHADE = 0.45  # of the light that a shadow takes away


def resized(image: np.ndarray, side: int) -> np.ndarray:
    """How much of every pixel is ink, 0 to 1 (side, side), for a white digit on black, uint8."""
    enlarged = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
    return np.asarray(enlarged) / 255


def page(cover: np.ndarray) -> np.ndarray:
    """The grey levels of a page whose pixels are covered with ink to this degree."""
    return PAPER + (INK - PAPER) * cover


def with_digit(image: np.ndarray, side: int = 140, digit: int = 112) -> np.ndarray:
    """A page with one digit in its middle."""
    margin = (side - digit) // 2
    return page(np.pad(resized(image, digit), (margin, side - digit - margin)))


def with_digits(images: np.ndarray, rng: np.random.Generator, side: int = 84) -> np.ndarray:
    """A page with digits of different sizes, in one line or two, apart from each other."""
    half = -(-len(images) // 2)
    lines = [images] if rng.random() < 0.5 else [images[:half], images[half:]]
    written = [one_line(line, rng, side) for line in lines]
    width = max(line.shape[1] for line in written)
    return page(np.concatenate([np.pad(a, ((0, 0), (0, width - a.shape[1]))) for a in written]))


def one_line(images: np.ndarray, rng: np.random.Generator, side: int) -> np.ndarray:
    """The cover of a line of digits, each cropped to its ink, with gaps and off the line."""
    cover, right = np.zeros((round(1.4 * side), 2 * side * len(images))), side // 4
    for image in images:
        digit = resized(image, round(side * rng.uniform(0.8, 1)))
        rows, columns = (np.flatnonzero((digit > 0.1).any(axis=axis)) for axis in (1, 0))
        digit = digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        top = round(0.3 * side + rng.uniform(-0.06, 0.06) * side)
        cover[top : top + digit.shape[0], right : right + digit.shape[1]] = digit
        right += digit.shape[1] + round(side * rng.uniform(0.15, 0.5))
    return cover[:, :right]


def along(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """How far every pixel is in a random direction, in pixels from the middle."""
    angle = rng.uniform(0, 2 * np.pi)
    row, column = np.indices(shape) - np.reshape(shape, (2, 1, 1)) / 2
    return np.cos(angle) * column + np.sin(angle) * row


def as_it_is(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Nothing added."""
    return grey


def noisy(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The noise of a camera in little light."""
    return grey + rng.normal(0, NOISE, grey.shape)


def with_gradient(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Light that falls off from one side to the other."""
    distance = along(grey.shape, rng)
    share = (distance - distance.min()) / np.ptp(distance)
    return grey * (1 - GRADIENT / PAPER * share)


def shaded(grey: np.ndarray, rng: np.random.Generator, width: float) -> np.ndarray:
    """A shadow over a part of the page, whose edge is so many pixels wide."""
    distance = along(grey.shape, rng) + rng.uniform(-0.25, 0.25) * min(grey.shape)
    return grey * (1 - SHADE / (1 + np.exp(np.clip(-distance / width, -50, 50))))


def with_soft_shadow(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A shadow with a wide edge."""
    return shaded(grey, rng, 12)


def with_hard_shadow(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A shadow with a sharp edge."""
    return shaded(grey, rng, 0.3)


def framed(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A frame around the page, at its edge or some pixels from it."""
    width, offset = rng.integers(1, 4), rng.integers(0, 6)
    row, column = np.indices(grey.shape)
    depth = np.minimum(row, column)
    depth = np.minimum(depth, np.minimum(*np.reshape(grey.shape, (2, 1, 1)) - 1 - [row, column]))
    return np.where((depth >= offset) & (depth < offset + width), INK, grey)


def speckled(grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One to five dark specks anywhere, 2 x 2 or 3 x 3 pixels each."""
    grey = grey.copy()
    for _ in range(rng.integers(1, 6)):
        row, column = rng.integers(0, np.array(grey.shape) - 3)
        side = rng.integers(2, 4)
        grey[row : row + side, column : column + side] = INK
    return grey


DEGRADATIONS: dict[str, Callable[[np.ndarray, np.random.Generator], np.ndarray]] = {
    "nothing": as_it_is,
    "noise": noisy,
    "gradient": with_gradient,
    "soft shadow": with_soft_shadow,
    "hard shadow": with_hard_shadow,
    "frame": framed,
    "specks": speckled,
}


def photograph(grey: np.ndarray, kind: str, rng: np.random.Generator) -> np.ndarray:
    """A page after this degradation, uint8."""
    return np.clip(np.rint(DEGRADATIONS[kind](grey, rng)), 0, 255).astype(np.uint8)
