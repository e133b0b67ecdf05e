"""Do the probabilities mean what they say? Of all answers given with 80%, are 80% right?

Guo and others 2017, "On calibration of modern neural networks": how far confidence and accuracy lie
apart, and one number, the temperature, that brings them together. The confidence of an answer is
the probability of the class answered, the largest of its row.
"""

import math

import numpy as np

from handwritten.evaluation.ensemble import logarithms
from handwritten.evaluation.metrics import scored
from handwritten.learning import losses

BINS = 15  # of confidence, equally wide, as in the paper
COOLEST, HOTTEST = 0.1, 10.0  # between these a temperature is looked for
HALVINGS = 60  # of that range, after which it is as narrow as floats allow
PERCENT_ANSWERED = range(100, 49, -1)


def of_both_splits(probabilities: dict, labels: dict) -> dict:
    """The entries "calibration" and "rejection" of a run's metrics; arguments hold dev and test.

    The temperature is fitted on dev, and what it does is measured on test, as with any setting.
    """
    p, y = probabilities["test"], labels["test"]
    T = temperature(probabilities["dev"], labels["dev"])
    z = logarithms(p) / T
    loss = float(losses.cross_entropy(z, y).mean())
    return {
        "calibration": {
            "temperature": T,
            "temperature_range": [COOLEST, HOTTEST],
            "test": reliability(p, y),
            "test_at_temperature": reliability(losses.softmax(z), y) | {"loss": loss},
        },
        "rejection": rejection(p, y),
    }


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """{"ece", "bins"} of probabilities (n, classes) for labels (n,).

    The expected calibration error is the mean distance of accuracy from confidence over the bins,
    each weighed with its share of the answers. A bin holds the answers with a confidence above its
    lower and up to its upper end; one that holds none has None for accuracy and confidence.
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    correct = probabilities.argmax(axis=1) == labels
    number = np.clip(np.ceil(confidence * BINS).astype(int) - 1, 0, BINS - 1)
    bins = [one_bin(confidence[number == k], correct[number == k]) for k in range(BINS)]
    distances = [b["n"] * abs(b["accuracy"] - b["confidence"]) for b in bins if b["n"]]
    return {"ece": math.fsum(distances) / len(labels), "bins": bins}


def one_bin(confidence: np.ndarray, correct: np.ndarray) -> dict:
    """`scored` for the answers of one bin, and the mean of their confidence (n,); n may be 0."""
    if not len(correct):
        return {"n": 0, "errors": 0, "accuracy": None, "wilson95": None, "confidence": None}
    return scored(correct) | {"confidence": float(confidence.mean())}


# A temperature T divides the logits: softmax(z / T). Above 1 it makes all answers less sure, below
# 1 surer, and it changes none of them. The logits themselves are not needed. As
# log p_k = z_k - log(sum_j exp(z_j)), with one and the same number subtracted in the whole row,
#
#   p_k^(1/T) / sum_j p_j^(1/T) = exp(log p_k / T) / sum_j exp(log p_j / T) = softmax(z / T)_k
#
# so log p may stand for z, also where p is a mean over an ensemble and there is no z. Which T is
# best? With s = log p and b = 1/T the loss of a row and its slope are
#
#   J(b) = log(sum_k exp(b s_k)) - b s_y          dJ/db = sum_k q_k s_k - s_y,  q = softmax(b s)
#
# and the slope's own slope is the variance of s under q, which is never negative: J is convex, its
# slope only ever grows. The best T is where the mean slope changes its sign, and that is found by
# halving a range over and over.
def temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """The temperature from COOLEST to HOTTEST that makes the mean cross-entropy smallest.

    Probabilities are (n, classes), labels (n,). Where all answers are right, more certainty always
    helps, and the result is COOLEST; where they are worse than guessing, it is HOTTEST.
    """
    s = logarithms(probabilities)
    if slope(s, labels, COOLEST) < 0:
        return COOLEST
    if slope(s, labels, HOTTEST) > 0:
        return HOTTEST
    low, high = COOLEST, HOTTEST
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        if slope(s, labels, middle) < 0:  # a larger 1/T, so a smaller T, would have less loss
            high = middle
        else:
            low = middle
    return high


def slope(s: np.ndarray, labels: np.ndarray, T: float) -> float:
    """dJ/d(1/T), the mean over rows, for log probabilities s (n, classes) and labels (n,)."""
    expected = (losses.softmax(s / T) * s).sum(axis=1)
    return float((expected - s[np.arange(len(s)), labels]).mean())


def rejection(probabilities: np.ndarray, labels: np.ndarray) -> list[dict]:
    """What is gained by answering only when sure: `scored` for the surest 100%, 99%, … 50%.

    Probabilities are (n, classes), labels (n,). `answered` is the share asked for, rounded down to
    n images, at least one, and `threshold` the least confidence among them. Of equal confidences
    the earlier image counts as surer.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence, kind="stable")
    correct = (probabilities.argmax(axis=1) == labels)[order]
    found = []
    for percent in PERCENT_ANSWERED:
        n = max(1, len(labels) * percent // 100)
        threshold = {"threshold": float(confidence[order[n - 1]])}
        found.append({"answered": percent / 100} | scored(correct[:n]) | threshold)
    return found
