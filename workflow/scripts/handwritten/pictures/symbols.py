"""Which components of a picture are symbols, and in which order they are read.

A symbol may consist of several components: the bar of a 5, a broken stroke, the dot of an i. So
the components are taken by size, the largest first, and each joins the nearest symbol so far, or
begins another one, or is left out as a speck. Lengths and areas are compared with those of the
largest component, so it does not matter how large the picture is.
"""

from typing import NamedTuple

import numpy as np

from handwritten.pictures.components import Box

SPECK = 0.05  # of the largest area: what is smaller is a speck
PIECE = 0.15  # of the largest area: what is smaller and belongs to no symbol is a speck too
SHORT = 0.5  # of the largest height: what is shorter and near a symbol is a piece of it
NEAR = 0.15  # of the largest height
OVERLAP = 0.5  # of its width: what is above or below a symbol with this much is a piece of it
HOLLOW = 0.25  # of its box's area: a frame covers less
WRITTEN = 6  # of the square on a frame's line: what is inside has a larger area
MOST = 500  # components beside specks: more are not writing


class TooManyError(ValueError):
    """A picture with more parts than writing has."""


class Symbol(NamedTuple):
    """A symbol: its box, and the indices of its components."""

    box: Box
    members: list[int]


class Sorted(NamedTuple):
    """The symbols among the components in reading order, and how many others there are."""

    symbols: list[Symbol]
    specks: int
    frames: int


def sort_out(boxes: list[Box], single: bool = False) -> Sorted:
    """The components of a picture, at least one, as symbols, specks and frames.

    `single` takes all that is not a speck or a frame as one symbol. TooManyError: this is not
    writing.
    """
    by_area = sorted(range(len(boxes)), key=lambda i: -boxes[i].area)
    first = next(n for n, i in enumerate(by_area) if not is_frame(boxes[i], boxes))
    largest = boxes[by_area[first]]
    sizeable = [i for i in by_area[first:] if boxes[i].area >= SPECK * largest.area]
    if len(sizeable) > MOST:
        raise TooManyError(
            f"{len(sizeable):,} separate parts are on it; expected at most {MOST}: choose a "
            "picture of writing alone, or crop it"
        )
    inside = [i for i in sizeable if not is_frame(boxes[i], boxes)]
    symbols: list[Symbol] = []
    specks = len(boxes) - first - len(sizeable)
    for i in inside:
        near = nearest(boxes[i], symbols)
        if near is not None and (single or belongs(boxes[i], symbols[near].box, largest)):
            symbols[near] = joined(symbols[near], boxes[i], i)
        elif near is not None and boxes[i].area < PIECE * largest.area:
            specks += 1
        else:
            symbols.append(Symbol(boxes[i], [i]))
    return Sorted(in_reading_order(symbols), specks, first + len(sizeable) - len(inside))


def is_frame(box: Box, others: list[Box]) -> bool:
    """Whether a component is hollow, and more is inside than a speck as wide as its lines."""
    if box.area >= HOLLOW * box.height * box.width:
        return False
    thickness = box.area / (2 * (box.height + box.width))
    return any(
        other.area > WRITTEN * thickness**2
        and box.top < other.top
        and box.left < other.left
        and other.bottom < box.bottom
        and other.right < box.right
        for other in others
    )


def belongs(box: Box, symbol: Box, largest: Box) -> bool:
    """Whether a component is a piece of a symbol, which is not smaller."""
    near = NEAR * largest.height
    down, across = gaps(box, symbol)
    if down > near:
        return False
    return -across > OVERLAP * box.width or (across < near and box.height < SHORT * largest.height)


def gaps(box: Box, other: Box) -> tuple[int, int]:
    """How many rows and columns are between two boxes; below 0, how many they share."""
    down = max(box.top, other.top) - min(box.bottom, other.bottom)
    across = max(box.left, other.left) - min(box.right, other.right)
    return down, across


def nearest(box: Box, symbols: list[Symbol]) -> int | None:
    """The index of the symbol nearest to a box; of several that it overlaps, the one it shares
    most with."""

    def distance(i: int) -> tuple[float, int]:
        down, across = gaps(box, symbols[i].box)
        return float(np.hypot(max(0, down), max(0, across))), max(down, across)

    return min(range(len(symbols)), key=distance, default=None)


def joined(symbol: Symbol, box: Box, member: int) -> Symbol:
    """The symbol together with another component."""
    old = symbol.box
    corner = min(old.top, box.top), min(old.left, box.left)
    opposite = max(old.bottom, box.bottom), max(old.right, box.right)
    return Symbol(Box(*corner, *opposite, old.area + box.area), [*symbol.members, member])


def in_reading_order(symbols: list[Symbol]) -> list[Symbol]:
    """The symbols line by line from the top, and from left to right.

    A symbol is on a line if its middle is between top and bottom of the line's last one so far, so
    lines may slope.
    """
    lines: list[list[Symbol]] = []
    for symbol in sorted(symbols, key=lambda symbol: symbol.box.left):
        middle = (symbol.box.top + symbol.box.bottom) / 2
        on = [line for line in lines if line[-1].box.top <= middle < line[-1].box.bottom]
        if on:
            on[0].append(symbol)
        else:
            lines.append([symbol])
    lines.sort(key=lambda line: np.mean([symbol.box.top + symbol.box.bottom for symbol in line]))
    return [symbol for line in lines for symbol in line]
