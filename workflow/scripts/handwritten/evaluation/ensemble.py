"""Several models predict together, by the mean of their probabilities, and fewer errors remain.

Their errors differ, so that in the mean some of them cancel. Hansen and Salamon 1990, "Neural
network ensembles".
"""

import numpy as np


def mean_probabilities(members: list[np.ndarray]) -> np.ndarray:
    """The mean (n, classes) of the members' probabilities (n, classes), summed in float64."""
    return np.array(members).mean(axis=0, dtype=np.float64).astype(np.float32)


def negative_log_likelihood(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each row's loss -log p_y (n,) in nats, for probabilities (n, classes) and labels (n,)."""
    return -log_probabilities(probabilities[np.arange(len(labels)), labels])


def log_probabilities(probabilities: np.ndarray) -> np.ndarray:
    """The natural logarithms of probabilities, in float64 and of the same shape.

    A probability of 0 was too small for float32; it counts as the smallest normal number, 1e-38.
    """
    return np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float32).tiny))
