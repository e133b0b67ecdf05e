"""Runs that diverge stop, and the setting most likely at fault is named."""

import math

import numpy as np
import pytest
from clouds import SETTINGS, run

from handwritten.learning import divergence

pytestmark = pytest.mark.promise("numbers")
GUESSING = math.log(SETTINGS.layer_dims[-1])


def history(*losses):
    return [
        {"epoch": i, "train_loss": loss, "dev_loss": loss / 2, "learning_rate": 0.5}
        for i, loss in enumerate(losses, 1)
    ]


@pytest.mark.parametrize(
    ("changes", "blamed"),
    [
        ({"learning_rate": 1e12}, "learning_rate, which is 1e\\+12"),
        ({"learning_rate": 1e12, "momentum": 0.9}, "makes it 1e\\+13 in effect"),
        ({"learning_rate": 0.1, "l2": 100.0}, "l2, which is 100"),
        ({"learning_rate": 0.1, "weight_decay": 100.0}, "weight_decay, which is 100"),
        ({"optimizer": "gradient_descent", "learning_rate": 0.1, "l2": 100.0}, "l2"),
    ],
)
def test_a_run_that_diverges_stops_and_names_the_setting(changes, blamed):
    constant = {"optimizer": "momentum", "schedule": "constant", "momentum": 0.0, "epochs": 60}
    with (
        np.errstate(all="ignore"),
        pytest.raises(FloatingPointError, match=rf"in epoch \d+: .* Lower the run's .*{blamed}"),
    ):
        run(**constant | changes)


@pytest.mark.parametrize(
    ("l2", "momentum", "blamed"),
    [(3.9, 0.0, "learning_rate"), (4.1, 0.0, "l2"), (7.5, 0.9, "learning_rate"), (7.7, 0.9, "l2")],
)
def test_a_penalty_is_to_blame_from_where_it_alone_makes_weights_grow(l2, momentum, blamed):
    """With rate 0.5 the step multiplies by 1 - l2 / 2; watch a single weight under it."""
    settings = SETTINGS | {"optimizer": "momentum", "l2": l2, "momentum": momentum}
    settings |= {"learning_rate": 0.5}
    weight, velocity = 1.0, 0.0
    for _ in range(1000):
        velocity = momentum * velocity + 0.5 * l2 * weight
        weight -= velocity
    assert (abs(weight) > 1) == (blamed == "l2")
    assert f"Lower the run's {blamed}" in divergence.suspect(settings)


@pytest.mark.parametrize("penalty", ["l2", "weight_decay"])
@pytest.mark.parametrize("last", [0.05, 0.02, 1e-6, 0.0])
def test_a_penalty_is_to_blame_however_small_the_rate_of_the_last_step_is(penalty, last):
    """Weights grow where the rate is the largest, and their loss is seen at the epoch's end."""
    settings = SETTINGS | {"optimizer": "momentum", "momentum": 0.9, "learning_rate": 0.05}
    rows = history(1.0, math.inf)
    rows[-1]["learning_rate"] = last
    with pytest.raises(FloatingPointError, match=f"Lower the run's {penalty}, which is 100"):
        divergence.check(rows, settings | {penalty: 100.0})


def test_adam_does_not_diverge_by_l2():
    settings = SETTINGS | {"optimizer": "adam", "l2": 100.0}
    assert "learning_rate" in divergence.suspect(settings)
    assert "momentum" not in divergence.suspect(settings)


def test_a_loss_may_begin_high_and_rise_a_little_but_not_run_away():
    divergence.check(history(100 * GUESSING), SETTINGS)
    divergence.check(history(100 * GUESSING, 900 * GUESSING), SETTINGS)
    divergence.check(history(0.01, 9 * GUESSING), SETTINGS)
    with pytest.raises(FloatingPointError, match="diverged in epoch 3"):
        divergence.check(history(5, 0.01, 11 * GUESSING), SETTINGS)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
@pytest.mark.parametrize("which", ["train_loss", "dev_loss"])
def test_no_loss_may_be_infinite_or_undefined(loss, which):
    rows = history(1.0, 1.0)
    rows[-1][which] = loss
    with pytest.raises(FloatingPointError, match="diverged in epoch 2"):
        divergence.check(rows, SETTINGS)
