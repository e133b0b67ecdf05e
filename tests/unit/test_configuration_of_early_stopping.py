"""Nothing stops early by a dev set that it learns from, and no run by what another one says."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from handwritten.config.configuration import validated
from handwritten.config.messages import ConfigurationError
from handwritten.config.run_settings import RUNS
from handwritten.config.schema import options_at, schema_of
from handwritten.plan.plan import Plan

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())
LEARNT, STOPPED = {"train_on": "all"}, {"early_stopping": 2}
FIRST = {"change": "a", "extends": "phase2"}


def with_study(steps, baselines=()):
    """The shipped configuration with an ablation study of these steps and baselines."""
    study = {"steps": list(steps), "baselines": list(baselines)}
    return SHIPPED | {"ablation": SHIPPED["ablation"] | study}


def others(name):
    """Other allowed values of a setting of phase 2: words, or numbers near its bounds."""
    shipped = SHIPPED["runs"]["phase2"][name]
    if name == "layer_dims":
        return [["pixels", "classes"], [784, 9, 10]]
    values = []
    for rules in options_at((name,), schema_of(RUNS["phase2"])):
        values += rules.get("enum", []) or ([rules["const"]] if "const" in rules else [])
        if rules.get("type") in ("integer", "number"):
            values += [rules.get("minimum", 0.5), rules.get("maximum", 0.5)]
    return [value for value in values if value != shipped]


@pytest.mark.parametrize("name", sorted(SHIPPED["runs"]["phase2"].keys() - {"trainer"}))
def test_any_setting_of_the_shipped_phase2_can_be_changed_alone(name):
    """Other runs extend phase2, and a user who changes it need not know them."""
    assert others(name)
    for value in others(name):
        config = deepcopy(SHIPPED)
        config["runs"]["phase2"][name] = value
        validated(config)


def test_a_value_that_is_inherited_is_refused_with_the_run_that_it_comes_from():
    runs = {"phase2": {"trainer": "phase2"} | STOPPED, "middle": {"extends": "phase2"}}
    runs["last"] = {"extends": "middle"} | LEARNT
    said = r"runs.last.early_stopping is 2; allowed: 0 .*; the value is inherited from runs.phase2$"
    with pytest.raises(ConfigurationError, match=said):
        validated({"runs": runs, "report": ["last"]})
    runs["last"] |= STOPPED
    with pytest.raises(ConfigurationError, match=r"train_on is all$"):
        validated({"runs": runs, "report": ["last"]})


@pytest.mark.parametrize(
    ("steps", "baselines", "place"),
    [
        ([FIRST | LEARNT | STOPPED], [], r"steps\[0\]"),
        ([FIRST | STOPPED, {"change": "b"} | LEARNT], [], r"steps\[1\]"),
        ([FIRST | LEARNT, {"change": "b", "aside": True} | STOPPED], [], r"steps\[1\]"),
        ([FIRST], [FIRST | LEARNT | STOPPED], r"baselines\[0\]"),
    ],
)
def test_no_step_or_baseline_stops_by_dev_that_learns_from_it(steps, baselines, place):
    said = rf"ablation\.{place}\.early_stopping is 2; allowed: 0 where train_on is all"
    with pytest.raises(ConfigurationError, match=said):
        validated(with_study(steps, baselines))


TOP = {"change": "c", "leave_one_out": True}


@pytest.mark.parametrize(
    "steps",
    [
        [FIRST | STOPPED, {"change": "b", "early_stopping": 0}, TOP | LEARNT],
        [FIRST | LEARNT, {"change": "b", "train_on": "train"}, TOP | STOPPED],
        [FIRST, {"change": "b", "l2": 0.1, "without": LEARNT}, TOP | STOPPED],
    ],
)
def test_nothing_stops_by_dev_where_a_change_is_left_out(steps):
    said = "'c' without 'b' has early_stopping 2 and train_on all"
    with pytest.raises(ConfigurationError, match=said):
        Plan(validated(with_study(steps)))


def test_a_change_may_be_left_out_whole():
    """Each of the two settings is set aside with the other."""
    steps = [FIRST | STOPPED, {"change": "b", "early_stopping": 0} | LEARNT, TOP | {"l2": 0.1}]
    (without, _) = Plan(validated(with_study(steps))).ablation.settings["kinds"]["left_out"]
    assert without["changed"] == STOPPED | {"train_on": "train"}


def test_the_study_says_which_models_learnt_from_dev():
    steps = [FIRST, {"change": "b"} | LEARNT, {"change": "c", "trainer": "ensemble"}]
    baselines = [{"change": "d", "trainer": "majority_class"}, FIRST | LEARNT]
    kinds = Plan(validated(with_study(steps, baselines))).ablation.settings["kinds"]
    assert [step["learnt_dev"] for step in kinds["steps"]] == [False, True, True]
    assert [step["learnt_dev"] for step in kinds["baselines"]] == [False, True]
