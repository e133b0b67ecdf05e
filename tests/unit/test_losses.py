import numpy as np
import pytest
from gradients import assert_gradients_agree
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from handwritten.learning import losses
from handwritten.learning.gradient_check import numeric_gradient


def loss_and_delta(z, labels, smoothing=0.0):
    """The loss summed over rows, and its gradient."""
    y = losses.targets(labels, z.shape[1], smoothing, z.dtype)
    delta, column = np.empty_like(z), np.empty((len(z), 1), z.dtype)
    return losses.softmax_cross_entropy(z, y, delta, column), delta


LOGITS = npst.arrays(np.float64, (4, 5), elements=st.floats(-1e4, 1e4))


def test_by_hand():
    # exp(ln 3) : exp(ln 1) = 3 : 1, so p = [0.75, 0.25] and J = -log 0.25 = log 4 for class 1.
    z = np.log([[3.0, 1.0]])
    np.testing.assert_allclose(losses.softmax(z), [[0.75, 0.25]])
    loss, delta = loss_and_delta(z, np.array([1]))
    assert loss == pytest.approx(np.log(4))
    np.testing.assert_allclose(delta, [[0.75, -0.75]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_ten_thousand(dtype):
    z, y = np.array([[1e4, -1e4, 0], [-1e4, -1e4, -1e4]], dtype), np.array([1, 2])
    loss, delta = loss_and_delta(z, y)
    assert loss == pytest.approx(2e4 + np.log(3))
    np.testing.assert_allclose(losses.cross_entropy(z, y), [2e4, np.log(3)], rtol=1e-6)
    np.testing.assert_allclose(losses.softmax(z), [[1, 0, 0], [1 / 3] * 3], rtol=1e-6)
    np.testing.assert_allclose(delta, [[1, -1, 0], [1 / 3, 1 / 3, -2 / 3]], rtol=1e-6)


@given(LOGITS)
def test_softmax_gives_probabilities_that_a_shift_does_not_move(z):
    p = losses.softmax(z)
    np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
    assert (p >= 0).all()
    np.testing.assert_allclose(losses.softmax(z + 7), p, atol=1e-11)


@given(LOGITS, npst.arrays(np.int64, 4, elements=st.integers(0, 4)))
def test_both_losses_agree_and_are_never_negative(z, y):
    rows = losses.cross_entropy(z, y)
    assert (rows >= 0).all()
    assert loss_and_delta(z, y)[0] == pytest.approx(rows.sum(), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.7])
def test_the_gradient_is_p_minus_y(smoothing):
    rng = np.random.default_rng(2)
    z, y = rng.standard_normal((4, 5)), rng.integers(0, 5, 4)
    numeric = numeric_gradient(lambda: loss_and_delta(z, y, smoothing)[0], z)
    assert_gradients_agree(loss_and_delta(z, y, smoothing)[1], numeric)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_no_answer_has_a_lower_loss_than_the_labels_themselves(smoothing):
    y = losses.targets(np.array([2]), 4, smoothing, np.float64)
    best, _ = loss_and_delta(np.log(np.maximum(y, 1e-300)), np.array([2]), smoothing)
    assert losses.least_loss(4, smoothing) == pytest.approx(best, abs=1e-12)
    other, _ = loss_and_delta(np.log(y + 0.02), np.array([2]), smoothing)
    assert losses.least_loss(4, smoothing) < other
    assert (losses.least_loss(4, smoothing) == 0) == (smoothing == 0)


def test_smoothing_by_hand():
    # p = [3/4, 1/4]; a fifth of the label 1 is spread: y = [0.1, 0.9].
    loss, delta = loss_and_delta(np.log([[3.0, 1.0]]), np.array([1]), smoothing=0.2)
    assert loss == pytest.approx(-0.1 * np.log(0.75) - 0.9 * np.log(0.25))
    np.testing.assert_allclose(delta, [[0.65, -0.65]])
