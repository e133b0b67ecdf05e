import numpy as np
import pytest
from gradients import assert_gradients_agree, numeric_gradient

from handwritten.learning import network, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.randomness import generator

SETTINGS = {
    "layer_dims": [4, 8, 3],
    "activation": "relu",
    "initialisation": "he",
    "batch_size": 16,
    "epochs": 12,
    "optimizer": "momentum",
    "momentum": 0.9,
    "learning_rate": 0.1,
    "schedule": "cosine",
    "l2": 0.0,
    "warmup": 0.0,
    "clip_norm": 0.0,
    "label_smoothing": 0.0,
    "weight_decay": 0.0,
    "max_norm": 0.0,
    "weight_average": 0.0,
}
RELU = ACTIVATIONS["relu"]


def blobs(n, seed, dtype=np.float32):
    """Three clouds of points in four dimensions, far enough apart to be told apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return training.Samples((np.eye(4)[y] + 0.2 * rng.standard_normal((n, 4))).astype(dtype), y)


def run(**changes):
    settings = SETTINGS | changes
    streams = generator(1, "initialisation"), generator(1, "shuffling")
    return training.train(blobs(200, 1), blobs(60, 2), settings, *streams)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"layer_dims": [4, 3]},
        {"layer_dims": [4, 8, 7, 6, 3]},
        {"activation": "tanh", "initialisation": "xavier"},
        {"batch_size": "full", "epochs": 200, "schedule": "constant"},
        {"optimizer": "gradient_descent", "learning_rate": 0.5},
        {"optimizer": "nesterov"},
        {"optimizer": "adam", "learning_rate": 0.01, "weight_decay": 0.01},
        {"activation": "leaky_relu", "schedule": "one_cycle"},
        {"activation": "sigmoid", "initialisation": "xavier", "epochs": 40},
        {"schedule": "step", "warmup": 0.1},
        {"schedule": "exponential", "clip_norm": 1.0},
        {"label_smoothing": 0.1},
        {"max_norm": 1.0},
        {"weight_average": 0.9},
    ],
    ids=str,
)
def test_every_setting_learns(changes):
    _, history = run(**changes)
    assert history[-1]["dev_accuracy"] > 0.95
    assert history[-1]["dev_loss"] < 0.6 * history[0]["dev_loss"]


def test_same_seed_same_bytes_other_seed_others():
    one, again = run()[0], run()[0]
    assert one.dtype == np.float32
    assert one.tobytes() == again.tobytes()
    streams = generator(1, "initialisation"), generator(2, "shuffling")
    other, _ = training.train(blobs(200, 1), blobs(60, 2), SETTINGS, *streams)
    assert other.tobytes() != one.tobytes()


def test_the_schedule_reaches_the_last_step():
    rates = [row["learning_rate"] for row in run(epochs=4)[1]]
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 0.001


def test_batches_hold_every_row_once_and_in_a_new_order():
    rng = np.random.default_rng(5)
    first, second = (list(training.batches(10, 4, rng)) for _ in range(2))
    assert [len(rows) for rows in first] == [4, 4, 2]
    assert sorted(np.concatenate(first)) == list(range(10))
    assert np.concatenate(first).tolist() != np.concatenate(second).tolist()
    (whole,) = training.batches(10, 10, rng)
    assert whole.tolist() == list(range(10))


@pytest.mark.parametrize("slice_rows", [1, 7, 40])
def test_a_batch_in_slices_has_the_gradient_of_the_batch(slice_rows):
    samples, dims = blobs(40, 3, np.float64), [4, 5, 3]
    vector = training.initial_parameters(dims, "he", np.random.default_rng(6), np.float64)
    layers = network.views(vector, dims)
    work = training.Workspace(dims, slice_rows, np.float64)

    def mean_loss():
        return training.batch_gradient(samples, np.arange(40), layers, RELU, work)

    numeric = numeric_gradient(mean_loss, vector)
    mean_loss()
    assert_gradients_agree(work.gradient, numeric)


def test_the_l2_gradient_is_that_of_its_penalty_and_spares_biases():
    dims = [4, 5, 3]
    vector = np.random.default_rng(7).standard_normal(network.parameter_count(dims))
    gradient, layers = np.zeros_like(vector), network.views(vector, dims)

    def penalty():
        return 0.3 / 2 * sum((W**2).sum() for W, _ in layers)

    training.add_l2_gradient(layers, network.views(gradient, dims), 0.3)
    assert_gradients_agree(gradient, numeric_gradient(penalty, vector))


@pytest.mark.parametrize("penalty", ["l2", "weight_decay"])
def test_penalties_keep_weights_small(penalty):
    size = {share: np.linalg.norm(run(**{penalty: share})[0]) for share in (0.0, 0.1)}
    assert size[0.1] < 0.9 * size[0.0]


def test_weight_decay_by_hand_spares_biases():
    W, b = np.array([[2.0, -4.0]]), np.array([3.0, 5.0])
    training.decay_weights([(W, b)], 0.25)
    assert (W.tolist(), b.tolist()) == ([[1.5, -3.0]], [3.0, 5.0])


def test_max_norm_by_hand_bounds_columns_and_spares_biases():
    W, b = np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]]), np.array([9.0, 9.0, 9.0])
    training.bound_norms([(W, b)], 2.5)
    np.testing.assert_allclose(W, [[1.5, 0.3, 0], [2, 0.4, 0]])
    assert b.tolist() == [9, 9, 9]


def test_max_norm_holds_after_training():
    vector, _ = run(max_norm=0.8, learning_rate=0.5)
    for W, _ in network.views(vector, SETTINGS["layer_dims"]):
        assert np.linalg.norm(W, axis=0).max() < 0.8 + 1e-6


def test_the_average_by_hand():
    average, scratch = np.array([0.0, 8.0]), np.empty(2)
    for vector in (np.array([4.0, 8.0]), np.array([4.0, 0.0])):
        training.follow(average, vector, 0.75, scratch)
    assert average.tolist() == [1.75, 6.0]


def test_the_averaged_model_is_the_one_that_is_scored_and_returned():
    vector, history = run(weight_average=0.99)
    last, _ = run()
    assert np.abs(vector - last).max() > 1e-3
    layers = network.views(vector, SETTINGS["layer_dims"])
    dev_loss, dev_accuracy = training.score(blobs(60, 2), layers, RELU)
    assert (history[-1]["dev_loss"], history[-1]["dev_accuracy"]) == (dev_loss, dev_accuracy)


def test_clipping_by_hand():
    gradient = np.array([3.0, 4.0])
    training.clip(gradient, 10)
    assert gradient.tolist() == [3, 4]
    training.clip(gradient, 2.5)
    assert gradient.tolist() == [1.5, 2]


def test_from_zeros_no_hidden_unit_ever_differs_from_another():
    vector, history = run(initialisation="zeros")
    (W1, _), _ = network.views(vector, SETTINGS["layer_dims"])
    assert np.ptp(W1, axis=1).max() == 0
    assert history[-1]["dev_accuracy"] < 0.6


def test_score_by_hand():
    # Logits equal the input: classes 0 and 1 right, the last one wrong; J = log(1 + e^-2) or + 2.
    layers = [(np.eye(2), np.zeros(2))]
    samples = training.Samples(np.array([[2.0, 0], [0, 2], [2, 0]]), np.array([0, 1, 1]))
    loss, accuracy = training.score(samples, layers, RELU)
    assert accuracy == pytest.approx(2 / 3)
    assert loss == pytest.approx(np.log1p(np.exp(-2)) + 2 / 3)


def test_a_run_that_diverges_stops_and_names_the_setting():
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match=r"in epoch \d+: .* Lower .*learning_rate.* 1e\+06"),
    ):
        run(learning_rate=1e6, schedule="constant")
