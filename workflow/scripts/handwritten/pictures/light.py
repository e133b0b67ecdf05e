"""The ink on a photograph, without the light and the noise that came with it.

A photograph is paper and ink times the light that falls on them: g = L R, where the reflectance R
is 1 on paper and less on ink. The light L varies slowly, or suddenly at a shadow's edge, but over
areas much wider than a stroke. So L is what remains when the strokes are filled, and 1 - g / L is
the amount of ink.

Strokes are filled by a morphological closing (Serra 1982, "Image analysis and mathematical
morphology"): of all squares of a given size that contain a pixel, the lowest maximum. It is never
below g. It is above g on a stroke, for every square that is wider than the stroke contains paper.
Where the light falls off in one direction, however suddenly, it is g itself, because a square that
begins at the pixel and lies in that direction has its maximum there; beyond its edges such a
picture is continued with the pixels at the edge, so that square always exists.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

WINDOW = 0.4  # the side of the squares, of the picture's longer side: wider than any stroke
EVEN = 0.1  # of the range of grey levels: less is no change of light
UNKNOWN = 0.02  # of the edge of an even ground is neither paper nor stroke
COARSE = 400  # pixels, the longer side of the picture on which the ground is looked for
SLIGHT = 0.2  # of the range of grey levels: a smaller change tells nothing of the ground
LEAST_CONTRAST = 0.04  # of ink to paper: less is paper
OVER_NOISE = 6  # standard deviations of the noise by which ink differs from paper, at least
TOLERATED_NOISE = 0.035  # of the range of grey levels: standard deviation after smoothing
LEAST_RADIUS = 0.4  # pixels: a Gaussian below this changes nothing


class NoInkError(ValueError):
    """A picture on which nothing is written."""


def ink(grey: np.ndarray) -> np.ndarray:
    """The amount of ink in every pixel of a picture (rows, columns), uint8; from 0 to 1, float32.

    NoInkError: nothing on the picture stands out from its ground.
    """
    smooth, left = smoothed(grey, noise(grey))
    if is_light_on_dark(smooth):
        smooth = 255 - smooth
    light = closing(smooth, window(smooth), even_ground(smooth)).astype(np.float32)
    # A maximum of many pixels is above the paper by a multiple of the noise: as much as most
    # pixels, which are paper, are below it.
    light -= min(float(np.median(light - smooth)), OVER_NOISE * left)
    amount = np.maximum(light - smooth, 0) / np.maximum(light, 1)
    require_ink(float(amount.max()), OVER_NOISE * left / max(1.0, float(np.median(light))))
    return amount


def require_ink(most: float, noise: float) -> None:
    """NoInkError: the largest amount of ink is not above that of paper and noise."""
    if most == 0:
        raise NoInkError("nothing is written on it: all its pixels are alike")
    if most < max(LEAST_CONTRAST, noise):
        raise NoInkError("nothing is written on it: nothing stands out from its ground")


def window(grey: np.ndarray) -> int:
    """The side in pixels of the squares that fill strokes."""
    return max(3, min(round(WINDOW * max(grey.shape)), min(grey.shape)))


def even_ground(grey: np.ndarray) -> int | None:
    """The grey level of the paper, if the edge of a picture, dark on light, shows that it is even:
    nearly all pixels there are either as most or as dark as strokes. None where they are not, so
    that a shadow at the edge is possible."""
    edge = np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]]).astype(np.int16)
    ground, low = int(np.median(edge)), int(grey.min())
    alike = EVEN * np.ptp(grey)
    even = (np.abs(edge - ground) <= alike) | (edge - low <= 2 * alike)
    return ground if even.mean() > 1 - UNKNOWN else None


def closing(grey: np.ndarray, size: int, ground: int | None = None) -> np.ndarray:
    """The closing (rows, columns) of a picture with squares of this many pixels a side.

    Beyond its edges the picture is continued with the pixels at the edge, or with its ground.
    """
    if ground is None:
        padded = np.pad(grey, size - 1, mode="edge")
    else:
        padded = np.pad(grey, size - 1, constant_values=ground)
    for extreme in (np.maximum, np.maximum, np.minimum, np.minimum):
        padded = running(extreme, padded, size).T
    return padded


def running(extreme: Callable, values: np.ndarray, size: int) -> np.ndarray:
    """The extreme of each `size` rows that follow each other, (rows - size + 1, columns).

    Two windows of w rows, one w rows after the other, make one of 2 w, so log2(size) passes do.
    """
    done = 1
    while done < size:
        step = min(done, size - done)
        values = extreme(values[:-step], values[step:])
        done += step
    return values


def widened(mask: np.ndarray, pixels: int) -> np.ndarray:
    """A mask and what is within so many pixels of it."""
    padded = np.pad(mask, pixels)
    for _ in range(2):
        padded = running(np.maximum, padded, 2 * pixels + 1).T
    return padded


def is_light_on_dark(grey: np.ndarray) -> bool:
    """Whether the strokes are lighter than their ground, whatever the light does.

    A closing fills dark strokes, an opening (the closing of the negative) light ones. Either also
    fills the gaps between strokes, if its squares are wider than these. But strokes are narrower
    than gaps and fill up first. So what is filled is summed over squares of 3, 6, 12, … pixels a
    side, each sum divided by the area of a square: of strokes and gaps of width w and length l,
    l w is filled by all squares from w on, which adds up to l / w.
    """
    coarse = reduced(grey, COARSE)
    negative, size = 255 - coarse, 3
    least = SLIGHT * np.ptp(coarse)
    dark = light = 0.0
    while True:
        size = min(size, window(coarse))
        dark += energy(closing(coarse, size) - coarse, least) / size**2
        light += energy(closing(negative, size) - negative, least) / size**2
        if size == window(coarse):
            return light > dark
        size *= 2


def energy(change: np.ndarray, least: float) -> float:
    """The sum of the squares of all changes above the least."""
    return float((change[change > least].astype(np.float64) ** 2).sum())


def reduced(grey: np.ndarray, longest: int) -> np.ndarray:
    """The picture, its longer side at most this many pixels: each the mean over its area."""
    scale = max(grey.shape) / longest
    if scale <= 1:
        return grey
    rows, columns = (max(1, round(length / scale)) for length in grey.shape)
    return np.asarray(Image.fromarray(grey).resize((columns, rows), Image.Resampling.BOX))


def noise(grey: np.ndarray) -> float:
    """The standard deviation of the noise, in grey levels.

    Neighbours on paper differ by noise alone, by sqrt(2) sigma. Of normal numbers half are within
    0.6745 standard deviations, and a median does not heed the edges of strokes.
    """
    if grey.shape[1] < 2:
        return 0.0
    differences = np.abs(np.diff(grey.astype(np.int16), axis=1))
    return float(np.median(differences)) / (0.6745 * np.sqrt(2))


def smoothed(grey: np.ndarray, sigma: float) -> tuple[np.ndarray, float]:
    """The picture with its noise reduced to what does not matter, and the noise that is left.

    A Gaussian of radius r leaves 1 / (2 sqrt(pi) r) of the noise of single pixels.
    """
    low, high = np.quantile(grey, [0.001, 0.999])
    radius = float(sigma / (2 * np.sqrt(np.pi) * TOLERATED_NOISE * max(1, high - low)))
    if radius < LEAST_RADIUS:
        return grey, sigma
    blurred = Image.fromarray(grey).filter(ImageFilter.GaussianBlur(radius))
    return np.asarray(blurred), sigma / (2 * np.sqrt(np.pi) * radius)
