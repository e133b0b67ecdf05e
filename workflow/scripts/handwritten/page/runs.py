"""The runs that the report shows, each with the files that it left."""

from itertools import islice
from typing import Any

import numpy as np

from handwritten.evaluation import health
from handwritten.evaluation.calibration import at_temperature
from handwritten.io import files
from handwritten.learning import batches
from handwritten.page import confusion_matrix_figure, embedding
from handwritten.settings import Settings


def load(described: list[dict], inputs, test: dict[str, np.ndarray]) -> list[dict]:
    """Each run's description with its results. `inputs` are those of the report's rule, `test` has
    the test images x (n, pixels) and their labels y (n,)."""
    histories, first_layers = iter(inputs.history), iter(inputs.first_layer)
    records, models = iter(inputs.provenance), iter(inputs.model)
    runs = []
    for i, run in enumerate(described):
        members = len(run["models"])
        metrics = files.read_json(inputs.metrics[i])
        model, *_ = islice(models, members)
        probabilities = files.read_arrays(inputs.probabilities[i])["test"]
        calibrated = at_temperature(probabilities, metrics["calibration"]["temperature"])
        wrong = calibrated[calibrated.argmax(axis=1) != test["y"]].max(axis=1)
        results = {
            "metrics": metrics,
            "warnings": health.warnings(metrics),
            "matrix": confusion_matrix_figure.cells(metrics["test"]["confusion_matrix"]),
            "probabilities": probabilities,
            "calibrated": calibrated,
            "out_of_distribution": files.read_json(inputs.out_of_distribution[i]),
            "adversarial_images": files.read_json(inputs.adversarial_images[i]),
            "most_confident_error": float(wrong.max()) if len(wrong) else None,
            "robustness": files.read_json(inputs.robustness[i])["corruptions"],
            "provenance": [files.read_json(path) for path in islice(records, members)],
            "history": None if run["ensemble"] else files.read_table(next(histories)),
            "first_layer": None if run["ensemble"] else files.read_arrays(next(first_layers)),
        }
        runs.append(run | results | embedding.embedded_network(run, metrics, model, test["x"]))
    return runs


def is_distorted(run: dict) -> bool:
    """Whether a run's networks were trained on distorted images."""
    return batches.is_distorted(training_settings(run))


def ends_undistorted(run: dict) -> bool:
    """Whether a run was trained on distorted images, but not in the last epoch of its history."""
    settings, epochs = training_settings(run), len(run["history"])
    return batches.is_distorted(settings) and not batches.distorts(epochs - 1, settings)


def training_settings(run: dict) -> Any:
    """The settings that a run's networks were trained with."""
    return Settings(**run["provenance"][0]["made_from"]["settings"])


def figure_data(runs: list[dict], key: str) -> dict:
    """What each run has under a key, by the run's name; runs without are left out."""
    return {run["name"]: run[key] for run in runs if run[key] is not None}
