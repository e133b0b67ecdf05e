"""Ensembles, intervals, McNemar's test, the ablation study: against numbers worked by hand."""

import math
from functools import partial

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


def compared(below, right):
    return comparison.compare(below, right, np.random.default_rng(1))


def test_models_are_compared_by_seed_and_by_image():
    """Seed 1 wins images 3 to 6 and loses the first; seed 2 loses one and wins none."""
    found = compared(BELOW, RIGHT)
    assert (found["better"], found["seeds"]) == (1, 2)
    assert found["difference"]["mean"] == pytest.approx((-3 / 8 + 1 / 8) / 2)
    assert found["difference"]["low"] < -3 / 8 and found["difference"]["high"] > 1 / 8
    assert found["p"] > 0.3


def test_a_ensemble_is_compared_with_each_member():
    found = compared(BELOW, np.ones((1, 8), bool))
    assert (found["better"], found["seeds"], found["p"]) == (2, 2, None)
    assert found["difference"]["mean"] == pytest.approx(-(4 / 8 + 3 / 8) / 2)
    against = compared(np.ones((1, 8), bool), BELOW)
    assert against["difference"]["mean"] == -found["difference"]["mean"]
    assert 0 < against["p"] < 0.1


def test_models_that_agree_differ_by_0():
    found = compared(BELOW, BELOW)
    assert found["difference"] == {"mean": 0, "low": 0, "high": 0}
    assert found["p"] == 1


def test_equal_seeds_leave_the_luck_of_the_images():
    """Each image is then a coin that shows -1, 0 or 1; the variance of their mean is known."""
    differences = np.tile(np.repeat([-1, 1, 0], [30, 10, 160]), (4, 1)).astype(np.int8)
    means = comparison.bootstrap(differences, np.random.default_rng(1))
    assert means.mean() == pytest.approx(-0.1, abs=0.002)
    assert means.std() == pytest.approx(math.sqrt((40 / 200 - 0.1**2) / 200), rel=0.03)


def test_equal_images_leave_the_luck_of_the_seeds():
    """The variance of a mean of four seeds is a quarter of the unbiased variance of a seed."""
    by_seed = np.array([-1, -1, 0, 1])
    means = comparison.bootstrap(
        np.repeat(by_seed[:, None], 50, axis=1).astype(np.int8), np.random.default_rng(1)
    )
    assert means.mean() == pytest.approx(-0.25, abs=0.02)
    assert means.var() == pytest.approx(by_seed.var(ddof=1) / 4, rel=0.05)


def test_where_nothing_differs_few_p_are_small(monkeypatch):
    """Five seeds on 300 images, an image being harder for all seeds, a seed worse on all images."""
    monkeypatch.setattr(comparison, "RESAMPLES", 500)
    rng, small = np.random.default_rng(1), 0
    for _ in range(100):
        rates = np.clip(rng.beta(0.3, 6, 300) + rng.normal(0, 0.01, (2, 5, 1)), 0, 1)
        right = rng.random((2, 5, 300)) > rates
        small += comparison.compare(*right, rng)["p"] < 0.05
    assert small <= 8


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.02], [0.02]),
        ([0.6, 0.5, 0.001], [1.0, 1.0, 0.003]),
        ([0.01, 0.01], [0.02, 0.02]),
        ([], []),
    ],
)
def test_holm_by_hand(p, adjusted):
    assert comparison.holm(p) == pytest.approx(adjusted)


def test_the_verdict_goes_by_the_adjusted_p():
    """0.03 alone would be a difference; of two, the larger p stays and the smaller is doubled."""
    found = [
        {"p": 0.03, "difference": {"mean": -0.1}},
        {"p": 0.0001, "difference": {"mean": 0.1}},
        {"p": None, "difference": {"mean": -0.1}},
        {"p": 0.04, "difference": {"mean": -0.1}},
    ]
    comparison.judge(found)
    assert [each["holm_p"] for each in found] == pytest.approx([0.06, 0.0003, None, 0.06])
    assert [each["verdict"] for each in found] == [
        "no difference shown",
        "hurts",
        "one ensemble, no verdict",
        "no difference shown",
    ]
    comparison.judge(alone := [{"p": 0.03, "difference": {"mean": -0.1}}])
    assert alone[0]["verdict"] == "helps"


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


def part(change, evaluations, below):
    return {"change": change, "evaluations": evaluations, "below": below, "aside": False}


def test_a_study_compares_every_step_with_the_one_it_names():
    """Step b starts from a, the ensemble c from b; b is compared with what it is without a."""
    kinds = {
        "baselines": [part("z", 1, None)],
        "steps": [part("a", 2, None), part("b", 2, 0), part("c", 1, 1)],
        "left_out": [part("a", 2, 1)],
    }
    labels = np.arange(8) % 2
    correct = [RIGHT[0], *BELOW, *RIGHT, np.ones(8, bool), *BELOW]
    probabilities = [np.eye(2)[np.where(right, labels, 1 - labels)] for right in correct]
    errors = [metrics(n) for n in (1, 4, 3, 1, 4, 0, 4, 3)]
    random = partial(np.random.default_rng, 1)
    study = ablation.study(kinds, errors, probabilities, labels, random)
    assert [step["test"]["errors"] for step in study["steps"]] == [
        [0.5, 0.375],
        [0.125, 0.5],
        [0.0],
    ]
    first, second, ensemble = (step["comparison"] for step in study["steps"])
    assert first is None and study["baselines"][0]["comparison"] is None
    assert second | compared(BELOW, RIGHT) == second
    assert ensemble["verdict"] == "one ensemble, no verdict"
    assert study["left_out"][0]["comparison"] == second
    assert second["holm_p"] == min(1.0, 2 * second["p"])
    rows = ablation.table(study)
    assert [(row["kind"], row["change"]) for row in rows] == [
        ("baselines", "z"),
        *(("steps", change) for change in "abc"),
        ("left_out", "a"),
    ]
    assert rows[2]["test_error_mean"] == 0.3125 and rows[2]["better"] == 1
    assert rows[1]["verdict"] is None and rows[3]["dev_error_low"] is None


def test_the_interval_of_a_rate_stays_between_0_and_1():
    rates = ablation.error_rates([metrics(0), metrics(1)], "test")
    assert (rates["low"], rates["mean"]) == (0, 1 / 16)
