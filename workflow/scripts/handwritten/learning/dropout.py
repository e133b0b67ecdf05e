"""Dropout: random units are 0 in each batch, so that no unit can rely on a single other one."""

import numpy as np


class Dropout:
    """Drops each unit with probability `rate` and multiplies the others by 1 / (1 - rate).

    The expected sum that a layer receives stays the same, so nothing has to change when the trained
    network predicts. Srivastava and others 2014, "Dropout", section 10 (scaling while training).
    """

    rng: np.random.Generator  # to be set before the first call

    def __init__(self, rate: float, largest: int, dtype=np.float32):
        """`largest` is the size of the largest array to be masked."""
        self.rate = rate
        self.mask = np.empty(largest if rate else 0, dtype)

    def __call__(self, first: np.ndarray, *others: np.ndarray) -> None:
        """Multiply arrays of one shape by one new mask of 0 and 1 / (1 - rate), in place."""
        if not self.rate:
            return
        mask = self.mask[: first.size].reshape(first.shape)
        self.rng.random(out=mask, dtype=mask.dtype)
        np.greater_equal(mask, self.rate, out=mask)
        mask *= 1 / (1 - self.rate)
        for each in (first, *others):
            each *= mask
