"""The shapes of the digits as arrays: strokes as smooth curves, cut into straight segments.

A point of a curve is a mix of four points of the shape. So the shape's points can be moved, and the
curve follows without being worked out again.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from handwritten.data.digit_shapes import SHAPES

SEGMENTS = 36  # straight pieces that a digit's strokes are cut into
POINTS = max(len({p for stroke in way for p in stroke}) for ways in SHAPES.values() for way in ways)


class Curves(NamedTuple):
    """The ways of all digits as arrays, W ways in a row.

    points: (W, POINTS, 2), unused ones zero. taps and mix: (W, 2, SEGMENTS, 4), each segment's
    start and end as a mix of four points. first and ways: (10,), a digit's first way and how many
    it has.
    """

    points: np.ndarray
    taps: np.ndarray
    mix: np.ndarray
    first: np.ndarray
    ways: np.ndarray


@cache
def curves() -> Curves:
    """The table `SHAPES` as arrays."""
    ways = [way for ways in SHAPES.values() for way in ways]
    count = np.array([len(ways) for ways in SHAPES.values()])
    points, taps, mix = zip(*(curve(way) for way in ways), strict=True)
    first = np.cumsum(count) - count
    return Curves(np.stack(points), np.stack(taps), np.stack(mix), first, count)


def curve(way: list) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (POINTS, 2), taps and mix (2, SEGMENTS, 4) of one way to write a digit."""
    unique = list(dict.fromkeys(point for stroke in way for point in stroke))
    points = np.zeros((POINTS, 2), np.float32)
    points[: len(unique)] = (np.array(unique) - (3.2, 5)) / 5
    strokes = [spline([unique.index(point) for point in stroke]) for stroke in way]
    lengths = [arc_length(points, *stroke)[-1] for stroke in strokes]
    borders = np.rint(SEGMENTS * np.cumsum([0, *lengths]) / sum(lengths)).astype(int)
    cuts = [
        cut(points, *stroke, pieces)
        for stroke, pieces in zip(strokes, np.diff(borders), strict=True)
    ]
    taps, mix = (np.concatenate(parts, axis=1) for parts in zip(*cuts, strict=True))
    return points, taps, mix.astype(np.float32)


def spline(stroke: list[int], steps: int = 64) -> tuple[np.ndarray, np.ndarray]:
    """A Catmull-Rom spline through the points numbered in `stroke`, finely sampled.

    Returns taps and mix, both (samples, 4): each sample is a mix of four points. A point twice in a
    row makes a corner, because each side then has its own tangent there; the span between the two
    has no length and is left out. Catmull and Rom, "A class of local interpolating splines", 1974.
    """
    t = np.linspace(0, 1, steps)
    outer = [2 * t**2 - t - t**3, t**3 - t**2]
    inner = [2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3]
    basis = np.stack([outer[0], *inner, outer[1]], axis=1)
    padded = [stroke[0], *stroke, stroke[-1]]
    spans = [padded[i : i + 4] for i in range(len(stroke) - 1) if stroke[i] != stroke[i + 1]]
    return np.repeat(spans, steps, axis=0), np.tile(basis / 2, (len(spans), 1))


def arc_length(points: np.ndarray, taps: np.ndarray, mix: np.ndarray) -> np.ndarray:
    """The length of the curve up to each of its samples: (samples,)."""
    steps = np.diff((mix[:, :, None] * points[taps]).sum(axis=1), axis=0)
    return np.concatenate([[0], np.cumsum(np.sqrt((steps**2).sum(axis=1)))])


def cut(
    points: np.ndarray, taps: np.ndarray, mix: np.ndarray, pieces: int
) -> tuple[np.ndarray, np.ndarray]:
    """Taps and mix, (2, pieces, 4), of the starts and ends of equally long pieces of a curve."""
    arc = arc_length(points, taps, mix)
    at = np.searchsorted(arc, np.linspace(0, arc[-1], pieces + 1))
    ends = np.stack([at[:-1], at[1:]])
    return taps[ends], mix[ends]
