"""Data augmentation: in every epoch each image is rotated, scaled, sheared, shifted and deformed.

A digit that is distorted a little is still the same digit. A network that never sees the same
pixels twice has to learn what all the distorted copies have in common, since it cannot memorise
them.

A distorted image is computed backwards: for each of its pixels, the place in the original that it
comes from, and the grey value there. Places are rows and columns in pixels; (0, 0) is the centre of
the first pixel, and rows are counted downwards. They are a weighted sum of patterns over the image,
each a fixed array (pixels,), with random weights:

    place = affine map of the pixel      3 patterns: its row, its column, 1
          + elastic displacement         some 40 smooth patterns

So one matrix product, (images, patterns) @ (patterns, pixels), gives the places of many images.
"""

import math

import numpy as np

from handwritten.settings import TrainingSettings

SLICE = 64  # images at a time: few calls, and arrays that stay in the processor's cache
WEAKEST = 0.01  # elastic patterns weaker than this fraction of the strongest are left out


class Augmentation:
    """Distorts images. It is made once, and allocates everything that it writes into.

    It reads these settings; 0 switches one off. Amounts are uniformly random, new for each image:

        rotation        degrees, +- this, positive anticlockwise
        scale           width and height, each by its own factor from 1 +- this (below 1)
        shear           pixels to the right for each pixel upwards, +- this
        shift           pixels to the right, and pixels down, each +- this, not only whole ones
        elastic         strength of the elastic displacement, see `elastic_patterns`
        elastic_sigma   pixels over which that is smooth; ignored where `elastic` is 0

    Images are scaled, sheared, rotated about their centre and shifted, in this order.
    `image_shape` is (rows, columns). ValueError: `elastic` without an `elastic_sigma` above 0.
    """

    def __init__(self, settings: TrainingSettings, image_shape: tuple[int, int], dtype=np.float32):
        scale, shift = settings.scale, settings.shift
        turn = math.radians(settings.rotation)
        self.limits = np.array([turn, settings.shear, scale, scale, shift, shift], dtype)
        patterns = [affine_patterns(image_shape)]
        if settings.elastic:
            alpha, sigma = settings.elastic, settings.elastic_sigma
            patterns.append(elastic_patterns(image_shape, alpha, sigma))
        self.patterns = np.concatenate(patterns).astype(dtype)
        self.centre = (np.array(image_shape, dtype) - 1) / 2
        self.amounts = np.empty((SLICE, len(self.limits)), dtype)
        self.normal = np.empty((2, SLICE, len(self.patterns) - 3), dtype)
        self.weights = np.empty((2, SLICE, len(self.patterns)), dtype)
        self.places = np.empty((2, SLICE, math.prod(image_shape)), dtype)
        self.sampler = Sampler(image_shape, dtype)

    def distort(self, x: np.ndarray, rng: np.random.Generator, out: np.ndarray) -> None:
        """Fill `out` (n, pixels), which may be x, with distortions of x (n, pixels) in [0, 1].

        An image's distortion depends only on the state of `rng` and the image's position in x, not
        on the number of images: random numbers are always drawn for a full slice. All six amounts
        of the affine map are drawn, also those that are switched off, so that switching one off
        does not change the others.
        """
        for start in range(0, len(x), SLICE):
            images = x[start : start + SLICE]
            self._draw_weights(rng)
            np.matmul(self.weights, self.patterns, out=self.places)
            self.sampler.sample(images, self.places[:, : len(images)], out[start : start + SLICE])

    def _draw_weights(self, rng: np.random.Generator) -> None:
        """New random `weights` (2, SLICE, patterns), those of the rows and those of the columns."""
        rng.random(out=self.amounts, dtype=self.amounts.dtype)
        self.amounts *= 2
        self.amounts -= 1
        self.amounts *= self.limits
        affine_weights(self.amounts, self.centre, self.weights[:, :, :3])
        rng.standard_normal(out=self.normal, dtype=self.normal.dtype)
        self.weights[:, :, 3:] = self.normal


