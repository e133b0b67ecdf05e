"""The test set's confusion matrix of one run: as a table of counts, of shares, and as a figure."""

import numpy as np

from handwritten.artifacts.writing import open_artifact
from handwritten.evaluation import metrics
from handwritten.io import files
from handwritten.page import confusion_matrix_figure
from handwritten.settings import settings_of

classes = settings_of(snakemake).classes
with open_artifact(snakemake) as artifact:
    counts = np.array(files.read_json(snakemake.input.metrics)["test"]["confusion_matrix"])
    shares = metrics.row_normalised(counts)
    for name, matrix in {"confusion_matrix": counts, "row_normalised": shares}.items():
        rows = [
            {"true": f"true {label}"}
            | {f"predicted {other}": cell for other, cell in zip(classes, row, strict=True)}
            for label, row in zip(classes, matrix.tolist(), strict=True)
        ]
        artifact.table(f"{name}.csv", rows)
    artifact.text("confusion_matrix.svg", confusion_matrix_figure.to_svg(counts, shares, classes))
    artifact.log(f"{counts.sum() - np.trace(counts)} of {counts.sum():,} off the diagonal")
