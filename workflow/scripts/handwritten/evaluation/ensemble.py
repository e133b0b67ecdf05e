"""Several models answer together: their mistakes differ, and in the mean of their answers some go.

Hansen and Salamon 1990, "Neural network ensembles".
"""

import numpy as np


def averaged(members: list[np.ndarray]) -> np.ndarray:
    """The mean (n, classes) of the members' probabilities (n, classes), summed in float64."""
    return np.array(members).mean(axis=0, dtype=np.float64).astype(np.float32)


def surprise(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each row's loss -log p_y (n,) in nats, for probabilities (n, classes) and labels (n,)."""
    return -logarithms(probabilities[np.arange(len(labels)), labels])


def logarithms(probabilities: np.ndarray) -> np.ndarray:
    """The natural logarithms of probabilities, in float64 and of the same shape.

    A p of 0, too small for float32, counts as the smallest normal number, about 1e-38.
    """
    return np.log(np.maximum(probabilities.astype(np.float64), np.finfo(np.float32).tiny))
