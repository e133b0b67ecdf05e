"""How accurate are predictions, which errors occur, and how certain is that? No network here, only
counting."""

import math

import numpy as np

Z95 = 1.959963984540054  # standard deviations that hold the central 95% of a normal distribution

Split = dict[str, np.ndarray]  # an array for dev and one for test


def wilson_interval(successes: int, n: int) -> tuple[float, float]:
    """The 95% interval, within [0, 1], for a proportion of `successes` observed out of n > 0.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference". Unlike the
    textbook p ± 1.96 sqrt(p(1-p)/n), it is right for proportions near 1, where accuracies are.
    """
    p, z2 = successes / n, Z95 * Z95
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def score(correct: np.ndarray) -> dict:
    """Counts, accuracy and its 95% interval; `correct` (n,) says which predictions are right."""
    n, right = len(correct), int(correct.sum())
    return {
        "n": n,
        "errors": n - right,
        "accuracy": right / n,
        "wilson95": list(wilson_interval(right, n)),
    }


def confusion_matrix(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """Counts (classes, classes): a row for each true class, a column for each predicted one."""
    pairs = labels.astype(np.int64) * classes + predictions
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def row_normalised(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum (float64); a class that never occurs has a row of zeros."""
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


def class_scores(matrix: np.ndarray) -> list[dict]:
    """Precision, recall, F1 and support of every class of a confusion matrix.

    Of the images that are predicted to be of a class, precision is the share that are; of those
    that are of the class, recall is the share that are predicted to be. F1 is the harmonic mean of
    the two, and support the number of images of the class. None where the denominator is 0.
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
    """The most frequent errors: {"true", "predicted", "count"}, most frequent first."""
    errors = matrix - np.diag(np.diag(matrix))
    order = np.argsort(-errors, axis=None, kind="stable")[:count]
    pairs = [(int(i // len(matrix)), int(i % len(matrix))) for i in order]
    return [
        {"true": true, "predicted": predicted, "count": int(errors[true, predicted])}
        for true, predicted in pairs
        if errors[true, predicted]
    ]


def evaluate(losses: np.ndarray, probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """All metrics of one split: losses (n,) in nats, probabilities (n, classes), labels (n,)."""
    predictions, classes = probabilities.argmax(axis=1), probabilities.shape[1]
    matrix = confusion_matrix(labels, predictions, classes)
    return score(predictions == labels) | {
        "loss": float(losses.mean(dtype=np.float64)),
        "confusion_matrix": matrix.tolist(),
        "classes": class_scores(matrix),
        "most_confused": most_confused(matrix),
    }


def halves(correct: np.ndarray, labels: np.ndarray) -> dict | None:
    """The scores of the first and the second half: in MNIST they come from different writers. None
    for a single image, and for images in the order of their labels, whose halves have different
    classes."""
    middle = len(correct) // 2
    if not middle or (labels[:-1] <= labels[1:]).all():
        return None
    return {"first": score(correct[:middle]), "second": score(correct[middle:])}


def without(correct: np.ndarray, images: list[int]) -> dict | None:
    """The score of all but these images, or None if there are none to leave out."""
    return score(np.delete(correct, images)) if images else None


def evaluate_splits(losses: Split, probabilities: Split, labels: Split, wrong: list[int]) -> dict:
    """The entries "dev" and "test" of a run's metrics.

    Test also has the scores of its halves, and of all images but those whose label is known to be
    wrong, which are given by their numbers.
    """
    splits = {
        split: evaluate(losses[split], probabilities[split], labels[split])
        for split in ("dev", "test")
    }
    correct = probabilities["test"].argmax(axis=1) == labels["test"]
    splits["test"] |= {
        "halves": halves(correct, labels["test"]),
        "without_wrong_labels": without(correct, wrong),
    }
    return splits
