"""Optimizers, schedules and initialisations: a hand-worked step or a distribution each."""

import math

import numpy as np
import pytest

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import MOMENTUM, OPTIMIZERS, Optimizer
from handwritten.learning.schedules import SCHEDULES, warmed_up
from handwritten.randomness import PURPOSES, generator


def two_steps(name, settings):
    """The parameters after two steps with gradient [1, -2] from [10, 10] at a rate of 0.5."""
    optimizer = OPTIMIZERS[name](np.array([10.0, 10.0]), settings)
    for _ in range(2):
        gradient = np.array([1.0, -2.0]) * (0.5 if optimizer.proportional else 1)
        optimizer.update(gradient, 0.5)
    return optimizer.parameters.tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", [0, 0, 0, 0.5, 3]),
        ("leaky_relu", [-0.02, -0.005, 0, 0.5, 3]),
        ("sigmoid", [1 / (1 + math.exp(-z)) for z in (-2, -0.5, 0, 0.5, 3)]),
        ("tanh", [math.tanh(z) for z in (-2, -0.5, 0, 0.5, 3)]),
        ("gelu", [z * (1 + math.erf(z / 2**0.5)) / 2 for z in (-2, -0.5, 0, 0.5, 3)]),
    ],
)
def test_activations_by_hand(name, expected):
    a = np.array([-2, -0.5, 0, 0.5, 3])
    ACTIVATIONS[name](a, np.empty(5))
    # GELU is an approximation, known to be within 0.0005 of the exact one.
    np.testing.assert_allclose(a, expected, atol=5e-4 if name == "gelu" else 1e-12)


def test_gradient_descent_by_hand():
    assert OPTIMIZERS["gradient_descent"].initial_state(np.ones(2)).size == 0
    assert two_steps("gradient_descent", {}) == [10 - 0.5 - 0.5, 10 + 1 + 1]


def test_momentum_by_hand():
    # v = 0.5, then 0.9 * 0.5 + 0.5 = 0.95 (and twice that, negative, for the second weight)
    assert two_steps("momentum", {"momentum": 0.9}) == pytest.approx(
        [10 - 0.5 - 0.95, 10 + 1 + 1.9]
    )


def test_nesterov_by_hand():
    # v = 0.5, the step is 0.9 * 0.5 + 0.5 = 0.95; then v = 0.95, and 0.9 * 0.95 + 0.5 = 1.355
    expected = [10 - 0.95 - 1.355, 10 + 1.9 + 2.71]
    assert two_steps("nesterov", {"momentum": 0.9}) == pytest.approx(expected)


def test_momentum_is_a_fraction_of_the_velocity():
    # With 1 the velocity would never fade, and with less than 0 it would change its sign.
    assert (MOMENTUM.minimum, MOMENTUM.below) == (0, 1)


def test_an_optimizer_without_a_step_of_its_own_is_refused():
    with pytest.raises(TypeError, match="abstract"):
        type("Idle", (Optimizer,), {"settings": {}})(np.ones(2), {})


def test_adam_by_hand():
    # With a constant gradient both corrected means are exact: every step is learning_rate * sign.
    assert two_steps("adam", {}) == pytest.approx([9, 11])


def test_adam_s_second_step_by_hand():
    # Gradients 1, then 3:  m = 0.1, then 0.39; s = 0.001, then 0.009999
    #   corrected m = 0.39 / 0.19, corrected s = 0.009999 / 0.001999
    adam = OPTIMIZERS["adam"](np.array([0.0]), {})
    for gradient in (1.0, 3.0):
        adam.update(np.array([gradient]), 0.1)
    assert adam.parameters[0] == pytest.approx(
        -0.1 - 0.1 * (0.39 / 0.19) / (0.009999 / 0.001999) ** 0.5
    )


def test_more_schedules_by_hand():
    assert [SCHEDULES["step"](t) for t in (0, 0.49, 0.5, 0.75, 0.99)] == [1, 1, 0.1, 0.01, 0.01]
    assert [SCHEDULES["exponential"](t) for t in (0, 0.5, 1)] == pytest.approx([1, 0.1, 0.01])
    cycle = [SCHEDULES["one_cycle"](t) for t in (0, 0.15, 0.3, 0.65, 1)]
    assert cycle == pytest.approx([0.04, 0.52, 1, 0.5, 0])
    assert [warmed_up(t, 0.2) for t in (0, 0.1, 0.2, 1)] == [0, 0.5, 1, 1]
    assert warmed_up(0, 0) == 1


def test_schedules_by_hand():
    assert [SCHEDULES["constant"](t) for t in (0, 0.5, 1)] == [1, 1, 1]
    assert [SCHEDULES["cosine"](t) for t in (0, 0.5, 1)] == pytest.approx([1, 0.5, 0])
    assert SCHEDULES["cosine"](1 / 3) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("name", "deviation"), [("he", (2 / 400) ** 0.5), ("xavier", (2 / 700) ** 0.5)]
)
def test_normal_initialisations(name, deviation):
    W, b = np.empty((400, 300)), np.ones(300)
    INITIALISATIONS[name](W, b, np.random.default_rng(3))
    # 120,000 draws: the mean is known to 0.3% of the deviation, the deviation to 0.2%
    assert abs(W.mean()) < 0.015 * deviation
    assert W.std() == pytest.approx(deviation, rel=0.01)
    assert abs((np.abs(W) < deviation).mean() - 0.6827) < 0.01  # a normal distribution, not another
    assert not b.any()


def test_uniform_initialisation():
    W, b = np.empty((400, 300)), np.empty(300)
    INITIALISATIONS["uniform"](W, b, np.random.default_rng(4))
    assert W.min() >= -0.5 and W.max() < 0.5
    np.testing.assert_allclose(np.histogram(W, 10, (-0.5, 0.5))[0] / W.size, 0.1, atol=0.005)
    assert b.std() == pytest.approx(12**-0.5, rel=0.1)


def test_each_purpose_has_a_stream_of_its_own():
    draws = {purpose: generator(1, purpose).random() for purpose in PURPOSES}
    assert len(set(draws.values())) == len(PURPOSES)
    assert draws == {purpose: generator(1, purpose).random() for purpose in PURPOSES}
    assert generator(2, "split").random() != draws["split"]
    with pytest.raises(ValueError):
        generator(1, "luck")
