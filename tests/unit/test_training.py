import tracemalloc
from functools import partial

import numpy as np
import pytest
from gradients import assert_gradients_agree, numeric_gradient

from handwritten.learning import backpropagation, batches, network, regularisation, training
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
    "dropout": 0.0,
    "input_dropout": 0.0,
    "rotation": 0,
    "scale": 0,
    "shear": 0,
    "shift": 0,
    "elastic": 0,
    "elastic_sigma": 5,
    "early_stopping": 0,
    "train_on": "train",
}
RELU = ACTIVATIONS["relu"]


def blobs(n, seed, dtype=np.float32):
    """Three clouds of points in four dimensions, far enough apart to be told apart."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return batches.Samples((np.eye(4)[y] + 0.2 * rng.standard_normal((n, 4))).astype(dtype), y)


def images(n, seed):
    """Images of 4 x 4 bytes, normalised, and labels of three classes."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (n, 16), dtype=np.uint8) / np.float32(255)
    return batches.Samples(x, rng.integers(0, 3, n))


def run(seed=1, **changes):
    """The state after training on the clouds."""
    return training.train(blobs(200, 1), blobs(60, 2), SETTINGS | changes, partial(generator, seed))


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
        {"activation": "gelu"},
        {"dropout": 0.2, "input_dropout": 0.1, "epochs": 30},
        {"early_stopping": 3},
        {"shift": 0.1, "layer_dims": [4, 16, 3], "epochs": 40},
    ],
    ids=str,
)
def test_every_setting_learns(changes):
    history = run(**changes).history
    assert history[-1]["dev_accuracy"] > 0.95
    assert history[-1]["dev_loss"] < 0.6 * history[0]["dev_loss"]


def test_same_seed_same_bytes_other_seed_others():
    one, again, other = run().vector, run().vector, run(seed=2).vector
    assert one.dtype == np.float32
    assert one.tobytes() == again.tobytes()
    assert other.tobytes() != one.tobytes()


EVERYTHING = {
    "optimizer": "adam",
    "learning_rate": 0.01,
    "weight_average": 0.9,
    "dropout": 0.1,
    "input_dropout": 0.1,
    "shift": 0.1,
    "early_stopping": 8,
    "max_norm": 2.0,
}


OTHERS = {
    "layer_dims": [16, 8, 3],
    "optimizer": "nesterov",
    "clip_norm": 1.0,
    "l2": 0.01,
    "weight_decay": 0.01,
    "batch_size": 80,
    "rotation": 20,
    "elastic": 5,
    "elastic_sigma": 2,
}


@pytest.mark.parametrize("epoch", [1, 5, 12])
@pytest.mark.parametrize(
    ("changes", "samples"),
    [
        ({}, lambda n, seed: blobs(n, seed)),
        (EVERYTHING, lambda n, seed: blobs(n, seed)),
        (OTHERS, lambda n, seed: images(n, seed)),
        ({"layer_dims": [18, 8, 3]}, lambda n, seed: with_black_pixels(images(n, seed))),
    ],
    ids=["plain", "everything", "all the others, distorted bytes", "black pixels"],
)
def test_a_resumed_run_ends_bit_for_bit_as_if_it_had_never_stopped(
    epoch, changes, samples, tmp_path
):
    class Killed(Exception):
        pass

    def kill(state):
        np.savez(tmp_path / "state.npz", **state.arrays())
        if len(state.history) == epoch:
            raise Killed

    settings, random = SETTINGS | changes, partial(generator, 1)
    arguments = samples(200, 1), samples(60, 2), settings, random
    with pytest.raises(Killed):
        training.train(*arguments, kill)
    with np.load(tmp_path / "state.npz", allow_pickle=False) as kept:
        state = training.State.from_arrays(dict(kept))
    state = training.train(*arguments, state=state)
    whole = training.train(*arguments)
    assert state.history == whole.history
    assert {k: v.tobytes() for k, v in state.arrays().items()} == {
        k: v.tobytes() for k, v in whole.arrays().items()
    }