def affine_patterns(image_shape: tuple[int, int]) -> np.ndarray:
    """The patterns (3, pixels) of affine maps: rows below and columns right of the centre, and 1.

    The centre of 28 rows lies between two of them, at 13.5.
    """
    height, width = image_shape
    below, right = np.mgrid[:height, :width].reshape(2, -1)
    return np.stack([below - (height - 1) / 2, right - (width - 1) / 2, np.ones(height * width)])


# A point of the original, v pixels below and u right of the centre, goes to (cos and sin are those
# of the rotation)
#
#   scale     u <- u (1 + wider)         v <- v (1 + taller)
#   shear     u <- u - slant v                                   above the centre v is negative
#   rotate    u <- u cos + v sin         v <- v cos - u sin      v grows downwards, hence the signs
#   shift     u <- u + right             v <- v + down
#
# The way back undoes the last step first:
#
#   shift     u <- u - right             v <- v - down
#   rotate    u <- u cos - v sin         v <- v cos + u sin
#   shear     u <- u + slant v
#   scale     u <- u / (1 + wider)       v <- v / (1 + taller)
#
# The last three together, with the u and v that they begin with on the right:
#
#   v = (v cos + u sin) / (1 + taller)
#   u = ((slant cos - sin) v + (slant sin + cos) u) / (1 + wider)
def affine_weights(amounts: np.ndarray, centre: np.ndarray, weights: np.ndarray) -> None:
    """Fill `weights` (2, n, 3): of `affine_patterns`, for the rows and for the columns of places.

    `amounts` (n, 6): radians anticlockwise, slant, relative change of width and height, pixels to
    the right and down. `centre` is a row and a column.
    """
    turn, slant, wider, taller, right, down = amounts.T
    cos, sin = np.cos(turn), np.sin(turn)
    row, column = weights
    row[:, 0] = cos / (1 + taller)
    row[:, 1] = sin / (1 + taller)
    column[:, 0] = (slant * cos - sin) / (1 + wider)
    column[:, 1] = (slant * sin + cos) / (1 + wider)
    for weight, middle in zip(weights, centre, strict=True):
        weight[:, 2] = middle - weight[:, 0] * down - weight[:, 1] * right


# Noise N of independent draws becomes the smooth field B N C^T, where B blurs down the columns and
# C along the rows. With the singular value decompositions B = U S V^T and C = U' S' V'^T that is
#
#   B N C^T = U S (V^T N V') S' U'^T = sum over i, j of Z_ij s_i s'_j u_i u'_j^T,   Z = V^T N V'
#
# V and V' being orthonormal, the numbers Z_ij are as uncorrelated as the noise and have the same
# variance, and as sums of many draws they are nearly normal. Blurred noise has few patterns of any
# strength s_i s'_j: its principal components. So draw those few Z_ij, from a normal distribution,
# and never make the noise.
def elastic_patterns(image_shape: tuple[int, int], alpha: float, sigma: float) -> np.ndarray:
    """Patterns (k, pixels) whose sum with standard normal weights is a random smooth field.

    It stands for one axis of the elastic displacement of Simard, Steinkraus and Platt 2003: for
    each pixel a uniform number from [-1, 1], smoothed with a Gaussian of `sigma` pixels that sums
    to 1, times `alpha`. That displaces by alpha / (2 sigma sqrt(3 pi)) pixels along each axis (root
    mean square): 1.2 for 36 and 5. The noise extends beyond the image, so the field is as strong at
    the edges as in the middle. The patterns that are left out have 0.02% of the variance for sigma
    2 and more. The smaller sigma, the more patterns: 39 of 784 at 5 pixels, 174 at 2.
    ValueError: `sigma` is not above 0.
    """
    if sigma <= 0:
        raise ValueError(
            f"elastic_sigma is {sigma}, but elastic is {alpha}: choose an elastic_sigma above 0, "
            "such as 5, or set elastic to 0"
        )
    (u_rows, s_rows, _), (u_columns, s_columns, _) = (
        np.linalg.svd(blur(size, sigma), full_matrices=False) for size in image_shape
    )
    strength = alpha * math.sqrt(1 / 3) * np.outer(s_rows, s_columns)  # 1/3: uniform's variance
    i, j = np.nonzero(strength > WEAKEST * strength[0, 0])
    fields = u_rows.T[i, :, None] * u_columns.T[j, None, :]  # (k, rows, columns)
    return (strength[i, j, None, None] * fields).reshape(len(i), -1)


