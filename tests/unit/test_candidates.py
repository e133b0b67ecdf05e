"""Which settings a sweep tries."""

import math
from copy import deepcopy

import pytest
import yaml
from project import ROOT

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.plan.candidates import candidates, rounds

RANGE = {"from": 0.01, "to": 1.0, "scale": "log"}


def sweep(method="random", **settings):
    return {"method": method, "candidates": 400, "settings": settings}


def test_a_grid_is_every_combination_in_order():
    found = candidates(sweep("grid", a=[1, 2], b=[[3], [4], [5]]), 1)
    assert len(found) == 6
    assert found[0] == {"a": 1, "b": [3]} and found[-1] == {"a": 2, "b": [5]}


def test_a_logarithmic_range_has_as_many_values_in_each_decade():
    drawn = [row["a"] for row in candidates(sweep(a=RANGE), 1)]
    assert 0.01 <= min(drawn) < 0.011 and 0.9 < max(drawn) <= 1
    below = sum(value < 0.1 for value in drawn) / len(drawn)
    assert below == pytest.approx(0.5, abs=4 * math.sqrt(0.25 / len(drawn)))


def test_a_linear_range_is_even_and_whole_where_the_setting_is():
    low_high = {"from": 1, "to": 9, "scale": "linear"}
    drawn = [row["a"] for row in candidates(sweep(a=low_high, b=RANGE), 1)]
    assert set(drawn) == set(range(1, 10))


def test_more_candidates_leave_the_first_ones_and_another_seed_does_not():
    few, many = sweep(a=RANGE) | {"candidates": 5}, sweep(a=RANGE)
    assert candidates(many, 1)[:5] == candidates(few, 1)
    assert candidates(few, 2) != candidates(few, 1)


def test_repeats_are_left_out():
    assert sorted(row["a"] for row in candidates(sweep(a=[1, 2, 3]), 1)) == [1, 2, 3]


def test_halving_ends_with_the_run_s_whole_length():
    halving = {"method": "halving", "rounds": 3, "keep": 3}
    assert rounds(halving, 20) == [3, 7, 20]
    assert rounds(halving, 1) == [1, 1, 1]
    assert rounds({"method": "grid"}, 20) == [20]


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize(
    ("low", "high"),
    [
        (0.9999, 0.99999),
        (0.12345, 0.12348),
        (1 / 3, 1 / 2),
        (1e-5, 9.99996),
        (1.0, 1.00001),
        (0.1, 0.1 + 1e-16),
    ],
)
def test_no_number_leaves_its_range(low, high, scale):
    drawn = [row["a"] for row in candidates(sweep(a={"from": low, "to": high, "scale": scale}), 1)]
    assert low <= min(drawn) <= max(drawn) <= high
    assert len(set(drawn)) == len(drawn) > 1


def test_numbers_have_four_digits_unless_the_ends_have_more():
    """Models are named after their settings, so another rounding would train all of them again."""
    usual = [
        {"from": 0.02, "to": 0.5, "scale": "log"},
        {"from": 0.0, "to": 0.5, "scale": "linear"},
        {"from": 0.999, "to": 0.9999, "scale": "linear"},
    ]
    found = [[row["a"] for row in candidates(sweep(a=each), 1)][:3] for each in usual]
    assert found == [[0.09222, 0.1341, 0.05985], [0.2374, 0.2956, 0.1703], [0.9994, 0.9995, 0.9993]]
    narrow = {"from": 0.9999, "to": 0.99999, "scale": "linear"}
    drawn = sorted(row["a"] for row in candidates(sweep(a=narrow), 1))
    assert drawn == [0.9999, *(float(f"0.9999{i}") for i in range(1, 10))]


@pytest.mark.parametrize("method", ["grid", "random", "halving"])
@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("l2", [0.1, 0.1]),
        ("l2", [1, 0, 1.0]),
        ("l2", ["1e-1", 0.1]),
        ("batch_size", [64, "64"]),
        ("layer_dims", [["pixels", 9, "classes"], [784, 9, 10]]),
    ],
)
def test_a_value_that_is_listed_twice_is_refused(method, name, values):
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["sweep"] |= {"method": method, "settings": {name: values}}
    with pytest.raises(ConfigurationError, match=f"settings.{name} is .*; allowed: .*each once"):
        configuration.validated(config)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"settings": {"learning_rat": [1]}}, "did you mean learning_rate"),
        ({"settings": {"learning_rate": [0]}}, "learning_rate is 0; allowed: number, above 0"),
        ({"settings": {"l2": {"from": 1, "to": 101}}}, "l2 is 101.0; allowed"),
        ({"settings": {"l2": {"from": 2, "to": 1}}}, "from below to"),
        ({"settings": {"l2": {"from": 0, "to": 1, "scale": "log"}}}, "above 0 where scale is log"),
        ({"settings": {"optimizer": {"from": 0, "to": 1}}}, "this setting is not a number"),
        ({"settings": {"layer_dims": [[784, 9]]}}, "begins with 784"),
        ({"settings": {"epochs": [1, 2]}}, "sweep.settings cannot vary 'epochs'"),
        ({"settings": {"seed": [1, 2]}}, "sweep.settings cannot vary 'seed'"),
        ({"method": "grid"}, "a list of values, where method is grid"),
        ({"settings": {"l2": []}}, "sweep.settings.l2"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(change, said):
    config = deepcopy(yaml.safe_load((ROOT / "config.yaml").read_text()))
    config["sweep"] |= change
    with pytest.raises(ConfigurationError) as refused:
        configuration.validated(config)
    assert said in str(refused.value)


def test_values_are_converted_as_the_run_s_own_are():
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["sweep"]["settings"] = {"l2": ["1e-4", 0], "batch_size": ["full", "32"]}
    found = configuration.validated(config)["sweep"]["settings"]
    assert found == {"l2": [1e-4, 0.0], "batch_size": ["full", 32]}


def test_a_range_is_drawn_from_evenly_unless_it_says_otherwise():
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config["sweep"]["settings"] = {"l2": {"from": 0, "to": 0.001}}
    found = configuration.validated(config)["sweep"]["settings"]
    assert found == {"l2": {"from": 0.0, "to": 0.001, "scale": "linear"}}
