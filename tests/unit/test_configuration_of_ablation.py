"""The steps of the ablation study in the configuration."""

from pathlib import Path

import pytest
import yaml

from handwritten.config.configuration import validated
from handwritten.config.messages import ConfigurationError
from handwritten.io.storage import Storage
from handwritten.plan.plan import Plan
from handwritten.reference import pytorch_version

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())


def with_steps(*steps, baselines=()):
    """The shipped configuration with an ablation study of these steps and baselines."""
    study = {"steps": list(steps), "baselines": list(baselines)}
    return SHIPPED | {"ablation": SHIPPED["ablation"] | study}


FIRST = {"change": "a", "extends": "phase1"}
NEXT = {"change": "b", "extends": "phase2"}
FRESH = {"aside": False, "leave_one_out": False, "without": {}}


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([{"extends": "phase1"}], r"ablation.steps\[0\] lacks the key change"),
        ([FIRST, {"steps": 3}], r"ablation.steps\[1\] lacks the key change"),
        ([{"change": "a"}], r"ablation.steps\[0\] lacks the key trainer \(phase1, phase2"),
        (
            [{"change": "", "extends": "phase1"}],
            r"steps\[0\].change is ''; allowed: text, not empty",
        ),
        (
            [{"change": "a", "extends": "phase3"}],
            r"steps\[0\].extends is 'phase3'; allowed: one of",
        ),
        (
            [FIRST, {"change": "b", "step": 2}],
            r"unknown key ablation.steps\[1\].step; .*mean steps?",
        ),
        ([FIRST, {"change": "b", "seed": 2}], r"unknown key ablation.steps\[1\].seed; "),
        (
            [FIRST, {"change": "b", "steps": 0}],
            r"steps\[1\].steps is 0; allowed: integer, at least",
        ),
        ([{"change": "a", "trainer": "ensemble"}], r"steps\[0\].trainer is 'ensemble'; allowed: "),
        (
            [{"change": "a", "extends": "phase2", "layer_dims": [784, 9]}],
            r"ablation.steps\[0\].layer_dims is \[784, 9\]; allowed: a list that begins with 784",
        ),
        (["a"], r"ablation.steps\[0\] is 'a'; allowed: mapping"),
        (
            [FIRST, NEXT | {"without": {"epochs": 0}}],
            r"ablation.steps\[1\].without.epochs is 0; allowed: integer, at least 1",
        ),
        (
            [NEXT | {"without": {"layer_dims": ["pixels", 9]}}],
            r"ablation.steps\[0\].without.layer_dims is \[784, 9\]; allowed: a list that begins",
        ),
        ([NEXT | {"aside": 1}], r"ablation.steps\[0\].aside is 1; allowed: boolean"),
        (
            [{"change": "a", "trainer": "majority_class"}],
            r"steps\[0\].trainer is 'majority_class'; allowed: one of phase1, phase2, ens",
        ),
    ],
)
def test_a_faulty_ablation_step_is_refused_by_its_place(steps, message):
    with pytest.raises(ConfigurationError, match=message):
        validated(with_steps(*steps))


def test_a_ablation_step_is_the_ablation_step_below_with_its_own_settings():
    config = validated(
        with_steps(
            FIRST,
            {"change": "b", "steps": 9},
            {"change": "c", "learning_rate": 0.2},
            {"change": "d", "extends": "phase2_full_batch", "epochs": 7},
            {"change": "e", "trainer": "ensemble"},
        )
    )
    first, more, faster, other, ensemble = config["ablation"]["steps"]
    assert "reported_accuracy" not in first and "seed" not in first
    assert first | {"change": "b", "steps": 9} == more
    assert more | {"change": "c", "learning_rate": 0.2} == faster
    unlike = {"seed", "reported_accuracy", "extends"}
    run = {k: v for k, v in config["runs"]["phase2_full_batch"].items() if k not in unlike}
    assert other == run | FRESH | {"change": "d", "epochs": 7}
    assert ensemble == {"change": "e", "trainer": "ensemble"}


def test_steps_aside_lead_to_each_other_alone():
    config = validated(
        with_steps(
            NEXT,
            {"change": "c", "ema_decay": 0.9, "aside": True},
            {"change": "d", "epochs": 7, "aside": True},
            {"change": "e", "l2": 0.1},
        )
    )
    main, first, second, after = config["ablation"]["steps"]
    assert first == main | {"change": "c", "ema_decay": 0.9, "aside": True}
    assert second == first | {"change": "d", "epochs": 7}
    assert after == main | {"change": "e", "l2": 0.1}


def test_what_a_step_says_of_itself_is_not_the_next_one_s():
    config = validated(
        with_steps(NEXT | {"leave_one_out": True, "without": {"epochs": 3}}, {"change": "c"})
    )
    first, second = config["ablation"]["steps"]
    assert first["without"] == {"epochs": 3}
    assert second == first | FRESH | {"change": "c"}


