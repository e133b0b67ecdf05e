"""The first-principles script, its gradients against central differences and against phase 2's."""

import numpy as np
import pytest
from gradients import assert_gradients_agree

import train_phase1 as phase1
from handwritten.data import slices as data_slices
from handwritten.learning import backpropagation
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient


def random_problem(seed, n=9, d=6, h=4, k=3):
    rng = np.random.default_rng(seed)
    parameters = [rng.uniform(-0.5, 0.5, shape) for shape in ((d, h), (h,), (h, k), (k,))]
    labels = rng.integers(0, k, n)
    return rng.random((n, d)), labels, np.eye(k)[labels], parameters


@pytest.mark.parametrize("seed", range(8))
def test_gradients_agree_with_central_differences(seed):
    X, _, Y, parameters = random_problem(seed)
    for part, analytic in zip(parameters, phase1.gradients(X, Y, *parameters), strict=True):
        numeric = numeric_gradient(
            lambda: phase1.cross_entropy(phase1.forward(X, *parameters)[1], Y), part
        )
        assert_gradients_agree(analytic, numeric)


def test_forward_by_hand():
    # Z1 = [1, 2] @ [[1, -1], [1, -1]] + [0.5, 0.5] = [3.5, -2.5], A1 = [3.5, 0]
    # Z2 = [3.5, 0] @ [[2, 2], [5, 5]] + [log 3, 0] = [7 + log 3, 7], P = [3/4, 1/4]
    W1, b1 = np.array([[1.0, -1.0], [1.0, -1.0]]), np.array([0.5, 0.5])
    W2, b2 = np.array([[2.0, 2.0], [5.0, 5.0]]), np.array([np.log(3), 0.0])
    A1, P = phase1.forward(np.array([[1.0, 2.0]]), W1, b1, W2, b2)
    assert A1.tolist() == [[3.5, 0]]
    np.testing.assert_allclose(P, [[0.75, 0.25]])
    assert phase1.cross_entropy(P, np.array([[0.0, 1.0]])) == pytest.approx(np.log(4))


def test_softmax_at_ten_thousand():
    W, b = np.array([[1e4, -1e4]]), np.zeros(1)
    _, P = phase1.forward(np.ones((1, 1)), np.ones((1, 1)), b, W, np.zeros(2))
    assert P.tolist() == [[1, 0]]
    assert np.isfinite(phase1.cross_entropy(P, np.array([[0.0, 1.0]])))


@pytest.mark.parametrize("slice_rows", [1, 7, 100])
def test_slices_without_their_black_pixels_add_up_to_the_full_batch(slice_rows, monkeypatch):
    monkeypatch.setattr(data_slices, "SLICE", slice_rows)
    X, labels, Y, parameters = random_problem(1, n=23)
    X[:, 0] = 0
    X[:9, :3] = 0
    X[5:14, 4:] = 0
    X[2] = 0  # an image without a lit pixel
    whole = [part / len(X) for part in phase1.gradients(X, Y, *parameters)]
    slices = data_slices.in_slices(X, Y)
    assert sum(part.shape[0] for part, _, _ in slices) == 23
    assert slice_rows > 23 or sum(part.size for part, _, _ in slices) < 0.9 * X.size
    for one, other in zip(whole, phase1.full_batch_gradients(slices, *parameters), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-12, atol=1e-15)
    loss, accuracy = phase1.score(slices, *parameters)
    P = phase1.forward(X, *parameters)[1]
    assert loss == pytest.approx(phase1.cross_entropy(P, Y) / 23)
    assert accuracy == pytest.approx((P.argmax(axis=1) == labels).mean())


def test_both_phases_have_the_same_gradient():
    X, _, Y, (W1, b1, W2, b2) = random_problem(2)
    work = backpropagation.Workspace([6, 4, 3], len(X), np.float64)
    layers = [(W1, b1), (W2, b2)]

    def gather(rows):
        return X[rows], Y[rows]

    backpropagation.batch_gradient(np.arange(len(X)), gather, layers, ACTIVATIONS["relu"], work)
    parts = phase1.full_batch_gradients(data_slices.in_slices(X, Y), W1, b1, W2, b2)
    (dW1, db1), (dW2, db2) = work.gradient_layers
    for ours, part in zip((dW1, db1, dW2, db2), parts, strict=True):
        np.testing.assert_allclose(ours, part, rtol=1e-9)


def test_it_learns_and_records_every_25th_step_and_the_last():
    X, labels, _, _ = random_problem(3, n=60)
    labels = X[:, :3].argmax(axis=1)
    data = {"x": X.astype(np.float32), "y": labels}
    settings = {
        "classes": 10,
        "hidden_units": 8,
        "initial_range": 0.5,
        "steps": 60,
        "learning_rate": 0.5,
    }
    rows = []
    (W1, _, W2, _), history, pictures = phase1.train(
        data, data, settings, np.random.default_rng(0), rows.append
    )
    assert [row["step"] for row in history] == [25, 50, 60]
    assert rows == history
    assert history[-1]["train_loss"] < history[0]["train_loss"]
    assert W1.dtype == np.float32
    assert list(pictures) == [0, 25, 50, 60]
    np.testing.assert_array_equal(pictures[60], W1)
    assert not np.array_equal(pictures[0], pictures[25])
    assert history[-1]["weight_norm_2"] == pytest.approx(np.sqrt((W2**2).sum()))


def test_a_run_that_diverges_stops_and_names_the_setting():
    data = {"x": np.ones((20, 4), np.float32), "y": np.arange(20) % 10}
    settings = {
        "classes": 10,
        "hidden_units": 3,
        "initial_range": 0.5,
        "steps": 500,
        "learning_rate": 1e30,
    }
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match="lower the run's learning_rate"),
    ):
        phase1.train(data, data, settings, np.random.default_rng(0))
