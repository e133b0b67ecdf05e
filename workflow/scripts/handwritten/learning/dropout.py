"""Some units silent in every batch, others in the next: none may lean on one neighbour alone."""

import numpy as np


class Dropout:
    """Silences each unit with probability `share` and scales the others by 1 / (1 - share).

    The expected sum that a layer receives stays what it is, so nothing changes when the trained
    network answers. Srivastava and others 2014, "Dropout", section 10 (scaled while training).
    """

    def __init__(self, share: float, largest: int, dtype=np.float32):
        """`largest` is the size of the largest array handed over. Set `rng` before the first."""
        self.share = share
        self.mask = np.empty(largest if share else 0, dtype)
        self.rng = None

    def __call__(self, first: np.ndarray, *others: np.ndarray) -> None:
        """Multiply arrays of one shape by one new mask of 0 and 1 / (1 - share), in place."""
        if not self.share:
            return
        mask = self.mask[: first.size].reshape(first.shape)
        self.rng.random(out=mask, dtype=mask.dtype)
        np.greater_equal(mask, self.share, out=mask)
        mask *= 1 / (1 - self.share)
        for each in (first, *others):
            each *= mask
