"""How good is it, where does it err, and how sure may we be of that? Pure counting, no network."""

import math

import numpy as np

Z95 = 1.959963984540054  # the normal distribution's central 95% lies within this many deviations


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95% interval for a proportion seen as `successes` out of n > 0; ends within [0, 1].

    Wilson 1927, "Probable inference, the law of succession, and statistical inference". Unlike the
    textbook p +- 1.96 sqrt(p(1-p)/n), it is right for proportions near 1, where accuracies are.
    """
    p, z2 = successes / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def scored(correct: np.ndarray) -> dict:
    """Counts, accuracy and its interval, for an array (n,) of booleans: answered rightly or not."""
    n, right = len(correct), int(correct.sum())
    return {
        "n": n,
        "errors": n - right,
        "accuracy": right / n,
        "wilson95": list(wilson_interval(right, n)),
    }


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): row is the true class, column the predicted one."""
    pairs = labels.astype(np.int64) * classes + predictions
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def row_normalised(matrix: np.ndarray) -> np.ndarray:
    """Each row as shares of its sum (float64); a class that never occurs gives a row of zeros."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def class_scores(matrix: np.ndarray) -> list[dict]:
    """Precision, recall, F1 and support of every class of a confusion matrix.

    precision = right / predicted as this class, recall = right / truly of this class, F1 their
    harmonic mean; None where the denominator is 0.
    """
    right, predicted, support = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    return [
        {
            "precision": share(right[c], predicted[c]),
            "recall": share(right[c], support[c]),
            "f1": share(2 * right[c], predicted[c] + support[c]),
            "support": int(support[c]),
        }
        for c in range(len(matrix))
    ]


def share(part: int, whole: int) -> float | None:
    """part / whole, or None for a share of nothing."""
    return float(part / whole) if whole else None


def most_confused(matrix: np.ndarray, count: int = 10) -> list[dict]:
    """The most frequent mistakes: {"true", "predicted", "count"}, most frequent first."""
    errors = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-errors, axis=None, kind="stable")[:count]
    pairs = [(int(i // len(matrix)), int(i % len(matrix))) for i in order]
    return [
        {"true": true, "predicted": predicted, "count": int(errors[true, predicted])}
        for true, predicted in pairs
        if errors[true, predicted]
    ]


def evaluated(losses: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """All figures of one split: losses (n,) in nats, probabilities (n, classes), labels (n,)."""
    predictions, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    matrix = confusion_matrix(labels, predictions, classes)
    return scored(predictions == labels) | {
        "loss": float(losses.mean(dtype=np.float64)),
        "confusion_matrix": matrix.tolist(),
        "classes": class_scores(matrix),
        "most_confused": most_confused(matrix),
    }


def halves(correct: np.ndarray) -> dict:
    """`scored` for the first and the second half apart: MNIST's come from different writers."""
    middle = len(correct) // 2
    return {"first": scored(correct[:middle]), "second": scored(correct[middle:])}


def without(correct: np.ndarray, images: list[int]) -> dict | None:
    """`scored` for all but these images, or None where there are none to leave out."""
    return scored(np.delete(correct, images)) if images else None


def of_both_splits(
    losses: dict, probabilities: dict, labels: dict, wrong_labels: list[int]
) -> dict:
    """`evaluated` for dev and for test, the first three arguments holding one array a split; the
    halves of test, and test without the images whose labels are known to be wrong."""
    facts = {
        split: evaluated(losses[split], probabilities[split], labels[split])
        for split in ("dev", "test")
    }
    correct = probabilities["test"].argmax(axis=1) == labels["test"]
    facts["test"]["halves"] = halves(correct)
    facts["test"]["without_wrong_labels"] = without(correct, wrong_labels)
    return facts
