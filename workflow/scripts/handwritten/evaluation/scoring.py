"""All that is measured of predictions, where nothing but their probabilities is known."""

from typing import Any

from handwritten.evaluation import calibration, ensemble, metrics
from handwritten.evaluation.metrics import Split
from handwritten.randomness import generator


def evaluate_splits(probabilities: Split, labels: Split, settings: Any) -> dict:
    """The errors and the calibration of predictions (n, classes) on dev and test.

    `settings` have `wrong_labels`, `accepted_error_rate`, and the `bootstrap_seed`.
    """
    losses = {
        split: ensemble.negative_log_likelihood(p, labels[split])
        for split, p in probabilities.items()
    }
    errors = metrics.evaluate_splits(losses, probabilities, labels, settings.wrong_labels)
    return errors | calibrated_splits(probabilities, labels, settings)


def calibrated_splits(probabilities: Split, labels: Split, settings: Any) -> dict:
    """The calibration of predictions (n, classes) on dev and test, with intervals."""
    rng = generator(settings.bootstrap_seed, "bootstrap")
    return calibration.evaluate_splits(probabilities, labels, settings.accepted_error_rate, rng)
