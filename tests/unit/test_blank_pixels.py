import numpy as np
import pytest
from clouds import SETTINGS

from handwritten.learning import batches, blank_pixels, network, slices
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import BatchLoader, Dataset

WIDE, PIXELS = blank_pixels.WIDE, 40


def gradient(x: np.ndarray, units: int, slice_rows: int) -> tuple[float, np.ndarray]:
    """The loss and the gradient of images x (n, PIXELS), in double precision."""
    rng, dims = np.random.default_rng(1), [PIXELS, units, 3]
    settings = SETTINGS | {"layer_dims": dims}
    vector = rng.normal(size=network.parameter_count(dims))
    samples = Dataset(x, rng.integers(0, 3, len(x)))
    data = batches.training_data(samples, settings, np.arange(PIXELS))
    work = slices.Workspace(dims, slice_rows, float)
    work.gradient.fill(7), work.slice_gradient.fill(7)  # what an earlier batch has left there
    load, layers = BatchLoader(data, settings, slice_rows), network.views(vector, dims)
    rows = np.arange(len(x))
    loss = slices.batch_gradient(rows, load, layers, ACTIVATIONS["tanh"], work)
    return loss, work.gradient


@pytest.mark.parametrize("slice_rows", [9, 4])
@pytest.mark.parametrize("blank", [0, 1, 25, PIXELS])
def test_the_gradient_is_the_same_without_the_blank_pixels(monkeypatch, blank, slice_rows):
    rng = np.random.default_rng(2)
    x = rng.random((9, PIXELS)) * (rng.random((9, PIXELS)) < 0.7)
    x[:, rng.permutation(PIXELS)[:blank]] = 0
    loss, found = gradient(x, WIDE, slice_rows)
    monkeypatch.setattr(blank_pixels, "WIDE", WIDE + 1)
    expected_loss, expected = gradient(x, WIDE, slice_rows)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)


def test_only_the_other_pixels_go_through_a_wide_layer():
    dims = [PIXELS, WIDE, 3]
    layers, gradients = ([(np.ones((PIXELS, WIDE)), np.ones(WIDE))] for _ in range(2))
    x = np.zeros((2, PIXELS))
    x[0, 3] = x[1, 5] = 1
    kept = blank_pixels.BlankPixels(2, dims, float).leave_out(x, layers, gradients)
    assert kept.x.tolist() == [[1, 0], [0, 1]]
    assert kept.layers[0][0].shape == kept.gradients[0][0].shape == (2, WIDE)
    narrow = blank_pixels.BlankPixels(2, [PIXELS, WIDE - 1, 3], float)
    assert narrow.leave_out(x, layers, gradients).x is x
