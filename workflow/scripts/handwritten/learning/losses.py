"""How wrong is the network, and in which direction is it less so?

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


def softmax_cross_entropy(
    z: np.ndarray, labels: np.ndarray, delta: np.ndarray, smoothing: float = 0.0
) -> float:
    """The sum of the rows' losses; fills `delta` (n, classes) with their gradient p - y.

    With label smoothing y is not 1 and 0: a share `smoothing` of the 1 is spread over all classes,
    so that the network is never asked to be certain. Szegedy and others 2016, section 7.
    """
    rows = np.arange(len(z))
    np.subtract(z, z.max(axis=1, keepdims=True), out=delta)
    wanted = (1 - smoothing) * delta[rows, labels]
    if smoothing:
        wanted += smoothing * delta.mean(axis=1)
    np.exp(delta, out=delta)
    total = delta.sum(axis=1, keepdims=True)
    delta /= total
    if smoothing:
        delta -= smoothing / z.shape[1]
    delta[rows, labels] -= 1 - smoothing
    return float(np.log(total).sum() - wanted.sum())
