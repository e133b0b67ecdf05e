import numpy as np
import pytest
from clouds import SETTINGS, blobs, run
from gradients import assert_gradients_agree

from handwritten.learning import network, regularisation, slices, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.gradient_check import numeric_gradient
from handwritten.learning.state import State
from handwritten.learning.updates import Updater

RELU = ACTIVATIONS["relu"]


def test_the_l2_gradient_is_that_of_its_penalty():
    W = np.random.default_rng(7).standard_normal(12)
    gradient = np.zeros_like(W)
    regularisation.add_l2_gradient(W, gradient, 0.3, np.empty_like(W))
    assert_gradients_agree(gradient, numeric_gradient(lambda: 0.3 / 2 * (W**2).sum(), W))


@pytest.mark.parametrize("penalty", ["l2", "weight_decay"])
def test_penalties_spare_biases(penalty):
    dims = SETTINGS.layer_dims
    settings = SETTINGS | {penalty: 0.5, "optimizer": "gradient_descent"}
    vector = np.full(network.parameter_count(dims), 2.0, np.float32)
    state = State(np.arange(4), vector, np.zeros((0, len(vector))), np.zeros((0, 4, 0)))
    work = slices.Workspace(dims, 16)
    Updater(state, network.views(vector, dims), work, settings)(
        0.1
    )  # the gradient of the loss being 0
    for W, b in network.views(vector, dims):
        np.testing.assert_allclose(W, 2 - 0.1 * 0.5 * 2)
        assert (b == 2).all()


@pytest.mark.parametrize("penalty", ["l2", "weight_decay"])
def test_penalties_keep_weights_small(penalty):
    size = {share: np.linalg.norm(run(**{penalty: share}).vector) for share in (0.0, 0.1)}
    assert size[0.1] < 0.9 * size[0.0]


def test_weight_decay_by_hand():
    W = np.array([2.0, -4.0])
    regularisation.decay_weights(W, 0.25)
    assert W.tolist() == [1.5, -3.0]


def test_max_norm_by_hand_bounds_columns():
    W = np.array([[3.0, 0.3, 0.0], [4.0, 0.4, 0.0]])
    regularisation.max_norm_constraint(W, 2.5)
    np.testing.assert_allclose(W, [[1.5, 0.3, 0], [2, 0.4, 0]])


def test_max_norm_holds_after_training():
    vector = run(max_norm=0.8, learning_rate=0.5).vector
    for W, _ in network.views(vector, SETTINGS.layer_dims):
        assert np.linalg.norm(W, axis=0).max() < 0.8 + 1e-6


def test_the_average_by_hand():
    """Each vector counts 3/4 as much as the next: (3/4 * 4 + 11) / (7/4), then 16/37 and so on."""
    average, scratch = np.array([100.0, -8.0]), np.empty(2)
    vectors = [np.array([4.0, 8.0]), np.array([11.0, 1.0]), np.array([-9.0, 0.0])]
    after = []
    for step, vector in enumerate(vectors, 1):
        regularisation.update_average(average, vector, 0.75, step, scratch)
        after.append(average.tolist())
    expected = [[4, 8], [14 / 1.75, 7 / 1.75], [(2.25 + 8.25 - 9) / 2.3125, (4.5 + 0.75) / 2.3125]]
    np.testing.assert_allclose(after, expected, rtol=1e-12)


def test_the_average_is_adam_s_corrected_mean():
    """The plain average from 0, divided by 1 - decay^t."""
    rng, decay, scratch = np.random.default_rng(1), 0.999, np.empty(5)
    average, plain = rng.normal(size=5), np.zeros(5)
    for step in range(1, 201):
        vector = rng.normal(3, 1, 5)
        plain = decay * plain + (1 - decay) * vector
        regularisation.update_average(average, vector, decay, step, scratch)
        np.testing.assert_allclose(average, plain / (1 - decay**step), rtol=1e-12)


def test_a_short_training_does_not_ship_its_start():
    """Of 156 steps with a decay of 0.999: uncorrected, 86% of the average would be the start."""
    state, last = run(ema_decay=0.999), run().vector
    start = run(learning_rate=1e-30).vector
    assert np.linalg.norm(state.model - start) > 0.3 * np.linalg.norm(last - start)


def test_the_averaged_model_is_the_one_that_is_scored_and_returned():
    state, last = run(ema_decay=0.99), run().vector
    assert np.abs(state.model - last).max() > 1e-3
    assert state.vector.tobytes() == last.tobytes()
    score = training.score(blobs(60, 2), network.views(state.model, SETTINGS.layer_dims), RELU)
    assert (state.history[-1]["dev_loss"], state.history[-1]["dev_accuracy"]) == score


def test_clipping_by_hand():
    gradient = np.array([3.0, 4.0])
    regularisation.clip_grad_norm(gradient, 10)
    assert gradient.tolist() == [3, 4]
    regularisation.clip_grad_norm(gradient, 2.5)
    assert gradient.tolist() == [1.5, 2]


def test_lengths_whose_squares_are_too_large_are_clipped_all_the_same():
    gradient = np.array([3e30, -4e30], np.float32)
    regularisation.clip_grad_norm(gradient, 5.0)
    np.testing.assert_allclose(gradient, [3, -4], rtol=1e-6)
    W = np.array([[3e30, 1], [4e30, 0]], np.float32)
    regularisation.max_norm_constraint(W, 5.0)
    np.testing.assert_allclose(W, [[3, 1], [4, 0]], rtol=1e-6)


@pytest.mark.parametrize("bound", [1e-19, 1e-30, 1e-42, 1e-50, 5e-324])
def test_norms_whose_squares_are_too_small_are_bounded_all_the_same(bound):
    """The bound itself, where float32 has no number as small."""
    W = np.array([[3.0, 3e-30, 0, 3e-44], [4.0, 4e-30, 0, 0]], np.float32)
    before, direction = W.astype(np.float64), np.array([[0.6], [0.8]])
    regularisation.max_norm_constraint(W, bound)
    kept = np.linalg.norm(before, axis=0) <= bound
    expected = np.where(kept, before, bound * direction)
    expected[:, 2:] = before[:, 2:] if bound > 1e-43 else 0
    np.testing.assert_allclose(W, expected, rtol=1e-6, atol=1.5e-45)


@pytest.mark.parametrize("bound", [1e-50, 5e-324, 1e-30, 1e-10])
def test_a_training_with_a_tiny_bound_ends_with_weights_that_keep_it(bound):
    state = run(max_norm=bound, optimizer="gradient_descent")
    assert np.isfinite(state.vector).all() and np.isfinite(state.history[-1]["train_loss"])
    for W, _ in network.views(state.vector.astype(np.float64), SETTINGS.layer_dims):
        assert np.linalg.norm(W, axis=0).max() <= bound * (1 + 1e-6)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_activations_and_derivatives_of_huge_numbers_are_finite(name, dtype):
    z = np.array([-1e30, -1e10, 1e10, 1e30], dtype)
    a, derivative = z.copy(), np.empty_like(z)
    ACTIVATIONS[name](a, derivative)
    assert np.isfinite(a).all() and np.isfinite(derivative).all()
    if name == "gelu":
        assert (a == [0, 0, z[2], z[3]]).all() and (derivative == [0, 0, 1, 1]).all()
