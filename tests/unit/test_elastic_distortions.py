"""The elastic field of distortions: its smoothness, its covariance, its size."""

import numpy as np
import pytest
from test_augmentation import OBLONG, OFF, SQUARE, many_weights

from handwritten.learning.augmentation import Augmentation, blur, elastic_patterns


def smoothed(line, sigma, reach):
    """A line of noise through NumPy's own convolution with a Gaussian that sums to 1."""
    kernel = np.exp(-(np.arange(-reach, reach + 1) ** 2) / (2 * sigma**2))
    return np.convolve(line, kernel / kernel.sum(), mode="valid")


@pytest.mark.parametrize("sigma", [1, 1.5, 5])
def test_blur_is_a_convolution(sigma):
    B = blur(9, sigma)
    reach = (B.shape[1] - 9) // 2
    assert reach >= 4 * sigma
    line = np.random.default_rng(8).random(B.shape[1])
    # Both leave out what is further than 4 sigma, blur only what is beyond the line's ends.
    np.testing.assert_allclose(B @ line, smoothed(line, sigma, reach), rtol=1e-4)


@pytest.mark.parametrize("shape", [(28, 28), (9, 14)])
@pytest.mark.parametrize("sigma", [1, 2, 5])
def test_patterns_have_the_covariance_of_smoothed_noise(shape, sigma):
    """Of B N C^T with independent N of variance v: v (B B^T) x (C C^T), for each pair of pixels."""
    patterns = elastic_patterns(shape, 36, sigma)
    B, C = (blur(size, sigma) for size in shape)
    expected = 36**2 / 3 * np.kron(B @ B.T, C @ C.T)
    assert len(patterns) < len(expected)
    np.testing.assert_allclose(patterns.T @ patterns, expected, atol=0.005 * expected[0, 0])
    assert np.trace(patterns.T @ patterns) == pytest.approx(np.trace(expected), rel=3e-4)


def test_the_displacement_s_size_and_smoothness():
    weights, augmentation = many_weights({"elastic": 36, "elastic_sigma": 5})
    places = weights @ augmentation.patterns
    rows, columns = (places - np.indices(OBLONG).reshape(2, 1, -1)).reshape(2, -1, *OBLONG)
    for moved in (rows, columns):
        size = 36 / (2 * 5 * (3 * np.pi) ** 0.5)  # 1.17 pixels
        assert np.sqrt((moved**2).mean()) == pytest.approx(size, rel=0.03)
        assert moved.std(axis=0) == pytest.approx(np.full(OBLONG, size), rel=0.03)  # edges too
        assert abs(moved.mean()) < 0.05 * size
        # A Gaussian of variance 25, twice: neighbours at distance d correlate by exp(-d^2 / 100).
        for distance in (1, 4):
            pair = moved[:, 2, 2].ravel(), moved[:, 2, 2 + distance].ravel()
            expected = np.exp(-(distance**2) / 100)
            assert np.corrcoef(*pair)[0, 1] == pytest.approx(expected, abs=0.01)
    assert abs(np.corrcoef(rows[:, 2, 4], columns[:, 2, 4])[0, 1]) < 0.04


def test_elastic_without_a_sigma_is_refused():
    with pytest.raises(ValueError, match="elastic_sigma is 0, but elastic is 36"):
        Augmentation(OFF | {"elastic": 36}, SQUARE)
