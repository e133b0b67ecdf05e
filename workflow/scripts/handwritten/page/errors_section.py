"""Where a run errs, on the page: its confusion matrix as the cells of a table."""

import numpy as np

from handwritten.evaluation import metrics
from handwritten.page import figures


def cells(counts: list[list[int]]) -> list[list[dict]]:
    """The rows of a confusion matrix, rows true, columns predicted; a cell is a dictionary.

    It holds the `count`, the `share` of the true class, and how strong its colour is, from 0 to 1.
    """
    shares = metrics.row_normalised(np.array(counts))
    strengths = figures.strengths(shares)
    return [
        [
            {"count": count, "share": share, "strength": strength}
            for count, share, strength in zip(*row, strict=True)
        ]
        for row in zip(counts, shares.tolist(), strengths.tolist(), strict=True)
    ]
