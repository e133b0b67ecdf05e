"""What of a run is embedded in the page, and why a network is not."""

import json
from dataclasses import replace

import pytest

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.page import embedding, formats

RUN = {"ensemble": False, "activation": "relu", "models": ["a"]}


@pytest.mark.parametrize(
    ("run", "parameters", "reason"),
    [
        ({}, 1000, ""),
        ({}, embedding.LARGEST + 1, "its 5,000,001 parameters are too many"),
        ({"ensemble": True, "models": ["a", "b"]}, 1000, "an ensemble of 2 networks"),
        ({"activation": "silu"}, 1000, "its activation function, silu, has no JavaScript form"),
    ],
    ids=["small", "large", "ensemble", "no JavaScript form"],
)
def test_a_network_that_cannot_compute_in_the_page_has_a_reason(
    monkeypatch, run, parameters, reason
):
    monkeypatch.setitem(ACTIVATIONS, "silu", replace(ACTIVATIONS["relu"], javascript=None))
    found = embedding.not_embeddable(RUN | run, {"parameters": parameters})
    assert reason in found and bool(found) == bool(reason)


def test_the_page_s_functions_are_the_declared_ones(monkeypatch):
    monkeypatch.setitem(ACTIVATIONS, "silu", replace(ACTIVATIONS["relu"], javascript=None))
    script = embedding.declarations_script()
    assert "silu" not in script
    for name, each in ACTIVATIONS.items():
        if each.javascript:
            value, derivative = each.javascript.value, each.javascript.derivative
            assert (
                f"  {name}: {{ words: {json.dumps(formats.spelled(name))}, "
                f"value: (z) => {value}, derivative: (z) => {derivative} }}," in script
            )
    for name in INITIALISATIONS:
        assert f"  {name}: ({{ uniform, normal }}, inputs, units) => " in script
