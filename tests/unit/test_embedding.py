"""What of a run is embedded in the page, and why a network is not."""

import base64
import json
import zlib
from dataclasses import replace

import numpy as np
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


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5000])
def test_arrays_are_packed_in_letters_that_mean_nothing_in_html(size):
    array = np.random.default_rng(size).integers(0, 256, size).astype(np.uint8)
    text = embedding.packed(array)
    assert not set(text) & set("<>&\"'\\/ \n")
    deflated = base64.b85decode(text.translate(str.maketrans(",.:", "<>&")))
    assert zlib.decompress(deflated) == array.tobytes()


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