def blur(size: int, sigma: float) -> np.ndarray:
    """The matrix (size, size + 2 margin) that smooths a line with a Gaussian of `sigma` pixels.

    The line extends beyond the image by a margin of 4 sigma at both ends. The weight of a Gaussian
    further away is left out, and every row sums to 1.
    """
    margin = math.ceil(4 * sigma)
    distance = np.arange(size)[:, None] + margin - np.arange(size + 2 * margin)
    kernel = np.exp(-((distance / sigma) ** 2) / 2)
    return kernel / kernel.sum(axis=1, keepdims=True)


class Sampler:
    """Interpolates images between their pixels, bilinearly; outside of an image everything is 0.

    A copy of the images has a border of zeros, one pixel before and two after. So places outside
    are not a special case: they are moved to the border, where both neighbours exist.
    """

    def __init__(self, image_shape: tuple[int, int], dtype=np.float32):
        height, width = image_shape
        pixels = height * width
        self.image_shape = image_shape
        self.padded = np.zeros((SLICE, height + 3, width + 3), dtype)
        self.corner = np.empty((2, SLICE, pixels), dtype)
        self.index = np.empty((SLICE, pixels), np.intp)
        origin = np.arange(SLICE) * self.padded[0].size + (width + 3) + 1  # pixels (0, 0)
        self.first = np.repeat(origin[:, None], pixels, axis=1)
        self.grey = np.empty((2, 2, SLICE, pixels), dtype)  # left or right, upper or lower

    def sample(self, images: np.ndarray, places: np.ndarray, out: np.ndarray) -> None:
        """Fill `out` with the values of `images`, both (n, pixels), at `places` (2, n, pixels).

        `places` are rows and columns, and are overwritten. n is at most SLICE; `out` may be
        `images`.
        """
        n = len(images)
        self.padded[:n, 1:-2, 1:-2] = images.reshape(n, *self.image_shape)
        corner, index, grey = self.corner[:, :n], self.index[:n], self.grey[:, :, :n]
        self._find_corners(places, corner, index)
        greys, stride = self.padded.reshape(-1), self.padded.shape[2]
        for column, row in np.ndindex(2, 2):
            neighbour = greys[row * stride + column :]
            np.take(neighbour, index, out=grey[column, row], mode="clip")  # "raise" would copy
        down, right = places
        blend(grey[0], grey[1], right)
        blend(grey[0, 0], grey[0, 1], down)
        out[...] = grey[0, 0]

    def _find_corners(self, places: np.ndarray, corner: np.ndarray, index: np.ndarray) -> None:
        """Fill `index` (n, pixels) with the positions in `padded` of the pixels above and to the
        left of `places`, and replace `places` by the distances from there, 0 to below 1."""
        for place, size in zip(places, self.image_shape, strict=True):
            np.clip(place, -1, size, out=place)
        np.floor(places, out=corner)
        places -= corner
        row, column = corner
        row *= self.padded.shape[2]
        row += column
        np.copyto(index, row, casting="unsafe")  # floats without decimals
        index += self.first[: len(index)]


def blend(a: np.ndarray, b: np.ndarray, weight: np.ndarray) -> None:
    """a <- a + weight (b - a), from a where `weight` is 0 to b where it is 1; overwrites b."""
    b -= a
    b *= weight
    a += b
