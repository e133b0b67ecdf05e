"""Find the symbols on a photograph and prepare each as MNIST's were, white on black.

MNIST's makers fitted each digit into a box of 20 x 20 pixels, keeping its proportions, and moved it
until its centre of mass was that of the 28 x 28 image (LeCun et al. 1998, section III-A). Before
that come the steps that a scan for MNIST did not need: a frame along the sides is cut off, light
and noise are removed (`light.py`), and what is written is separated into symbols (`components.py`,
`symbols.py`).

The settings here and there were chosen on digits of MNIST's training set that
`tests/photographs.py` degrades.
"""

from typing import NamedTuple

import numpy as np
from PIL import Image

from handwritten.pictures import components, light
from handwritten.pictures.symbols import Symbol, sort_out

LONGEST = 1600  # pixels of a side: a larger picture is reduced
BOX = 20 / 28  # of an image's height and width
FAINT = 0.2  # less ink than this share of the symbol's counts as paper
FULL = 0.9  # this quantile of a symbol's ink becomes white
BLUR = 40  # a symbol of so many rows has a blurred edge one pixel wider
SAME_SIZE = 0.1  # a symbol that would be resized by less keeps its pixels

EDGE = 0.2  # of a picture's side: a frame is looked for within
ALONG = 0.7  # of a picture's side: the middle part, where a frame's lines are looked for
STRAIGHT = 0.9  # of that part: pixels that change where a line ends
STEP = 0.2  # of the range of grey levels: how much they change
ROUNDS = 100  # until the threshold stays, at most


class Prepared(NamedTuple):
    """The images (n, rows, columns) of the symbols on a picture, and what was left out."""

    images: np.ndarray
    left_out: list[str]


def prepare(grey: np.ndarray, image_shape: tuple[int, int], single: bool = False) -> Prepared:
    """The symbols on a picture, uint8 (rows, columns), as uint8 (n, *image_shape), 0 black.

    They are in reading order. `single` takes all that is written as one symbol.
    light.NoInkError: nothing is written on it; symbols.TooManyError: it is not writing.
    """
    inside, framed = without_frame(light.reduced(grey, LONGEST))
    amount = light.ink(inside)
    labels, boxes = components.label(amount > threshold(amount))
    found = sort_out(boxes, single)
    rows, columns = (round(BOX * length) for length in image_shape)
    images = [
        centre(fit(cut_out(symbol, amount, labels), (rows, columns)), image_shape)
        for symbol in found.symbols
    ]
    counts = {"speck": found.specks, "frame": found.frames + framed}
    left_out = [f"{n:,} {what}{'s' * (n > 1)} left out" for what, n in counts.items() if n]
    return Prepared(np.stack(images), left_out)


def threshold(amount: np.ndarray) -> float:
    """The amount of ink (rows, columns) halfway between that of strokes and that of paper.

    Each is the mean of the pixels on its side of the threshold, which is moved until it stays
    (Ridler and Calvard 1978, "Picture thresholding using an iterative selection method"). It starts
    at half the most ink and not at the mean, so that a little ink on much paper is found.
    """
    found = float(amount.max()) / 2
    for _ in range(ROUNDS):
        written = amount > found
        before, found = found, float(amount[written].mean() + amount[~written].mean()) / 2
        if abs(found - before) < 1e-3:
            break
    return found


def without_frame(grey: np.ndarray) -> tuple[np.ndarray, bool]:
    """The picture inside a frame that runs along its sides, and whether there was one.

    A frame has edges that are parallel to at least three sides.
    """
    low, high = np.quantile(grey, [0.01, 0.99])
    sides = [np.rot90(grey, turns) for turns in range(4)]  # each has another side at its top
    top, right, bottom, left = (innermost_edge(side, STEP * (high - low)) for side in sides)
    if sum(depth > 0 for depth in (top, right, bottom, left)) < 3:
        return grey, False
    rows, columns = grey.shape
    return grey[top : rows - bottom, left : columns - right], True


def innermost_edge(grey: np.ndarray, step: float) -> int:
    """How many rows at the top of a picture end with the last edge of a line along it; 0: none.

    An edge is a change of grey levels by `step`, in one direction all along the middle part.
    """
    rows, columns = grey.shape
    margin = round((1 - ALONG) / 2 * columns)
    part = grey[: int(EDGE * rows) + 2, margin : columns - margin].astype(np.int16)
    changes = part[2:] - part[:-2]
    if not changes.size:
        return 0
    edges = np.maximum((changes > step).mean(axis=1), (changes < -step).mean(axis=1)) > STRAIGHT
    return int(edges.nonzero()[0][-1]) + 2 if edges.any() else 0


def cut_out(symbol: Symbol, amount: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The ink of a symbol, its blurred edge included, from 0 to 1, cropped."""
    box, edge = symbol.box, 1 + symbol.box.height // BLUR
    top, left = max(0, box.top - edge), max(0, box.left - edge)
    around = np.s_[top : box.bottom + edge, left : box.right + edge]
    own = np.isin(labels[around], np.array(symbol.members) + 1)
    near = light.widened(own, edge) & (own | (labels[around] == 0))
    share = np.minimum(amount[around] / np.quantile(amount[around][own], FULL), 1)
    share = np.where(near & (share > FAINT), share, 0)
    rows, columns = np.flatnonzero(share.any(axis=1)), np.flatnonzero(share.any(axis=0))
    return share[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def fit(amount: np.ndarray, box: tuple[int, int]) -> np.ndarray:
    """Ink resized to fit into this many rows and columns; each pixel is the mean over its area."""
    scale = min(limit / length for limit, length in zip(box, amount.shape, strict=True))
    if abs(scale - 1) < SAME_SIZE:
        return amount
    rows, columns = (max(1, round(length * scale)) for length in amount.shape)
    resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    picture = Image.fromarray(amount.astype(np.float32)).resize((columns, rows), resampling)
    resized = np.clip(np.asarray(picture), 0, None)
    return resized / resized.max()


def centre(amount: np.ndarray, image_shape: tuple[int, int]) -> np.ndarray:
    """Ink on black, uint8 (rows, columns), its centre of mass as near to the middle as it fits."""
    image = np.zeros(image_shape, np.uint8)
    offsets = []
    for axis, (length, size) in enumerate(zip(amount.shape, image_shape, strict=True)):
        weights = amount.sum(axis=1 - axis)
        middle = (weights @ np.arange(length)) / weights.sum()
        offsets.append(int(np.clip(round(size / 2 - middle), 0, size - length)))
    top, left = offsets
    rows, columns = amount.shape
    image[top : top + rows, left : left + columns] = np.rint(255 * amount)
    return image
