"""Where runs err, on the page: confusion matrices as table cells, and the figures on trust."""

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


def trust(runs: list[dict], examples: dict[str, np.ndarray]) -> dict[str, str]:
    """The figures of calibration, rejection and robustness, as SVG by their names.

    A run has its `name`, `metrics` and `robustness`; `examples` are as for `figures.robustness`.
    """
    drawn = {
        "reliability": figures.reliability({r["name"]: r["metrics"]["calibration"] for r in runs}),
        "rejection": figures.rejection({r["name"]: r["metrics"]["rejection"] for r in runs}),
        "robustness": figures.robustness({r["name"]: r["robustness"] for r in runs}, examples),
    }
    return {name: figures.apart(svg, f"trust-{name}") for name, svg in drawn.items()}
