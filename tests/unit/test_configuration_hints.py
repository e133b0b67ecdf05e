"""What a refusal advises: only what helps."""

from pathlib import Path

import pytest
import yaml

from handwritten.config.configuration import validated
from handwritten.config.messages import ConfigurationError, hint

SHIPPED = yaml.safe_load((Path(__file__).parents[2] / "config.yaml").read_text())
NUMBERS = [
    "-1",
    "-0.1",
    "-.5",
    "-1e-3",
    "-2E+5",
    "-1_000",
    "-1:30",
    "-.inf",
    "-inf",
    "1:60",
    "1:0.5",
]


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_lacks_no_space(text):
    assert hint(text, []) == ""


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("-phase1", "hyphen"),
        ("-phase1 -phase2", "hyphen"),
        ("-1 -2", "hyphen"),
        ("-28x28", "hyphen"),
        ("epochs:3", "colon"),
        ("l2:0.5", "colon"),
    ],
)
def test_a_space_is_missed_where_a_list_or_a_key_was_meant(text, advice):
    assert hint(text, []) == f"; write a space after the {advice}"


@pytest.mark.parametrize(
    ("name", "value"),
    [("undistorted", "-1"), ("learning_rate", "-0.1"), ("l2", "-1e-3"), ("epochs", "1:60")],
)
def test_a_number_that_is_not_allowed_is_refused_without_advice_on_spaces(name, value):
    """Snakemake passes on what stands in quotes after --config as text."""
    runs = SHIPPED["runs"] | {"phase2": SHIPPED["runs"]["phase2"] | {name: value}}
    with pytest.raises(ConfigurationError, match=f"{name} is '{value}'; allowed:") as refused:
        validated(SHIPPED | {"runs": runs})
    assert "space" not in str(refused.value)
