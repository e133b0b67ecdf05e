"""Connected components, against a search pixel by pixel."""

import numpy as np
import pytest

from handwritten.pictures import components


def flooded(mask: np.ndarray) -> list[set[tuple[int, int]]]:
    """The components of a mask as sets of pixels, in the order of their first pixels."""
    left, found = set(zip(*map(np.ndarray.tolist, mask.nonzero()), strict=True)), []
    for pixel in sorted(left):
        if pixel not in left:
            continue
        left.discard(pixel)
        component, open_pixels = {pixel}, [pixel]
        while open_pixels:
            row, column = open_pixels.pop()
            around = {(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & left
            left -= around
            component |= around
            open_pixels += around
        found.append(component)
    return found


@pytest.mark.parametrize("density", [0, 0.2, 0.4, 0.6, 1])
def test_components_are_those_of_a_search_pixel_by_pixel(density):
    rng = np.random.default_rng(0)
    for shape in [(1, 1), (1, 9), (9, 1), (7, 8), (20, 30)]:
        mask = rng.random(shape) < density
        labels, boxes = components.label(mask)
        expected = flooded(mask)
        assert len(boxes) == len(expected)
        for number, (box, pixels) in enumerate(zip(boxes, expected, strict=True), 1):
            rows, columns = (labels == number).nonzero()
            assert set(zip(rows.tolist(), columns.tolist(), strict=True)) == pixels
            assert box == (min(rows), min(columns), max(rows) + 1, max(columns) + 1, len(pixels))


def test_a_spiral_is_one_component():
    side = 81
    mask = np.zeros((side, side), bool)
    for k in range(0, side // 2, 2):
        mask[k, max(0, k - 2) : side - k] = mask[k : side - k, side - k - 1] = True
        mask[side - k - 1, k : side - k] = mask[k + 2 : side - k, k] = True
    assert len(components.label(mask)[1]) == 1
