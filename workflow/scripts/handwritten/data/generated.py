"""Digits drawn by NumPy alone, for machines without a network and for tests that need data.

Each digit consists of a few pen strokes, smooth curves through the points of `SHAPES`. A drawing
moves the points, slants, stretches and warps the whole digit, and follows it with a pen that has a
width, a pressure and a sharpness of its own. As in MNIST, the digit fits into a box of 20 pixels
and is centred by its mass.

One row of random numbers belongs to one image, so an image depends only on the generator's seed,
its label and its position: not on how many images follow, or how many are drawn at a time. All the
rest is arithmetic and square roots, in a fixed order and without BLAS, so that the number of
threads changes nothing.
"""

import numpy as np

from handwritten.data.curves import POINTS, SEGMENTS, curves
from handwritten.data.digit_shapes import SHAPES

SIDE = 28  # pixels, of an image
BOX = 20  # pixels, the longer side of a digit before the jitter of its size

WINDOW = 10  # pixels, the side of the square around a segment that its ink can reach
SLICE = 256  # images drawn at a time: their arrays stay in a core's cache
TERMS = 7  # of the polynomial in `_warp`

# How many random numbers an image takes, by what they decide; three make one number of `_bell`.
NUMBERS = {
    "way": 1,
    "care": 1,
    "points": POINTS * 2 * 3,
    "affine": 3 * 3,
    "warp": TERMS * 2 * 3,
    "place": 3,
    "pen": 5,
    "grain": SIDE * SIDE,
}


def draw(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drawings of the digits in `labels` (n,), as (n, 28, 28) uint8: white ink on black.

    The first k images are those of `draw(labels[:k], rng)` from the same state of `rng`.
    Raises ValueError if a label is not a whole number from 0 to 9.
    """
    labels = np.asarray(labels)
    _check_labels(labels)
    images = np.empty((len(labels), SIDE, SIDE), np.uint8)
    for start in range(0, len(labels), SLICE):
        part = slice(start, start + SLICE)
        images[part] = _draw_slice(labels[part], rng)
    return images


def data_set(
    train: int, test: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Training images and labels, test images and labels: (train, 28, 28), (train,), and so on.

    The digits are equally frequent, to within one, and in random order. All arrays are uint8.
    """
    train_labels, test_labels = shuffled_labels(train, rng), shuffled_labels(test, rng)
    return draw(train_labels, rng), train_labels, draw(test_labels, rng), test_labels


def shuffled_labels(count: int, rng: np.random.Generator) -> np.ndarray:
    """Labels 0 to 9, equally frequent to within one, in random order: (count,) uint8."""
    return rng.permutation(np.arange(count) % len(SHAPES)).astype(np.uint8)


def _check_labels(labels: np.ndarray) -> None:
    """Raise ValueError unless `labels` is one row of whole numbers from 0 to 9."""
    if labels.ndim != 1 or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"labels: expected one row of whole numbers, got {labels.dtype} of shape {labels.shape}"
        )
    wrong = labels[(labels < 0) | (labels >= len(SHAPES))]
    if wrong.size:
        raise ValueError(f"labels: expected digits from 0 to 9, got {wrong[0]}")


