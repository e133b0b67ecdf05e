"""The loss: how wrong is the network, and how does that change with its logits?

Softmax turns the last layer's numbers z (the logits) into probabilities, cross-entropy scores the
probability given to the right class:

    p_k = exp(z_k) / sum_j exp(z_j)              J = -log p_y = log(sum_j exp(z_j)) - z_y

Together they have the simplest of gradients. With y one-hot (1 at the right class, else 0):

    dJ/dz_k = exp(z_k) / sum_j exp(z_j) - y_k = p_k - y_k

Both stay exact for logits of any size: subtracting the row's largest logit changes neither p nor J
(numerator and denominator shrink alike), leaves exp nothing above exp(0) = 1 to overflow on, and
the logarithm is of a sum that holds that 1, so it never sees 0.
"""

import numpy as np


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities (n, classes) for logits z (n, classes); every row sums to 1."""
    p = np.exp(z - z.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def cross_entropy(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each row's loss J (n,) in nats, for logits z (n, classes) and labels (n,) of integers."""
    shifted = z - z.max(axis=1, keepdims=True)
    return np.log(np.exp(shifted).sum(axis=1)) - shifted[np.arange(len(z)), labels]


def targets(labels: np.ndarray, classes: int, smoothing: float, dtype) -> np.ndarray:
    """The target probabilities y (n, classes): 1 for the right class, else 0.

    With label smoothing a fraction of the 1 is spread over all classes, so that the network is not
    trained to be certain. Szegedy and others 2016, section 7.
    """
    y = np.full((len(labels), classes), smoothing / classes, dtype)
    y[np.arange(len(labels)), labels] += 1 - smoothing
    return y


def least_loss(classes: int, smoothing: float) -> float:
    """The loss of the best possible probabilities, p = y: the entropy of smoothed labels, or 0."""
    y = targets(np.array([0]), classes, smoothing, np.float64)
    return float(-np.sum(y * np.log(y, where=y > 0, out=np.zeros_like(y))))


def softmax_cross_entropy(
    z: np.ndarray, y: np.ndarray, delta: np.ndarray, column: np.ndarray
) -> float:
    """The sum of the rows' losses -sum_k y_k log p_k; fills `delta` with their gradient p - y.

    z, y and delta are (n, classes), rows of y sum to 1; `column` (n, 1) is scratch. As
    log p_k = z_k - log(sum_j exp(z_j)), a row's loss is log(sum_j exp(z_j)) - sum_k y_k z_k.
    """
    z.max(axis=1, keepdims=True, out=column)
    np.subtract(z, column, out=delta)
    of_target = np.einsum("nk,nk->", y, delta)
    np.exp(delta, out=delta)
    delta.sum(axis=1, keepdims=True, out=column)
    delta /= column
    delta -= y
    return float(np.log(column, out=column).sum() - of_target)
