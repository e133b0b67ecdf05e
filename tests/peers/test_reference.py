"""From one start and on the same batches, PyTorch's parameters are ours, step after step."""

import json

import numpy as np
import pytest
import torch

from handwritten.config.run_settings import Phase2
from handwritten.learning import backpropagation, batches, registries, regularisation
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.reference import agreement, side_by_side
from handwritten.reference.pytorch import Reference

CASES = [(heading, changes) for heading, each in agreement.CASES.items() for changes in each]


@pytest.mark.parametrize(("heading", "changes"), CASES, ids=lambda part: str(part))
def test_after_1_10_and_100_steps_the_parameters_are_the_same(heading, changes):
    row = agreement.compared(heading, changes)
    assert list(row["differences"]) == ["1", "10", "100"]
    assert max(row["differences"].values()) <= 1e-10
    assert row["learnt"] > 1e-3 or changes == {"initialisation": "zeros"}


RANDOM = ({"dropout": 0.3}, {"input_dropout": 0.2}, {"shift": 1.0, "undistorted": 0.5})


@pytest.mark.parametrize("changes", RANDOM, ids=str)
@pytest.mark.parametrize(("rows", "threads"), [(600, 2), (1500, 1)])
@pytest.mark.parametrize("float_type", [np.float64, np.float32])
def test_large_batches_are_drawn_alike_however_they_are_divided(changes, rows, threads, float_type):
    """Among threads, and in slices of at most 1,024 rows."""
    rng = np.random.default_rng(1)
    x = rng.random((2 * rows + 1, 36)).astype(float_type)
    images = batches.Dataset(x, rng.integers(5, size=len(x)))
    settings = agreement.SETTINGS | {"layer_dims": [36, 9, 8, 5], "batch_size": rows, "epochs": 2}
    settings |= changes
    our = agreement.ours(images, settings, threads)[6]
    their = agreement.theirs(images, settings, threads)[6]
    assert np.abs(our - their).max() < (1e-12 if float_type == np.float64 else 1e-5)


def test_every_setting_of_a_training_is_among_the_cases():
    """But for those that say no more than how long and on what."""
    settings = set(Phase2.model_fields)
    tried = {key for _, changes in CASES for key in changes}
    aside = {
        "trainer",
        "reported_accuracy",
        "seed",
        "threads",
        "train_on",
        "test_time_shift",
        "early_stopping",
    }
    aside |= {"layer_dims", "batch_size", "epochs", "scale", "shear", "elastic_sigma"}
    aside |= set(registries.settings())  # which are tried with what declares them
    assert tried | aside == settings
    assert set(vars(agreement.SETTINGS)) <= settings | {"image_shape"}  # which the data say


def test_the_reference_learns_in_double_precision():
    reference = Reference(agreement.dataset(), agreement.SETTINGS)
    assert {array.dtype for array in reference.parameters} == {torch.float64}


def test_adam_with_weight_decay_is_pytorch_s_adamw():
    rng = np.random.default_rng(5)
    ours = OPTIMIZERS["adam"](rng.standard_normal(20), {})
    theirs = torch.tensor(ours.parameters.copy(), requires_grad=True)
    adamw = torch.optim.AdamW([theirs], lr=0.01, weight_decay=0.1)
    for _ in range(50):
        gradient = rng.standard_normal(20)
        theirs.grad = torch.tensor(gradient)
        adamw.step()
        regularisation.decay_weights(ours.parameters, 0.01 * 0.1)
        ours.update(gradient, 0.01)
    np.testing.assert_allclose(ours.parameters, theirs.detach().numpy(), rtol=1e-10)


def test_another_gradient_is_a_disagreement(monkeypatch):
    right = backpropagation.backward

    def wrong(x, layers, buffers, gradients):
        right(x, layers, buffers, gradients)
        gradients[0][1][...] *= 1 + 1e-6

    monkeypatch.setattr(backpropagation, "backward", wrong)
    row = agreement.compared("optimizer", {"optimizer": "momentum"})
    with pytest.raises(agreement.DisagreementError, match=r"momentum.*after \d+ steps.*1e-10"):
        agreement.require([row])


def test_numbers_that_are_none_are_a_disagreement():
    with pytest.raises(agreement.DisagreementError):
        agreement.require([{"changes": {}, "differences": {"1": float("nan")}}])


def test_trained_side_by_side_both_come_to_the_same():
    samples = agreement.dataset()
    half = batches.Dataset(samples.x[:100].astype(np.float32), samples.y[:100])
    rest = batches.Dataset(samples.x[100:].astype(np.float32), samples.y[100:])
    said = []
    pair = side_by_side.Pair(half, rest, agreement.SETTINGS, 1).trained(said.append)
    assert said == pair.epochs and [row["steps"] for row in said] == list(range(5, 51, 5))
    assert all(0 <= row["differences"] < 1e-5 for row in said)
    assert all(row["dev_accuracy"] == row["pytorch_dev_accuracy"] for row in said)
    assert (pair.correct("ours", rest) == pair.correct("pytorch", rest)).all()
    assert {name: len(times) for name, times in pair.seconds.items()} == {"ours": 10, "pytorch": 10}
    assert json.dumps(pair.pace()) and min(pair.pace().values()) > 0
