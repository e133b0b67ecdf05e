"""Are the probabilities right? Of all predictions with a confidence of 80%, are 80% correct?

Guo et al. 2017, "On calibration of modern neural networks": how far confidence and accuracy are
apart, and one number, the temperature, that brings them together. The confidence of a prediction is
the probability of the predicted class, which is the largest of its row.
"""

import math

import numpy as np

from handwritten.evaluation.ensemble import log_probabilities
from handwritten.evaluation.metrics import Split, score
from handwritten.learning import losses

BINS = 15  # of confidence, equally wide, as in the paper
RESAMPLES = 1000  # of the bootstrap
LOWEST, HIGHEST = 0.1, 10.0  # the range in which the temperature is searched
FEWEST = 5  # errors on dev: below, it does not show whether more confidence would be justified
HALVINGS = 60  # of that range, after which it is as narrow as floats allow
COVERAGES = range(100, 49, -1)  # percent


def evaluate_splits(
    probabilities: Split, labels: Split, accepted_error_rate: float, rng: np.random.Generator
) -> dict:
    """The entries "calibration", "answering" and "rejection" of a run's metrics.

    Like any setting, the temperature and the threshold for answering are chosen on dev, and what
    they are worth is measured on test. Where dev has too few errors for a temperature below 1, it
    is 1, and `too_few_errors` says so.
    """
    p, y = probabilities["test"], labels["test"]
    T = temperature(probabilities["dev"], labels["dev"])
    errors = np.count_nonzero(probabilities["dev"].argmax(axis=1) != labels["dev"])
    if too_few := bool(errors < FEWEST and T < 1):
        T = 1.0
    z = log_probabilities(p) / T
    loss = float(losses.cross_entropy(z, y).mean())
    calibrated = {split: at_temperature(each, T) for split, each in probabilities.items()}
    limit = threshold(calibrated["dev"], labels["dev"], accepted_error_rate)
    return {
        "calibration": {
            "temperature": T,
            "temperature_range": [LOWEST, HIGHEST],
            "too_few_errors": too_few and FEWEST,
            "test": with_interval(p, y, rng),
            "test_at_temperature": with_interval(losses.softmax(z), y, rng) | {"loss": loss},
        },
        "answering": {"accepted_error_rate": accepted_error_rate, "threshold": limit}
        | {split: answered(calibrated[split], labels[split], limit) for split in ("dev", "test")},
        "rejection": rejection(calibrated["test"], y),
    }


def at_temperature(probabilities: np.ndarray, T: float) -> np.ndarray:
    """The probabilities (n, classes) that softmax gives for the logits divided by T."""
    return losses.softmax(log_probabilities(probabilities) / T)


def threshold(probabilities: np.ndarray, labels: np.ndarray, error_rate: float) -> float | None:
    """The smallest confidence from which on at most this share of the predictions is wrong.

    Probabilities are (n, classes), labels (n,). It lies between the confidences of two images, and
    is 0 where all predictions may be accepted. None: there is no such confidence.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    descending = confidence[order]
    wrong = np.cumsum(probabilities.argmax(axis=1)[order] != labels[order])
    below = np.append(descending[1:], -descending[-1])
    fits = (wrong <= error_rate * np.arange(1, len(labels) + 1)) & (below < descending)
    if not fits.any():
        return None
    last = np.flatnonzero(fits)[-1]
    return float((descending[last] + below[last]) / 2)


def answered(probabilities: np.ndarray, labels: np.ndarray, limit: float | None) -> dict:
    """How many of n images have at least this confidence, and how many errors are among them."""
    accepted = probabilities.max(axis=1) >= (np.inf if limit is None else limit)
    wrong = probabilities.argmax(axis=1) != labels
    return {
        "n": len(labels),
        "accepted": int(accepted.sum()),
        "errors": int((wrong & accepted).sum()),
    }


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """{"ece", "bins"} of probabilities (n, classes) for labels (n,).

    The expected calibration error (ECE) is the mean distance between accuracy and confidence over
    the bins, weighted by their shares of the predictions. A bin holds the predictions whose
    confidence is above its lower end and at most its upper end. An empty bin has None for accuracy
    and confidence.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == labels
    number = bin_numbers(confidence)
    bins = [one_bin(confidence[number == k], correct[number == k]) for k in range(BINS)]
    distances = [b["n"] * abs(b["accuracy"] - b["confidence"]) for b in bins if b["n"]]
    return {"ece": math.fsum(distances) / len(labels), "bins": bins}


