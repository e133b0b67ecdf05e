"""All that is measured of predictions, where nothing but their probabilities is known."""

from typing import Any

from handwritten.evaluation import calibration, ensemble, metrics
from handwritten.evaluation.metrics import Split


def evaluate_splits(probabilities: Split, labels: Split, settings: Any) -> dict:
    """The errors and the calibration of predictions (n, classes) on dev and test.

    `settings` have `wrong_labels` and `accepted_error_rate`.
    """
    losses = {
        split: ensemble.negative_log_likelihood(p, labels[split])
        for split, p in probabilities.items()
    }
    errors = metrics.evaluate_splits(losses, probabilities, labels, settings.wrong_labels)
    rate = settings.accepted_error_rate
    return errors | calibration.evaluate_splits(probabilities, labels, rate)
