"""The steps of the ablation study in the configuration."""

from pathlib import Path

import pytest
import yaml

from handwritten.config.configuration import validated
from handwritten.config.messages import ConfigurationError

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())


def with_steps(*steps):
    """The shipped configuration with an ablation study of these steps."""
    return SHIPPED | {"ablation": SHIPPED["ablation"] | {"steps": list(steps)}}


FIRST = {"change": "a", "extends": "phase1"}


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
    assert other == run | {"change": "d", "epochs": 7}
    assert ensemble == {"change": "e", "trainer": "ensemble"}
