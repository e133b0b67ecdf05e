"""Images that show none of the classes: noise, shuffled pixels, scribbles and letters.

They are generated here, so that a network can be asked what it makes of images that it should not
answer.
"""

from itertools import cycle

import numpy as np

from handwritten.data import strokes
from handwritten.data.curves import curve
from handwritten.data.letter_shapes import LETTERS

POINTS = 7  # that a scribble leads through

Shape = tuple[int, int]


def noise(x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Pixels from black to white, all equally likely."""
    return rng.integers(0, 256, (count, *x.shape[1:]), np.uint8)


def shuffled(x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Images of x (n, rows, columns), each with its pixels in a random order."""
    chosen = x[rng.permutation(len(x))[:count]].reshape(-1, x[0].size)
    return rng.permuted(chosen, axis=1).reshape(-1, *x.shape[1:])


def scribbles(x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Smooth curves through random points."""
    ways = [[list(map(tuple, rng.uniform(0, 10, (POINTS, 2))))] for _ in range(count)]
    return drawn(ways, x.shape[1:], rng)


def letters(x: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Capital letters, all of `LETTERS` equally often, slanted and written a little unevenly."""
    ways = [way for _, way in zip(range(count), cycle(LETTERS.values()), strict=False)]
    return drawn(ways, x.shape[1:], rng)


def drawn(ways: list[list], shape: Shape, rng: np.random.Generator) -> np.ndarray:
    """Images (n, rows, columns), uint8, of ways to write something, as in `digit_shapes`."""
    return np.stack([strokes.image(written(way, rng), shape) for way in ways])


def written(way: list, rng: np.random.Generator) -> np.ndarray:
    """The segments (2, k, 2) of a way to write something, a little unevenly and slanted."""
    points, taps, mix = curve(way)
    points = points + rng.normal(0, 0.04, points.shape)
    ends = (mix[..., None] * points[taps]).sum(axis=2)
    slant = np.array([[1 + rng.normal(0, 0.1), 0], [rng.normal(-0.1, 0.15), 1]])
    return ends @ slant


KINDS = {"noise": noise, "shuffled pixels": shuffled, "scribbles": scribbles, "letters": letters}


def images(
    x: np.ndarray, classes: list[str], count: int, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """At most so many images of every kind, (n, rows, columns) uint8, beside images x (m, rows,
    columns) that show something. Letters are left out where they are among the classes."""
    known = LETTERS.keys() & {name.upper() for name in classes}
    kinds = [kind for kind in KINDS if kind != "letters" or not known]
    return {kind: KINDS[kind](x, count, rng) for kind in kinds}