@pytest.mark.parametrize(
    ("baseline", "message"),
    [
        ({"trainer": "majority_class"}, r"ablation.baselines\[0\] lacks the key change"),
        ({"change": "a"}, r"baselines\[0\] lacks the key trainer \(majority_class, nearest_neigh"),
        (
            {"change": "a", "trainer": "nearest_neighbours", "neighbours": [0]},
            r"baselines\[0\].neighbours\[0\] is 0; allowed: integer, at least 1",
        ),
        (NEXT | {"aside": True}, r"unknown key ablation.baselines\[0\].aside"),
        (
            NEXT | {"layer_dims": [784, 9]},
            r"ablation.baselines\[0\].layer_dims is \[784, 9\]; allowed: a list that begins",
        ),
    ],
)
def test_a_faulty_baseline_is_refused_by_its_place(baseline, message):
    with pytest.raises(ConfigurationError, match=message):
        validated(with_steps(FIRST, baselines=[baseline]))


def left_out(*steps) -> dict[str, dict]:
    """By title, what leaving out each change sets, as the plan has it."""
    study = Plan(validated(with_steps(*steps))).ablation.settings["kinds"]
    return {step["change"]: step["changed"] for step in study["left_out"]}


def test_one_change_at_a_time_is_left_out():
    """What a later step has set stays; where a change leaves nothing to undo, it is not listed."""
    found = left_out(
        FIRST,
        NEXT | {"without": {"initialisation": "uniform"}},
        {"change": "wide", "layer_dims": ["pixels", 20, "classes"]},
        {"change": "aside", "dropout": 0.5, "aside": True},
        {"change": "deep", "layer_dims": ["pixels", 20, 20, "classes"]},
        {"change": "slow", "learning_rate": 0.01, "momentum": 0.5, "without": {"l2": 0}},
        {"change": "fast", "learning_rate": 0.2, "leave_one_out": True},
        {"change": "long", "epochs": 99},
    )
    assert found == {
        "b": {"initialisation": "uniform"},
        "deep": {"layer_dims": [784, 20, 10]},
        "slow": {"momentum": 0.9, "l2": 0},
        "fast": {"learning_rate": 0.01},
    }


def test_what_the_last_change_is_left_out_of_is_the_step_below():
    """It is trained once, and nothing is where no step asks for it."""
    steps = [NEXT, {"change": "more", "epochs": 30, "leave_one_out": True}]
    study = Plan(validated(with_steps(*steps))).ablation.settings["kinds"]
    (without,), (below, top) = study["left_out"], study["steps"]
    assert without["models"] == below["models"] != top["models"]
    assert left_out(NEXT, {"change": "more", "epochs": 30}) == {}


CONVOLUTIONAL = {"change": "c", "trainer": "convolutional_network", "epochs": 3}


class Built(Storage):
    """A storage in which these files are."""

    def __init__(self, *files):
        super().__init__()
        self.files = files

    def exists(self, path):
        return path in self.files


def planned(train, *built, steps=(NEXT | {"shift": 2}, CONVOLUTIONAL, NEXT)):
    """The plan of a study with a convolutional network, where these files are built."""
    config = with_steps(*steps)
    return Plan(
        validated(config | {"ablation": config["ablation"] | {"train": train}}),
        storage=Built(*built),
    )


def titles(plan):
    return [step["change"] for step in plan.ablation.settings["kinds"]["steps"]]


@pytest.mark.parametrize(
    ("installed", "expected"), [("2.0", ["b", "c", "b"]), ("none", ["b", "b"])]
)
def test_a_convolutional_network_is_trained_where_pytorch_is_installed(
    monkeypatch, installed, expected
):
    monkeypatch.setattr(pytorch_version, "installed", lambda: installed)
    plan = planned(True)
    assert titles(plan) == expected
    if installed != "none":
        step = plan.ablation_steps[1]
        assert [each.name for each in step.evaluations] == ["train_convolutional_network"] * 5
        settings = step.evaluations[0].settings
        assert (settings["shift"], settings["epochs"], settings["seed"]) == (2, 3, 1)


@pytest.mark.slow
def test_a_study_that_was_built_is_shown_as_it_was_built(monkeypatch):
    """With the network on a machine without PyTorch, and without it on a machine that has it."""
    monkeypatch.setattr(pytorch_version, "installed", lambda: "2.0")
    complete = planned(True)
    networks = [each.record for each in complete.ablation_steps[1].evaluations]
    monkeypatch.setattr(pytorch_version, "installed", lambda: "none")
    without = planned(True)
    assert planned(False, complete.ablation.record).ablation == complete.ablation
    assert planned(True, *networks).ablation == complete.ablation
    monkeypatch.setattr(pytorch_version, "installed", lambda: "2.0")
    assert planned(False, without.ablation.record).ablation == without.ablation
    assert planned(True, without.ablation.record).ablation == complete.ablation


def test_an_ensemble_has_members_of_this_library():
    with pytest.raises(ConfigurationError, match=r"steps\[1\].trainer is 'ensemble'"):
        validated(with_steps(CONVOLUTIONAL, {"change": "e", "trainer": "ensemble"}))
