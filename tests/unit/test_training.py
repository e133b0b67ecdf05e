from functools import partial

import numpy as np
import pytest
from clouds import SETTINGS, blobs, images, run, with_black_pixels

from handwritten.learning import (
    batches,
    network,
    optimizers,
    slices,
    snapshots,
    training,
    updates,
)
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.state import State, initial_state, trained_network
from handwritten.randomness import generator

RELU = ACTIVATIONS["relu"]


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
        {"schedule": "exponential", "clip_grad_norm": 1.0},
        {"label_smoothing": 0.1},
        {"max_norm": 1.0},
        {"ema_decay": 0.9},
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
    "ema_decay": 0.9,
    "dropout": 0.1,
    "input_dropout": 0.1,
    "shift": 0.1,
    "early_stopping": 8,
    "max_norm": 2.0,
}


OTHERS = {
    "layer_dims": [16, 8, 3],
    "image_shape": [4, 4],
    "optimizer": "nesterov",
    "clip_grad_norm": 1.0,
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
        state = State.from_arrays(dict(kept), settings)
    state = training.train(*arguments, state=state)
    whole = training.train(*arguments)
    assert state.history == whole.history
    assert {k: v.tobytes() for k, v in state.arrays().items()} == {
        k: v.tobytes() for k, v in whole.arrays().items()
    }


def full_batch_gradient(samples, settings, vector):
    """The gradient over all samples, worked out apart from the loop."""
    dims, rows = settings.layer_dims, np.arange(len(samples.x))
    layers, work = network.views(vector, dims), slices.Workspace(dims, len(rows))
    gather = batches.BatchLoader(
        batches.training_data(samples, settings, np.arange(dims[0])), settings, len(rows)
    )
    slices.batch_gradient(rows, gather, layers, ACTIVATIONS["tanh"], work)
    return work.gradient.copy()


def test_norms_are_those_of_each_layer_and_of_the_gradient_after_the_epoch():
    changes = {"batch_size": "full", "epochs": 2, "activation": "tanh"}
    state, settings = run(**changes), SETTINGS | changes
    gradient = full_batch_gradient(blobs(200, 1), settings, state.vector)
    layers = [network.views(each, settings.layer_dims) for each in (state.vector, gradient)]
    for l, ((W, _), (dW, _)) in enumerate(zip(*layers, strict=True), 1):
        row = state.history[-1]
        assert row[f"weight_norm_{l}"] == pytest.approx(np.sqrt((W**2).sum()))
        assert row[f"gradient_norm_{l}"] == pytest.approx(np.sqrt((dW**2).sum()), rel=1e-4)


def snapshots_of(state, settings):
    return snapshots.taken(state.snapshots, len(state.history), settings.epochs)


def test_the_first_weights_are_kept_as_they_were_after_some_epochs():
    assert snapshots.epochs(20) == [0, 1, 2, 3, 4, 7, 12, 20]
    assert snapshots.epochs(1) == [0, 1]
    settings = SETTINGS | {"epochs": 3}
    kept = snapshots_of(run(epochs=3), settings)
    assert kept["after"].tolist() == [0, 1, 2, 3]
    ((start, _), *_) = network.views(
        initial_state(settings, partial(generator, 1), np.arange(4)).vector,
        settings.layer_dims,
    )
    ((end, _), *_) = trained_network(run(epochs=3), settings)
    np.testing.assert_array_equal(kept["W1"][0], start)
    np.testing.assert_array_equal(kept["W1"][3], end)
    stopped = run(epochs=40, early_stopping=1, learning_rate=5.0)
    kept = snapshots_of(stopped, SETTINGS | {"epochs": 40})
    assert len(stopped.history) < 40
    assert kept["after"][-1] <= len(stopped.history) and len(kept["W1"]) == len(kept["after"])


@pytest.mark.parametrize("optimizer", ["gradient_descent", "momentum"])
def test_every_step_goes_as_far_as_the_schedule_says(optimizer):
    settings = SETTINGS | {"batch_size": "full", "epochs": 3, "activation": "tanh", "warmup": 0.5}
    settings |= {"optimizer": optimizer, "learning_rate": 0.2}
    samples, random = blobs(50, 1), partial(generator, 1)
    vector = initial_state(settings, random, np.arange(4)).vector.astype(np.float64)
    velocity = 0.0
    for rate in (0.2 * 2 / 3, 0.2 * 0.75, 0.2 * 0.25):  # cosine 1, 3/4, 1/4; warm-up 2/3, 1, 1
        gradient = full_batch_gradient(samples, settings, vector.astype(np.float32))
        keep = 0.9 if optimizer == "momentum" else 0
        velocity = keep * velocity + rate * gradient
        vector -= velocity
    ended = training.train(samples, blobs(60, 2), settings, random)
    np.testing.assert_allclose(ended.vector, vector, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("optimizer", "first_step"),
    [
        ("gradient_descent", lambda gradient: gradient),
        ("momentum", lambda gradient: gradient),
        ("nesterov", lambda gradient: (1 + SETTINGS.momentum) * gradient),
        ("adam", lambda gradient: gradient / (abs(gradient) + 1)),  # with an epsilon of 1
    ],
)
def test_every_optimizer_gets_the_gradient_that_it_expects(optimizer, first_step, monkeypatch):
    monkeypatch.setattr(optimizers, "EPSILON", 1.0)
    settings = SETTINGS | {"optimizer": optimizer, "activation": "tanh", "l2": 0, "epochs": 1}
    settings |= {"batch_size": "full", "schedule": "constant", "learning_rate": 0.2}
    random, samples = partial(generator, 1), blobs(50, 1)
    vector = initial_state(settings, random, np.arange(4)).vector
    expected = vector - 0.2 * first_step(full_batch_gradient(samples, settings, vector))
    ended = training.train(samples, blobs(60, 2), settings, random)
    np.testing.assert_allclose(ended.vector, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["gradient_descent", "adam"])
def test_clipping_bounds_the_loss_s_gradient_before_l2_joins_it(optimizer, monkeypatch):
    handed = []
    kind = OPTIMIZERS[optimizer]
    monkeypatch.setattr(kind, "step", lambda self, gradient, _: handed.append(gradient.copy()))
    settings = SETTINGS | {"optimizer": optimizer, "clip_grad_norm": 0.01, "l2": 0.5, "epochs": 1}
    settings |= {"batch_size": "full", "learning_rate": 0.2, "activation": "tanh"}
    random, samples = partial(generator, 1), blobs(50, 1)
    start = initial_state(settings, random, np.arange(4)).vector
    gradient = full_batch_gradient(samples, settings, start)
    assert np.linalg.norm(gradient) > 0.1
    expected = 0.01 * gradient / np.linalg.norm(gradient)
    weights = network.weight_count(settings.layer_dims)
    expected[:weights] += 0.5 * start[:weights]
    training.train(samples, blobs(60, 2), settings, random)
    factor = 0.2 if kind.proportional else 1
    np.testing.assert_allclose(np.concatenate(handed), factor * expected, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("changes", [{"l2": 0.01}, {"optimizer": "adam", "learning_rate": 0.01}])
def test_leaving_black_pixels_out_changes_nothing_but_their_weights(changes, monkeypatch):
    settings = SETTINGS | {"layer_dims": [6, 8, 3], "epochs": 3} | changes
    train, dev = with_black_pixels(blobs(200, 1)), with_black_pixels(blobs(60, 2))
    random = partial(generator, 1)
    short = training.train(train, dev, settings, random)
    assert short.nonzero.tolist() == [1, 3, 4, 5]
    (W1, _), _ = trained_network(short, settings)
    assert not W1[[0, 2]].any() and W1[[1, 3, 4, 5]].all()

    monkeypatch.setattr(training, "nonzero_pixels", lambda x, settings: np.arange(6))
    start = initial_state(settings, random, np.arange(6))
    network.views(start.vector, [6, 8, 3])[0][0][[0, 2]] = 0
    whole = training.train(train, dev, settings, random, state=start)
    for ours, theirs in zip(
        trained_network(short, settings), trained_network(whole, settings), strict=True
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
    layers = network.views(state.model, SETTINGS.layer_dims)
    assert training.score(blobs(60, 2), layers, RELU)[0] == min(losses)


def test_waiting_is_counted_from_the_lowest_loss():
    def waited(*losses):
        return training.epochs_without_improvement([{"dev_loss": loss} for loss in losses])

    assert [waited(), waited(3), waited(3, 2), waited(3, 2, 4, 2), waited(1, 2)] == [0, 0, 0, 2, 1]


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS))
def test_steps_do_not_depend_on_blocks(optimizer, monkeypatch):
    changes = {"optimizer": optimizer, "l2": 0.01, "weight_decay": 0.01, "learning_rate": 0.01}
    whole = run(**changes).vector
    monkeypatch.setattr(updates, "BLOCK", 7)
    assert run(**changes).vector.tobytes() == whole.tobytes()


def test_a_run_that_stopped_early_stays_where_it_stopped():
    restless = {"learning_rate": 2.0, "schedule": "constant", "early_stopping": 4, "epochs": 100}
    ended = run(**restless)
    settings = SETTINGS | restless
    arrays = {k: v.copy() for k, v in ended.arrays().items()}
    kept = State.from_arrays(arrays, settings)
    arguments = blobs(200, 1), blobs(60, 2), settings, partial(generator, 1)
    again = training.train(*arguments, state=kept)
    assert again.history == ended.history
    assert again.model.tobytes() == ended.model.tobytes()


def test_from_zeros_no_hidden_unit_ever_differs_from_another():
    state = run(initialisation="zeros")
    (W1, _), _ = network.views(state.vector, SETTINGS.layer_dims)
    assert np.ptp(W1, axis=1).max() == 0
    assert state.history[-1]["dev_accuracy"] < 0.6


def test_score_by_hand():
    # Logits equal the input: classes 0 and 1 right, the last one wrong; J = log(1 + e^-2) or + 2.
    layers = [(np.eye(2), np.zeros(2))]
    samples = batches.Dataset(np.array([[2.0, 0], [0, 2], [2, 0]]), np.array([0, 1, 1]))
    loss, accuracy = training.score(samples, layers, RELU)
    assert accuracy == pytest.approx(2 / 3)
    assert loss == pytest.approx(np.log1p(np.exp(-2)) + 2 / 3)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda arrays: arrays.pop("optimizer_state"), "optimizer_state"),
        (lambda arrays: arrays.update(extra=np.zeros(3)), "extra"),
        (lambda arrays: arrays.update(average=np.zeros(3)), "average"),
        (lambda arrays: arrays.update(vector=arrays["vector"][1:]), "shapes"),
        (lambda arrays: arrays.update(optimizer_state=arrays["optimizer_state"][:, 1:]), "shapes"),
        (lambda arrays: arrays["vector"].__setitem__(3, np.nan), "finite"),
        (lambda arrays: arrays["optimizer_state"].__setitem__((0, 3), np.inf), "finite"),
        (lambda arrays: arrays["nonzero"].__setitem__(0, 99), "nonzero"),
        (lambda arrays: arrays.update(nonzero=arrays["nonzero"].astype(float)), "nonzero"),
        (lambda arrays: arrays.update(nonzero=np.array(7)), "not the state"),
        (lambda arrays: arrays.pop("history"), "history"),
        (lambda arrays: arrays.update(history=np.array("[")), "Expecting"),
        (lambda arrays: arrays.update(history=np.array("7")), "not the state"),
        (lambda arrays: arrays.update(history=np.array('[{"epoch": 2}]')), "history of epochs"),
        (lambda arrays: arrays.update(history=np.array("[{}]")), "epoch"),
    ],
)
def test_arrays_that_are_no_state_of_this_training_are_refused(change, message):
    ended = run()
    arrays = {name: array.copy() for name, array in ended.arrays().items()}
    State.from_arrays(dict(arrays), SETTINGS)
    change(arrays)
    with pytest.raises(ValueError, match=message):
        State.from_arrays(arrays, SETTINGS)


def test_a_run_that_diverges_stops_and_names_the_setting():
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match=r"in epoch \d+: .* Lower .*learning_rate.* 1e\+12"),
    ):
        run(learning_rate=1e12, schedule="constant")
