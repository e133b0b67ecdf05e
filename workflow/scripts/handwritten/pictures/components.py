"""The connected parts of a black-and-white picture, and which of them are symbols.

Pixels belong together that touch, at corners too. They are found as in Shiloach and Vishkin 1982,
"An O(log n) parallel connectivity algorithm", on runs of pixels in a row instead of single pixels:
a picture of a million pixels has some thousand runs.
"""

from typing import NamedTuple

import numpy as np


class Box(NamedTuple):
    """The rows and columns that something takes, the last ones not included, and its pixels."""

    top: int
    left: int
    bottom: int
    right: int
    area: int

    @property
    def height(self) -> int:
        """How many rows it has."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """How many columns it has."""
        return self.right - self.left


def label(mask: np.ndarray) -> tuple[np.ndarray, list[Box]]:
    """The number of each pixel's component (rows, columns), from 1, and the components' boxes.

    Pixels outside the mask have 0.
    """
    row, start, stop = runs(mask)
    roots = connected(*touching(row, start, stop, mask.shape[1] + 1), len(row))
    _, number = np.unique(roots, return_inverse=True)
    labels = np.zeros(mask.shape, np.int32)
    labels[mask] = np.repeat(number + 1, stop - start)  # runs are in the order of the pixels
    return labels, boxes(row, start, stop, number)


def runs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first column and column after the last of all runs in a mask, (n,) each, in order."""
    padded = np.pad(mask, ((0, 0), (1, 1))).astype(np.int8)
    edges = np.diff(padded, axis=1)
    row, start = np.nonzero(edges == 1)
    return row, start, np.nonzero(edges == -1)[1]


def touching(
    row: np.ndarray, start: np.ndarray, stop: np.ndarray, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """The pairs of runs that touch, as two arrays of indices: a run, and one in the row below it.

    Run b touches a when it begins at or before a's end and ends at or after a's beginning. With
    `width` places a row, all beginnings are in one order, and so are all ends.
    """
    first = np.searchsorted(row * width + stop, (row + 1) * width + start, "left")
    last = np.searchsorted(row * width + start, (row + 1) * width + stop, "right")
    count = np.maximum(last - first, 0)
    above = np.repeat(np.arange(len(row)), count)
    offset = np.arange(len(above)) - np.repeat(np.cumsum(count) - count, count)
    return above, np.repeat(first, count) + offset


def connected(above: np.ndarray, below: np.ndarray, n: int) -> np.ndarray:
    """For each of n runs the first one that it is connected with by the pairs, (n,).

    Every run points to one before it, or to itself. Of two that touch, the later one's root is
    made to point to the earlier one's; then all pointers are followed to their ends.
    """
    root = np.arange(n)
    while (root[above] != root[below]).any():
        a, b = root[above], root[below]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while (root != root[root]).any():
            root = root[root]
    return root


def boxes(row: np.ndarray, start: np.ndarray, stop: np.ndarray, number: np.ndarray) -> list[Box]:
    """The box of every component, from its runs and the component that each belongs to, (n,)."""
    n = number.max(initial=-1) + 1
    top, left = np.full((2, n), np.iinfo(np.int64).max)
    bottom, right = np.zeros((2, n), np.int64)
    np.minimum.at(top, number, row)
    np.minimum.at(left, number, start)
    np.maximum.at(bottom, number, row + 1)
    np.maximum.at(right, number, stop)
    area = np.bincount(number, stop - start, n).astype(int)
    return [Box(*map(int, each)) for each in zip(top, left, bottom, right, area, strict=True)]
