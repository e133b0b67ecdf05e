"""What the page says of how a run was trained: every setting that is in use, and no other."""

import pytest

from handwritten.config.run_settings import Phase1Settings, Phase2, Phase2Settings
from handwritten.learning import registries
from handwritten.page import training_facts

PHASE2 = Phase2Settings().model_dump(exclude={"threads"})  # which no network is made of


def facts(settings: dict, **changes) -> dict:
    """Of a run that was trained with these settings."""
    run = {
        "provenance": [{"made_from": {"settings": settings}}],
        "history": None,
        "learnt_dev": False,
        "models": ["a"],
        "test_time_shift": 0,
    }
    return training_facts.facts(run | changes, train=600, dev=40)


def test_phase_1_is_described_in_the_words_of_the_section():
    found = facts(Phase1Settings().model_dump() | {"seed": 1, "classes": 10})
    assert found == {
        "images": 600,
        "epochs": 500,
        "networks": 1,
        "start": "uniform from −0.5 to 0.5",
        "optimizer": "gradient_descent",
        "rate": 0.1,
        "batch": "full",
        "l2": 0,
        "dropout": 0,
        "others": {},
    }


def test_phase_2_has_more_than_the_section():
    found = facts(PHASE2 | {"momentum": 0.9, "image_shape": [28, 28]})
    assert (found["start"], found["batch"], found["l2"]) == ("he", 128, 0.0005)
    assert found["others"] == {"schedule": "cosine", "label smoothing": "0.1"}


OFF = {"schedule": "constant", "label_smoothing": 0}
COMPARED = training_facts.APART | training_facts.SHARED.keys() | {"elastic_sigma", "threads"}
OF_A_RUN = {"trainer", "reported_accuracy"}


@pytest.mark.parametrize("key", sorted(Phase2.model_fields.keys() - COMPARED - OF_A_RUN))
def test_every_other_setting_is_named_if_it_is_in_use(key):
    declared = {name: setting.default for name, setting in registries.settings().items()}
    settings = PHASE2 | declared | OFF
    assert facts(settings)["others"] == {}
    value = "cosine" if key == "schedule" else 0.25
    at_test_time = {key: value} if key == "test_time_shift" else {}
    settings |= needed(key)
    before = facts(settings)["others"]
    changed = facts(settings | {key: value}, **at_test_time)["others"]
    sigma = {"elastic sigma": "5"} if key == "elastic" else {}
    assert changed == before | {key.replace("_", " "): str(value)} | sigma


def needed(key: str) -> dict:
    """What has to be chosen for a setting to have an effect."""
    if key == "undistorted":
        return {"shift": 1}
    return {
        kind: name
        for kind, registry in registries.REGISTRIES.items()
        for name, idea in registry.items()
        if key in idea.settings
    }


def test_a_setting_without_effect_is_not_named():
    settings = PHASE2 | {"momentum": 0.9}
    for idle in {"undistorted": 0.5}, {"elastic_sigma": 3}:
        assert facts(settings | idle) == facts(settings)
    without = settings | {"optimizer": "gradient_descent"}
    assert "momentum" in facts(settings | {"momentum": 0.5})["others"]
    assert "momentum" not in facts(without | {"momentum": 0.5})["others"]


def test_images_epochs_and_networks_are_those_of_the_training():
    settings = PHASE2 | {"epochs": 20, "early_stopping": 2}
    assert facts(settings, learnt_dev=True)["images"] == 640
    assert facts(settings, history=[{"epoch": 1}, {"epoch": 8}])["epochs"] == 8
    ensemble = facts(settings, models=["a", "b", "c"])
    assert (ensemble["networks"], ensemble["epochs"]) == (3, None)
    assert facts(settings | {"early_stopping": 0})["epochs"] == 20


def test_of_an_unknown_trainer_only_what_is_known_is_said():
    found = facts({"learning_rate": 0.5, "seed": 1})
    assert found["rate"] == 0.5
    assert found["start"] is found["batch"] is found["epochs"] is None
    assert found["others"] == {}
