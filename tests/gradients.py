"""The assertion on gradients: it shows both where they differ most."""

import numpy as np

from handwritten.learning.gradient_check import BOUND, relative_error


def assert_gradients_agree(analytic, numeric):
    """Their relative error, over the whole vector, is below the bound; a failure shows both."""
    error, worst = relative_error(analytic, numeric), np.abs(analytic - numeric).argmax()
    assert error < BOUND, (
        f"relative error {error:.2e}; worst at {worst}: "
        f"analytic {analytic.flat[worst]:.12g}, numeric {numeric.flat[worst]:.12g}"
    )
