"""The assertion on gradients: it shows both where they differ most."""

from handwritten.learning.gradient_check import BOUND, deviation


def assert_gradients_agree(analytic, numeric):
    """Their difference, over the whole vector, is below the bound; a failure shows both."""
    found = deviation(analytic, numeric)
    assert found["error"] < BOUND, found