def with_interval(probabilities: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> dict:
    """What `reliability` returns, and "ece_interval", the ends of a 95% interval for the ECE."""
    found = ece_interval([probabilities], labels, rng)
    return reliability(probabilities, labels) | {"ece_interval": [found["low"], found["high"]]}


def ece_interval(models: list[np.ndarray], labels: np.ndarray, rng: np.random.Generator) -> dict:
    """{"mean", "low", "high"}: the mean ECE of models' probabilities (n, classes), and a 95%
    interval for it from the bootstrap over the images, which are the same for all models.

    Chance adds to the ECE whatever its sign is, so that of a sample is too large on average, and
    that of a bootstrap sample once more. The upper end is therefore the quantile of the bootstrap,
    and the lower end as far below the mean, but at least 0.
    """
    gaps = [gap_by_bin(p, labels) for p in models]
    counts = rng.multinomial(len(labels), np.full(len(labels), 1 / len(labels)), size=RESAMPLES)
    drawn = np.mean([np.abs(counts @ gap).sum(axis=1) for gap in gaps], axis=0) / len(labels)
    mean = np.mean([np.abs(gap.sum(axis=0)).sum() for gap in gaps]) / len(labels)
    high = max(mean, np.quantile(drawn, 0.975))
    return {"mean": float(mean), "low": float(max(0, 2 * mean - high)), "high": float(high)}


def gap_by_bin(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """How far each image is right beyond its confidence, in the column of its bin (n, BINS)."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    gaps = np.zeros((len(labels), BINS))
    correct = probabilities.argmax(axis=1) == labels
    gaps[np.arange(len(labels)), bin_numbers(confidence)] = correct - confidence
    return gaps


def bin_numbers(confidence: np.ndarray) -> np.ndarray:
    """The bin, from 0, of each confidence (n,)."""
    return np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)


def one_bin(confidence: np.ndarray, correct: np.ndarray) -> dict:
    """The score of the predictions in one bin, and the mean of their confidence (n,)."""
    if not len(correct):
        return {"n": 0, "errors": 0, "accuracy": None, "wilson95": None, "confidence": None}
    return score(correct) | {"confidence": float(confidence.mean())}


# A temperature T divides the logits: softmax(z / T). Above 1 it lowers the confidence of all
# predictions, below 1 it raises it, and it never changes the predicted class. The logits themselves
# are not needed. Since log p_k = z_k - log(sum_j exp(z_j)), the same number is subtracted from all
# logits of a row, and
#
#   p_k^(1/T) / sum_j p_j^(1/T) = exp(log p_k / T) / sum_j exp(log p_j / T) = softmax(z / T)_k
#
# so log p can take the place of z, also if p is a mean over an ensemble and there is no z. Which T
# is best? With s = log p and b = 1/T, the loss of a row and its derivative are
#
#   J(b) = log(sum_k exp(b s_k)) - b s_y          dJ/db = sum_k q_k s_k - s_y,  q = softmax(b s)
#
# and the second derivative is the variance of s under q, which is never negative: J is convex, and
# its derivative increases with b. The best T is where the mean derivative changes its sign, which
# bisection finds.
def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature from LOWEST to HIGHEST that minimises the mean cross-entropy.

    Probabilities are (n, classes), labels (n,). If all predictions are right, more confidence
    always helps, and the result is LOWEST; if they are worse than guessing, it is HIGHEST.
    """
    s = log_probabilities(probabilities)
    if derivative(s, labels, LOWEST) < 0:
        return LOWEST
    if derivative(s, labels, HIGHEST) > 0:
        return HIGHEST
    low, high = LOWEST, HIGHEST
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        if derivative(s, labels, middle) < 0:  # a larger 1/T, so a smaller T, lowers the loss
            high = middle
        else:
            low = middle
    return high


def derivative(s: np.ndarray, labels: np.ndarray, T: float) -> float:
    """The mean dJ/d(1/T) over rows, for log probabilities s (n, classes) and labels (n,)."""
    expected = (losses.softmax(s / T) * s).sum(axis=1)
    return float((expected - s[np.arange(len(s)), labels]).mean())


def rejection(probabilities: np.ndarray, labels: np.ndarray) -> list[dict]:
    """The scores of the most confident 100%, 99%, … 50% of the predictions.

    Probabilities are (n, classes), labels (n,). `coverage` is the share, rounded down to n images
    but at least one, and `threshold` the lowest confidence among them. Of two images with the same
    confidence the earlier one comes first.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    correct = (probabilities.argmax(axis=1) == labels)[order]
    rows = []
    for percent in COVERAGES:
        n = max(1, len(labels) * percent // 100)
        threshold = {"threshold": float(confidence[order[n - 1]])}
        rows.append({"coverage": percent / 100} | score(correct[:n]) | threshold)
    return rows
