import numpy as np
import pytest
from gradients import assert_gradients_agree

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.dropout import Dropout
from handwritten.learning.gradient_check import numeric_gradient


def dropout(share, seed=1, size=100_000, dtype=np.float32):
    drop = Dropout(share, size, dtype)
    drop.rng = np.random.default_rng(seed)
    return drop


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_share_that_is_silent_and_the_scale_of_the_rest(share):
    a = np.ones((400, 250), np.float32)
    dropout(share)(a)
    assert set(np.unique(a)) == {0, np.float32(1 / (1 - share))}
    # Of 100,000 units the silent share is known to 0.16% (one standard deviation, at most).
    assert (a == 0).mean() == pytest.approx(share, abs=0.008)
    assert a.mean() == pytest.approx(1, abs=0.016)
    for axis in (0, 1):  # no row and no column is spared or struck as a whole
        assert np.abs((a == 0).mean(axis=axis) - share).max() < 0.2


def test_each_call_draws_anew_and_the_seed_decides():
    first, second, other, again = (np.ones((30, 30), np.float32) for _ in range(4))
    drop = dropout(0.5)
    drop(first)
    drop(second)
    dropout(0.5, seed=2)(other)
    dropout(0.5)(again)
    assert len({each.tobytes() for each in (first, second, other)}) == 3
    assert again.tobytes() == first.tobytes()


def test_arrays_handed_over_together_lose_the_same_units():
    a, slope = np.ones((50, 3), np.float32), np.full((50, 3), 2, np.float32)
    dropout(0.5)(a, slope)
    np.testing.assert_array_equal(slope, 2 * a)


def test_a_share_of_0_draws_nothing():
    a = np.ones(5)
    Dropout(0.0, 5)(a)
    assert a.tolist() == [1] * 5


@pytest.mark.parametrize("name", ["relu", "tanh"])
def test_the_gradient_through_dead_units(name):
    rng, dims = np.random.default_rng(3), [4, 6, 5, 3]
    x, y = rng.random((7, 4)), losses.targets(rng.integers(0, 3, 7), 3, 0.0, np.float64)
    vector = rng.standard_normal(network.parameter_count(dims))
    layers, work = network.views(vector, dims), network.buffers(7, dims, np.float64)

    def loss():
        drop = dropout(0.4, dtype=np.float64)
        z = network.forward(x, layers, ACTIVATIONS[name], work, drop)
        return losses.softmax_cross_entropy(z, y, work.delta[-1], np.empty((7, 1)))

    numeric = numeric_gradient(loss, vector)
    loss()
    assert (work.a[0] == 0).any()
    gradient = np.zeros_like(vector)
    backpropagation.backward(x, layers, work, network.views(gradient, dims))
    assert_gradients_agree(gradient, numeric)
