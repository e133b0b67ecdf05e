"""Central differences, the referee for every gradient in this project."""

import numpy as np


def numeric_gradient(loss, vector, step=1e-6):
    """dloss/dvector, shaped like vector: (loss(v + h) - loss(v - h)) / 2h, entry by entry."""
    gradient = np.empty_like(vector)
    for i in range(vector.size):
        kept = vector.flat[i]
        vector.flat[i] = kept + step
        above = loss()
        vector.flat[i] = kept - step
        below = loss()
        vector.flat[i] = kept
        gradient.flat[i] = (above - below) / (2 * step)
    return gradient


def assert_gradients_agree(analytic, numeric, bound=1e-7):
    """|a - n| / (|a| + |n|), over the whole vector, is below the bound; a failure shows both."""
    scale = np.linalg.norm(analytic) + np.linalg.norm(numeric)
    error = np.linalg.norm(analytic - numeric) / scale
    worst = np.abs(analytic - numeric).argmax()
    assert error < bound, (
        f"relative error {error:.2e}; worst at {worst}: "
        f"analytic {analytic.flat[worst]:.12g}, numeric {numeric.flat[worst]:.12g}"
    )
