"""From one start and on the same batches, PyTorch's parameters are ours, step after step."""

from functools import partial

import numpy as np
import pytest
import torch
from twin import Twin

from handwritten.learning import batches, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES
from handwritten.randomness import generator

SETTINGS = {
    "layer_dims": [36, 11, 7, 5],
    "activation": "tanh",
    "initialisation": "xavier",
    "batch_size": 20,
    "epochs": 10,
    "optimizer": "momentum",
    "momentum": 0.9,
    "learning_rate": 0.05,
    "schedule": "cosine",
    "warmup": 0.0,
    "l2": 0.0,
    "weight_decay": 0.0,
    "clip_norm": 0.0,
    "max_norm": 0.0,
    "weight_average": 0.0,
    "label_smoothing": 0.0,
    "dropout": 0.0,
    "input_dropout": 0.0,
    "rotation": 0.0,
    "scale": 0.0,
    "shear": 0.0,
    "shift": 0.0,
    "elastic": 0.0,
    "elastic_sigma": 5.0,
    "early_stopping": 0,
    "train_on": "train",
    "seed": 3,
}
CHANGES = [
    *({"optimizer": name} for name in OPTIMIZERS),
    *({"schedule": name} for name in SCHEDULES),
    *({"schedule": name, "optimizer": "adam", "learning_rate": 0.01} for name in SCHEDULES),
    *({"activation": name} for name in ACTIVATIONS),
    *({"warmup": 0.3, "optimizer": name} for name in OPTIMIZERS),
    *({"l2": 0.01, "optimizer": name} for name in OPTIMIZERS),
    {"weight_decay": 0.1, "optimizer": "adam"},
    {"clip_norm": 0.2},
    {"max_norm": 0.8},
    {"weight_average": 0.9},
    {"label_smoothing": 0.1},
    {"dropout": 0.3},
    {"input_dropout": 0.2},
    {"l2": 0.001, "label_smoothing": 0.1, "dropout": 0.2, "warmup": 0.2, "clip_norm": 0.5},
]


@pytest.fixture(scope="module")
def samples() -> batches.Samples:
    """Images of random pixels, 200 of 36, in double precision, and labels."""
    rng = np.random.default_rng(1)
    return batches.Samples(rng.random((200, 36)), rng.integers(5, size=200))


def ours(samples, settings: dict) -> dict[int, np.ndarray]:
    """Our parameters after so many steps, at the end of each epoch."""
    found, steps = {}, -(-len(samples.x) // settings["batch_size"])

    def on_epoch(state):
        found[steps * len(state.history)] = state.current.copy()

    training.train(samples, samples, settings, partial(generator, settings["seed"]), on_epoch)
    return found


def theirs(samples, settings: dict) -> dict[int, np.ndarray]:
    """PyTorch's parameters after every step."""
    found, twin = {}, Twin(*samples, settings)
    twin.train(lambda number: found.update({number: twin.vector().copy()}))
    return found


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_after_10_and_100_steps_the_parameters_are_the_same(samples, change):
    settings = SETTINGS | change
    expected, found = theirs(samples, settings), ours(samples, settings)
    assert set(found) == set(range(10, 101, 10))
    for steps in (10, 100):
        assert found[steps].dtype == np.float64
        np.testing.assert_allclose(found[steps], expected[steps], rtol=0, atol=1e-10)
    assert np.abs(found[100] - found[10]).max() > 1e-3  # it has learnt


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_after_one_step_the_parameters_are_the_same(samples, change):
    settings = SETTINGS | change | {"batch_size": len(samples.x), "epochs": 1}
    expected, found = theirs(samples, settings), ours(samples, settings)
    np.testing.assert_allclose(found[1], expected[1], rtol=0, atol=1e-10)


def test_the_twin_learns_in_double_precision(samples):
    twin = Twin(*samples, SETTINGS)
    assert {array.dtype for array in twin.parameters} == {torch.float64}