def _draw_slice(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Drawings of `labels` (m,), as (m, 28, 28) uint8."""
    numbers = _random_numbers(len(labels), rng)
    ends = _pen_path(labels, numbers)
    ends = _place(_warp(_slant(ends, numbers["affine"]), numbers["warp"]), numbers["place"])
    return _ink(ends, numbers["pen"], numbers["grain"])


# --- chance ---------------------------------------------------------------------------------------


def _random_numbers(count: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Uniform numbers in [0, 1) for `count` images: a name of `NUMBERS` to (count, how many)."""
    rows = rng.random((count, sum(NUMBERS.values())), dtype=np.float32)
    borders = np.cumsum(list(NUMBERS.values()))[:-1]
    return dict(zip(NUMBERS, np.split(rows, borders, axis=1), strict=True))


def _bell(uniform: np.ndarray) -> np.ndarray:
    """Nearly normal numbers (m, k), mean 0, variance 1, within -3 to 3, from (m, 3 k) uniform ones.

    Each is a sum of three. Unlike normal numbers they have no long tails, so no stroke leaves the
    image.
    """
    return 2 * (uniform[:, 0::3] + uniform[:, 1::3] + uniform[:, 2::3]) - 3


# --- from points to the pen's path ----------------------------------------------------------------


def _pen_path(labels: np.ndarray, numbers: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The path of the pen for digits `labels` (m,), its points moved a little.

    Returns x and y, each (2, SEGMENTS, m): the segments' starts and ends. The middle of a digit is
    about 0 and its top and bottom are -1 and 1.
    """
    table = curves()
    way = table.first[labels] + (numbers["way"][:, 0] * table.ways[labels]).astype(int)
    points = table.points[way] + _slips(numbers["points"], numbers["care"])
    return _mixed(points[:, :, 0], way), _mixed(points[:, :, 1], way)


def _slips(uniform: np.ndarray, care: np.ndarray) -> np.ndarray:
    """How far each point is off, (m, POINTS, 2); `uniform` is (m, 6 POINTS) and `care` (m, 1).

    Each is a sum over three neighbours, so that a stroke wanders as a hand does, without zigzags.
    """
    slips = (0.025 + 0.07 * care * care) * _bell(uniform)
    slips = slips.reshape(-1, POINTS, 2)
    return slips + np.roll(slips, 1, axis=1) + np.roll(slips, 2, axis=1)


def _mixed(values: np.ndarray, way: np.ndarray) -> np.ndarray:
    """One coordinate of the segments' ends, (2, SEGMENTS, m), from that of the points (m, POINTS).

    The last axis is the image's, here and wherever segments are summed over: the order of a sum
    then does not depend on how many images there are.
    """
    table = curves()
    image = np.arange(len(way))[:, None, None]
    taps, mix = table.taps[way], table.mix[way]
    ends = sum(mix[..., k] * values[image, taps[..., k]] for k in range(4))
    return np.ascontiguousarray(ends.transpose(1, 2, 0))


# --- the hand: slant, warp, size, place -----------------------------------------------------------


def _slant(ends: tuple, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The path stretched in width, sheared and rotated; `uniform` is (m, 9)."""
    turn, shear, stretch = _bell(uniform).T
    x, y = ends
    x = x * (1.18 + 0.19 * stretch)
    x = x - (0.15 + 0.23 * shear) * y
    half = 0.075 * turn  # tan of half the angle, which gives cos and sin without calling either
    cos, sin = (1 - half**2) / (1 + half**2), 2 * half / (1 + half**2)
    return cos * x - sin * y, sin * x + cos * y


def _warp(ends: tuple, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The path moved by a smooth field, a random polynomial of second and third degree.

    `uniform` is (m, 6 TERMS).
    """
    x, y = ends
    amounts = 0.095 * _bell(uniform).T
    xx, yy = x * x, y * y
    terms = [xx, x * y, yy, x * xx, xx * y, x * yy, y * yy]
    dx = sum(amount * term for amount, term in zip(amounts[:TERMS], terms, strict=True))
    dy = sum(amount * term for amount, term in zip(amounts[TERMS:], terms, strict=True))
    return x + dx, y + dy


def _place(ends: tuple, uniform: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The path in pixels: fitted to the box and centred by its mass, both with a little jitter.

    `uniform` is (m, 3): how much smaller than the box, and the shift in x and y.
    """
    x, y = ends
    smaller, right, down = uniform.T
    span = np.maximum(_span(x), _span(y))
    scale = (BOX - 3 - 1.5 * smaller) / span  # 3: the ink reaches beyond the path by half the pen
    x, y = x * scale, y * scale
    mass = np.sqrt((x[1] - x[0]) ** 2 + (y[1] - y[0]) ** 2)
    middle = SIDE / 2 - 0.5  # MNIST's own centre is pixel 14; the jitter runs from 0.5 before it
    return x - _mean(x, mass) + middle + right, y - _mean(y, mass) + middle + down


def _span(values: np.ndarray) -> np.ndarray:
    """From the least to the greatest, (m,), of (2, SEGMENTS, m)."""
    return values.max(axis=(0, 1)) - values.min(axis=(0, 1))


def _mean(values: np.ndarray, mass: np.ndarray) -> np.ndarray:
    """The mean (m,) of the segments' middles from their ends (2, SEGMENTS, m), by `mass`."""
    return sum(mass * (values[0] + values[1]) / 2) / sum(mass)


# --- the pen: ink on pixels -----------------------------------------------------------------------


def _ink(ends: tuple[np.ndarray, np.ndarray], pen: np.ndarray, grain: np.ndarray) -> np.ndarray:
    """Images (m, 28, 28) uint8 of the path's ink; `pen` is (m, 5) and `grain` (m, 784), uniform.

    A pixel is as white as it lies deep in the stroke, over a soft edge about a pixel wide.
    """
    width, press, swell, blur, rough = pen.T
    along = np.linspace(-1, 1, SEGMENTS + 1, dtype=np.float32)[:, None]
    pressure = 1 + 0.3 * (press - 0.5) * along + 0.3 * (swell - 0.5) * (2 * along**2 - 1)
    depth = _depth(*ends, (1 + 0.85 * width * width) * pressure)
    depth += (0.1 + 0.4 * rough[:, None]) * (grain - 0.5)
    soft = 0.9 + 0.5 * blur[:, None]
    white = np.clip(depth / soft + 0.5, 0, 1)
    return np.rint(255 * white).astype(np.uint8).reshape(-1, SIDE, SIDE)


def _depth(x: np.ndarray, y: np.ndarray, radius: np.ndarray) -> np.ndarray:
    """How far inside the stroke each pixel lies, in pixels, negative outside: (m, 784) float32.

    x and y are (2, SEGMENTS, m), the radius of the pen at the segments' ends (SEGMENTS + 1, m).
    Only the window around a segment is worked out: further away there is no ink.
    """
    images = x.shape[2]
    depth = np.full((images, SIDE * SIDE), -SIDE, np.float32)
    image = np.arange(images)[:, None, None]
    for k in range(SEGMENTS):
        column, row = _window(x[:, k]), _window(y[:, k])
        pixel = row[:, :, None] * SIDE + column[:, None, :]
        pixels = column - x[0, k, :, None], row - y[0, k, :, None]
        vector = x[1, k] - x[0, k], y[1, k] - y[0, k]
        inside = _segment_depth(pixels, vector, radius[k : k + 2])
        depth[image, pixel] = np.maximum(depth[image, pixel], inside)
    return depth


def _window(ends: np.ndarray) -> np.ndarray:
    """The pixels (m, WINDOW), along one axis, around a segment with ends (2, m)."""
    first = np.floor((ends[0] + ends[1]) / 2).astype(int) - (WINDOW // 2 - 1)
    return np.clip(first, 0, SIDE - WINDOW)[:, None] + np.arange(WINDOW)


def _segment_depth(pixels: tuple, vector: tuple, radius: np.ndarray) -> np.ndarray:
    """How deep in one segment's stroke the pixels of its window lie: (m, WINDOW, WINDOW).

    All is seen from the segment's start: its window's pixels, x and y (m, WINDOW), and its vector
    to the end, x and y (m,). The radius at its two ends is (2, m). t is where on the segment, 0 to
    1, the point nearest to a pixel lies.
    """
    px, py = pixels[0][:, None, :], pixels[1][:, :, None]
    sx, sy = vector[0][:, None, None], vector[1][:, None, None]
    start, end = radius[:, :, None, None]
    square = sx * sx + sy * sy + np.float32(1e-6)  # a segment may have no length
    t = np.clip(px * (sx / square) + py * (sy / square), 0, 1)
    dx, dy = px - t * sx, py - t * sy
    return start + t * (end - start) - np.sqrt(dx * dx + dy * dy)
