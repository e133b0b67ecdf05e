"""Ensembles, intervals, McNemar's test, the ablation study: against numbers worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwritten.evaluation import ablation, comparison, ensemble, test_time_augmentation


def t_density(x, degrees):
    """The density of Student's distribution."""
    half = (degrees + 1) / 2
    log_scale = math.lgamma(half) - math.lgamma(degrees / 2) - math.log(degrees * math.pi) / 2
    return np.exp(log_scale - half * np.log1p(x * x / degrees))


@pytest.mark.parametrize("degrees", range(1, 31))
def test_95_percent_of_student_s_distribution_lie_within_the_table_s_value(degrees):
    bound = comparison.T95[degrees - 1]
    x = np.linspace(-bound, bound, 200_001)
    y = t_density(x, degrees)
    area = (y.sum() - (y[0] + y[-1]) / 2) * (x[1] - x[0])
    assert area == pytest.approx(0.95, abs=5e-5)


def test_the_interval_of_a_mean_by_hand():
    """Deviations -1, 0, 1: standard deviation 1, standard error 1/sqrt(3), t(2) = 4.303."""
    found = comparison.mean_interval([2.0, 3.0, 4.0])
    half = 4.303 / math.sqrt(3)
    assert found == pytest.approx({"mean": 3, "low": 3 - half, "high": 3 + half})
    assert comparison.mean_interval([2.0]) == {"mean": 2.0, "low": None, "high": None}


def test_the_interval_covers_as_often_as_it_says():
    draws = np.random.default_rng(1).normal(3, 2, (2000, 5)).tolist()
    inside = [i["low"] <= 3 <= i["high"] for i in map(comparison.mean_interval, draws)]
    assert 0.93 < np.mean(inside) < 0.97


@pytest.mark.parametrize(
    ("only_first", "only_second", "p"),
    [
        (0, 0, 1.0),
        (1, 1, 1.0),  # 2 * (1 + 2) / 4 is more than 1
        (0, 5, 2 / 32),
        (1, 5, 2 * (1 + 6) / 64),
        (8, 2, 2 * (1 + 10 + 45) / 1024),
    ],
)
def test_mcnemar_by_hand(only_first, only_second, p):
    assert comparison.mcnemar(only_first, only_second) == p
    assert comparison.mcnemar(only_second, only_first) == p


def test_mcnemar_of_many_images_is_near_chi_squared():
    """With Edwards' correction, z = (|b - c| - 1) / sqrt(b + c) = 97 / sqrt(1002) here."""
    two_sided = math.erfc(97 / math.sqrt(1002) / math.sqrt(2))
    assert comparison.mcnemar(550, 452) == pytest.approx(two_sided, rel=0.02)


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_a_probability_that_falls_as_the_split_gets_more_uneven(fewer, more):
    fewer, more = sorted((fewer, more))
    p = comparison.mcnemar(fewer, more)
    assert 0 < p <= 1
    if fewer:
        assert comparison.mcnemar(fewer - 1, more + 1) <= p


BELOW = np.array([[1, 1, 0, 0, 0, 0, 1, 1], [1, 0, 0, 0, 1, 1, 1, 1]], bool)
RIGHT = np.array([[0, 1, 1, 1, 1, 1, 1, 1], [1, 0, 0, 0, 0, 1, 1, 1]], bool)


def test_models_are_compared_seed_by_seed():
    """Seed 1 wins images 3 to 6 and loses the first: 2 * (1 + 5) / 32. Seed 2 loses one: 1."""
    found = comparison.compare(BELOW, RIGHT)
    assert (found["won"], found["lost"]) == ([4, 0], [1, 1])
    assert (found["better"], found["seeds"]) == (1, 2)
    assert found["mcnemar_p"] == [0.375, 1.0]
    assert found["median_p"] == 0.6875
    assert found["difference"]["mean"] == pytest.approx((-3 / 8 + 1 / 8) / 2)
    assert found["verdict"] == "no difference shown"


def test_a_ensemble_is_compared_with_each_member():
    found = comparison.compare(BELOW, np.ones((1, 8), bool))
    assert (found["won"], found["lost"]) == ([4, 3], [0, 0])
    assert found["better"] == 2


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [
        (-0.02, -0.01, "helps"),
        (0.01, 0.02, "hurts"),
        (-0.01, 0.01, "no difference shown"),
        (0.0, 0.0, "no difference shown"),
    ],
)
def test_the_verdict_goes_by_whether_the_interval_holds_0(low, high, word):
    assert comparison.verdict({"low": low, "high": high}) == word


def test_a_ensemble_s_answer_is_the_mean():
    members = [np.array([[0.9, 0.1]], np.float32), np.array([[0.2, 0.8]], np.float32)]
    answer = ensemble.mean_probabilities(members)
    assert answer.dtype == np.float32
    np.testing.assert_allclose(answer, [[0.55, 0.45]], rtol=1e-6)


def test_surprise_is_the_cross_entropy_and_finite_even_where_p_is_0():
    p = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
    loss = ensemble.negative_log_likelihood(p, np.array([0, 1]))
    assert loss[0] == pytest.approx(math.log(4))
    assert 80 < loss[1] < 100


def test_images_are_moved_by_whole_pixels_every_way():
    image = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    copies = [copy.tolist() for (copy,) in test_time_augmentation.shifted_copies(image[None], 1)]
    assert len(copies) == 9
    assert copies[4] == image.tolist()
    assert copies[0] == [[5, 6, 0], [8, 9, 0], [0, 0, 0]]  # up and left
    assert copies[5] == [[0, 1, 2], [0, 4, 5], [0, 7, 8]]  # right
    assert copies[8] == [[0, 0, 0], [0, 1, 2], [0, 4, 5]]  # down and right
    upper_left = next(test_time_augmentation.shifted_copies(image[None, :2], 1))
    assert upper_left.tolist() == [[[5, 6, 0], [0, 0, 0]]]


def metrics(errors):
    split = {"errors": errors, "n": 8}
    return {"parameters": 7, "dev": split, "test": split}


STEPS_OF_ABLATION = [
    {"change": "a", "evaluations": 2},
    {"change": "b", "evaluations": 2},
    {"change": "c", "evaluations": 1},
]


def test_every_ablation_step_has_its_own_errors_and_is_compared_with_the_previous_one():
    facts = [metrics(n) for n in (4, 3, 1, 4, 0)]
    steps = ablation.compare_steps(STEPS_OF_ABLATION, facts, [*BELOW, *RIGHT, np.ones(8, bool)])
    assert [step["test"]["errors"] for step in steps] == [[0.5, 0.375], [0.125, 0.5], [0.0]]
    assert steps[0]["against_previous"] is None
    assert steps[1]["against_previous"] == comparison.compare(BELOW, RIGHT)
    assert steps[2]["against_previous"]["won"] == [1, 4]
    assert steps[2]["against_previous"]["verdict"] == "one ensemble, no verdict"
    rows = ablation.table(steps)
    assert [row["change"] for row in rows] == ["a", "b", "c"]
    assert rows[1]["test_error_mean"] == 0.3125 and rows[1]["better"] == 1
    assert rows[0]["verdict"] is None and rows[2]["dev_error_low"] is None