def full_batch_gradient(samples, settings, vector):
    """The gradient over all samples, worked out apart from the loop."""
    dims, rows = settings["layer_dims"], np.arange(len(samples.x))
    layers, work = network.views(vector, dims), backpropagation.Workspace(dims, len(rows))
    gather = batches.Gatherer(
        batches.stored(samples, settings, np.arange(dims[0])), settings, len(rows)
    )
    backpropagation.batch_gradient(rows, gather, layers, ACTIVATIONS["tanh"], work)
    return work.gradient.copy()


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum"])
def test_every_step_goes_as_far_as_the_schedule_says(optimizer):
    settings = SETTINGS | {"batch_size": "full", "epochs": 3, "activation": "tanh", "warmup": 0.5}
    settings |= {"optimizer": optimizer, "learning_rate": 0.2}
    samples, random = blobs(50, 1), partial(generator, 1)
    vector = training.first_state(settings, random, np.arange(4)).vector.astype(np.float64)
    velocity = 0.0
    for rate in (0.2 * 2 / 3, 0.2 * 0.75, 0.2 * 0.25):  # cosine 1, 3/4, 1/4; warm-up 2/3, 1, 1
        gradient = full_batch_gradient(samples, settings, vector.astype(np.float32))
        keep = 0.9 if optimizer == "momentum" else 0
        velocity = keep * velocity + rate * gradient
        vector -= velocity
    ended = training.train(samples, blobs(60, 2), settings, random)
    np.testing.assert_allclose(ended.vector, vector, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_clipping_bounds_the_loss_s_gradient_before_l2_joins_it(optimizer, monkeypatch):
    handed = []
    step = training.OPTIMIZERS[optimizer]._replace(
        step=lambda vector, gradient, *_: handed.append(gradient.copy())
    )
    monkeypatch.setitem(training.OPTIMIZERS, optimizer, step)
    settings = SETTINGS | {"optimizer": optimizer, "clip_norm": 0.01, "l2": 0.5, "epochs": 1}
    settings |= {"batch_size": "full", "learning_rate": 0.2, "activation": "tanh"}
    random, samples = partial(generator, 1), blobs(50, 1)
    start = training.first_state(settings, random, np.arange(4)).vector
    gradient = full_batch_gradient(samples, settings, start)
    assert np.linalg.norm(gradient) > 0.1
    expected = 0.01 * gradient / np.linalg.norm(gradient)
    weights = network.weight_count(settings["layer_dims"])
    expected[:weights] += 0.5 * start[:weights]
    training.train(samples, blobs(60, 2), settings, random)
    factor = 0.2 if step.folded else 1
    np.testing.assert_allclose(np.concatenate(handed), factor * expected, rtol=1e-4, atol=1e-7)


def with_black_pixels(samples):
    """The same with a first and a third pixel that are black in all images."""
    x = np.insert(samples.x, [0, 1], 0, axis=1)
    return batches.Samples(x, samples.y)


@pytest.mark.parametrize("changes", [{"l2": 0.01}, {"optimizer": "adam", "learning_rate": 0.01}])
def test_leaving_black_pixels_out_changes_nothing_but_their_weights(changes, monkeypatch):
    settings = SETTINGS | {"layer_dims": [6, 8, 3], "epochs": 3} | changes
    train, dev = with_black_pixels(blobs(200, 1)), with_black_pixels(blobs(60, 2))
    random = partial(generator, 1)
    short = training.train(train, dev, settings, random)
    assert short.lit.tolist() == [1, 3, 4, 5]
    (W1, _), _ = training.trained(short, settings)
    assert not W1[[0, 2]].any() and W1[[1, 3, 4, 5]].all()

    monkeypatch.setattr(training, "lit_pixels", lambda x, settings: np.arange(6))
    start = training.first_state(settings, random, np.arange(6))
    network.views(start.vector, [6, 8, 3])[0][0][[0, 2]] = 0
    whole = training.train(train, dev, settings, random, state=start)
    for ours, theirs in zip(
        training.trained(short, settings), training.trained(whole, settings), strict=True
    ):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_the_schedule_reaches_the_last_step():
    rates = [row["learning_rate"] for row in run(epochs=4).history]
    assert rates == sorted(rates, reverse=True)
    assert 0 < rates[-1] < 0.001


def test_early_stopping_ends_with_the_best_epoch_s_model():
    # A rate this high makes the loss on dev go up and down from the start.
    restless = {"learning_rate": 2.0, "schedule": "constant", "early_stopping": 4, "epochs": 100}
    state = run(**restless)
    losses = [row["dev_loss"] for row in state.history]
    assert len(losses) < 100
    assert losses.index(min(losses)) == len(losses) - 1 - 4
    layers = network.views(state.model, SETTINGS["layer_dims"])
    assert training.score(blobs(60, 2), layers, RELU)[0] == min(losses)


def test_waiting_is_counted_from_the_lowest_loss():
    def waited(*losses):
        return training.waited([{"dev_loss": loss} for loss in losses])

    assert [waited(), waited(3), waited(3, 2), waited(3, 2, 4, 2), waited(1, 2)] == [0, 0, 0, 2, 1]


def test_the_loop_allocates_no_array_after_the_first_step():
    # NumPy converts types by way of a buffer of its own; made small, it is not taken for an array.
    # Then the smallest array there is, one number for each of 4,000 images, would be seen.
    samples, dims, rows = images(4000, 5), [16, 80, 40, 30], np.arange(4000)
    settings = SETTINGS | {"layer_dims": dims, "l2": 0.001, "shift": 0.5}
    settings |= {"dropout": 0.2, "input_dropout": 0.1}
    random, all_pixels = partial(generator, 1), np.arange(16)
    state = training.first_state(settings, random, all_pixels)
    layers, stored = (
        network.views(state.vector, dims),
        batches.stored(samples, settings, all_pixels),
    )
    usual = np.setbufsize(16)
    try:
        with backpropagation.Crew(stored, layers, settings, 4000) as crew:
            crew.begin(random, 0)
            update = training.Updater(state, layers, crew.work, settings)
            for number in (1, 2, 3):
                crew.gradient(rows, 0.1)
                update(number, 0.1)
                if number == 1:
                    tracemalloc.start()
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        np.setbufsize(usual)
    assert peak < 4 * 4000


@pytest.mark.parametrize("rows", [600, 601])
def test_a_batch_in_shares_has_the_gradient_of_the_batch(rows):
    samples, dims, all_rows = blobs(rows, 3), [4, 5, 3], np.arange(rows)
    settings = SETTINGS | {"layer_dims": dims}
    random, all_pixels = partial(generator, 1), np.arange(4)
    state = training.first_state(settings, random, all_pixels)
    layers, stored = (
        network.views(state.vector, dims),
        batches.stored(samples, settings, all_pixels),
    )
    found = {}
    for threads in (1, 2):
        with backpropagation.Crew(stored, layers, settings, rows, threads) as crew:
            assert len(crew.workers) == threads
            crew.begin(random, 0)
            found[threads] = crew.gradient(all_rows, 3.0), crew.work.gradient.copy()
    assert found[1][0] == pytest.approx(found[2][0], rel=1e-6)
    np.testing.assert_allclose(found[1][1], found[2][1], rtol=1e-4, atol=1e-7)


def test_threads_share_large_batches_alone_and_draw_apart():
    settings = SETTINGS | {"dropout": 0.5, "batch_size": 512}
    samples = blobs(1100, 4)
    random = partial(generator, 1)
    state = training.first_state(settings, random, np.arange(4))
    layers = network.views(state.vector, SETTINGS["layer_dims"])
    stored = batches.stored(samples, settings, np.arange(4))
    assert len(backpropagation.Crew(stored, layers, settings, 511, 2).workers) == 1
    crew = backpropagation.Crew(stored, layers, settings, 512, 2)
    crew.begin(random, 0)
    first, second = (worker.drop.rng.random(4).tolist() for worker in crew.workers)
    assert first == generator(1, "dropout", 0).random(4).tolist() != second

    def trained():
        return training.train(samples, blobs(60, 2), settings, random, threads=2).vector.tobytes()

    assert trained() == trained()


def test_what_goes_wrong_in_a_thread_stops_the_training(monkeypatch):
    def fails(self, rows, scale):
        raise ArithmeticError("no luck")

    with monkeypatch.context() as patch, pytest.raises(ArithmeticError, match="no luck"):
        patch.setattr(backpropagation.Worker, "gradient", fails)
        settings = SETTINGS | {"batch_size": 512}
        training.train(blobs(600, 1), blobs(60, 2), settings, partial(generator, 1), threads=2)


def test_batches_hold_every_row_once_and_in_a_new_order():
    rng = np.random.default_rng(5)
    first, second = (list(batches.shuffled(10, 4, rng)) for _ in range(2))
    assert [len(rows) for rows in first] == [4, 4, 2]
    assert sorted(np.concatenate(first)) == list(range(10))
    assert np.concatenate(first).tolist() != np.concatenate(second).tolist()
    (whole,) = batches.shuffled(10, 10, rng)
    assert whole.tolist() == list(range(10))


@pytest.mark.parametrize("slice_rows", [1, 7, 40])
def test_a_batch_in_slices_has_the_gradient_of_the_batch(slice_rows):
    samples, dims = blobs(40, 3, np.float64), [4, 5, 3]
    vector = training.initial_parameters(dims, "he", np.random.default_rng(6), np.float64)
    layers = network.views(vector, dims)
    work = backpropagation.Workspace(dims, slice_rows, np.float64)
    settings = SETTINGS | {"layer_dims": dims}
    gather = batches.Gatherer(batches.stored(samples, settings, np.arange(4)), settings, slice_rows)

    def mean_loss():
        return backpropagation.batch_gradient(np.arange(40), gather, layers, RELU, work)

    numeric = numeric_gradient(mean_loss, vector)
    mean_loss()
    assert_gradients_agree(work.gradient, numeric)


def test_the_l2_gradient_is_that_of_its_penalty():
    W = np.random.default_rng(7).standard_normal(12)
    gradient = np.zeros_like(W)
    regularisation.add_l2_gradient(W, gradient, 0.3, np.empty_like(W))
    assert_gradients_agree(gradient, numeric_gradient(lambda: 0.3 / 2 * (W**2).sum(), W))


@pytest.mark.parametrize("penalty", ["l2", "weight_decay"])
def test_penalties_spare_biases(penalty):
    dims = SETTINGS["layer_dims"]
    settings = SETTINGS | {penalty: 0.5, "optimizer": "gradient_descent"}
    vector = np.full(network.parameter_count(dims), 2.0, np.float32)
    state = training.State(np.arange(4), vector, np.zeros((0, len(vector)), np.float32))
    work = backpropagation.Workspace(dims, 16)
    training.Updater(state, network.views(vector, dims), work, settings)(
        1, 0.1
    )  # the gradient of the loss being 0
    for W, b in network.views(vector, dims):
        np.testing.assert_allclose(W, 2 - 0.1 * 0.5 * 2)
        assert (b == 2).all()


@pytest.mark.parametrize("optimizer", list(training.OPTIMIZERS))
def test_steps_do_not_depend_on_blocks(optimizer, monkeypatch):
    changes = {"optimizer": optimizer, "l2": 0.01, "weight_decay": 0.01, "learning_rate": 0.01}
    whole = run(**changes).vector
    monkeypatch.setattr(training, "BLOCK", 7)
    assert run(**changes).vector.tobytes() == whole.tobytes()


def test_a_run_that_stopped_early_stays_where_it_stopped():
    restless = {"learning_rate": 2.0, "schedule": "constant", "early_stopping": 4, "epochs": 100}
    ended = run(**restless)
    settings = SETTINGS | restless
    kept = training.State.from_arrays({k: v.copy() for k, v in ended.arrays().items()})
    arguments = blobs(200, 1), blobs(60, 2), settings, partial(generator, 1)
    again = training.train(*arguments, state=kept)
    assert again.history == ended.history
    assert again.model.tobytes() == ended.model.tobytes()


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
    regularisation.bound_norms(W, 2.5)
    np.testing.assert_allclose(W, [[1.5, 0.3, 0], [2, 0.4, 0]])


def test_max_norm_holds_after_training():
    vector = run(max_norm=0.8, learning_rate=0.5).vector
    for W, _ in network.views(vector, SETTINGS["layer_dims"]):
        assert np.linalg.norm(W, axis=0).max() < 0.8 + 1e-6


def test_the_average_by_hand():
    average, scratch = np.array([0.0, 8.0]), np.empty(2)
    for vector in (np.array([4.0, 8.0]), np.array([4.0, 0.0])):
        regularisation.follow(average, vector, 0.75, scratch)
    assert average.tolist() == [1.75, 6.0]


def test_the_averaged_model_is_the_one_that_is_scored_and_returned():
    state, last = run(weight_average=0.99), run().vector
    assert np.abs(state.model - last).max() > 1e-3
    assert state.vector.tobytes() == last.tobytes()
    score = training.score(blobs(60, 2), network.views(state.model, SETTINGS["layer_dims"]), RELU)
    assert (state.history[-1]["dev_loss"], state.history[-1]["dev_accuracy"]) == score


def test_clipping_by_hand():
    gradient = np.array([3.0, 4.0])
    regularisation.clip(gradient, 10)
    assert gradient.tolist() == [3, 4]
    regularisation.clip(gradient, 2.5)
    assert gradient.tolist() == [1.5, 2]


def test_from_zeros_no_hidden_unit_ever_differs_from_another():
    state = run(initialisation="zeros")
    (W1, _), _ = network.views(state.vector, SETTINGS["layer_dims"])
    assert np.ptp(W1, axis=1).max() == 0
    assert state.history[-1]["dev_accuracy"] < 0.6


def test_score_by_hand():
    # Logits equal the input: classes 0 and 1 right, the last one wrong; J = log(1 + e^-2) or + 2.
    layers = [(np.eye(2), np.zeros(2))]
    samples = batches.Samples(np.array([[2.0, 0], [0, 2], [2, 0]]), np.array([0, 1, 1]))
    loss, accuracy = training.score(samples, layers, RELU)
    assert accuracy == pytest.approx(2 / 3)
    assert loss == pytest.approx(np.log1p(np.exp(-2)) + 2 / 3)


def test_a_run_that_diverges_stops_and_names_the_setting():
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match=r"in epoch \d+: .* Lower .*learning_rate.* 1e\+12"),
    ):
        run(learning_rate=1e12, schedule="constant")
