"""Exported models are the model: the formats' own readers give the same numbers and predictions."""

import json

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator
from safetensors import safe_open
from safetensors.numpy import load

from handwritten.export import json_file, onnx_file, safetensors_file
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS, ActivationFunction


@pytest.fixture
def layers():
    """A network of 12-7-5-3 with random numbers."""
    dims = [12, 7, 5, 3]
    rng = np.random.default_rng(5)
    vector = rng.standard_normal(network.parameter_count(dims)).astype(np.float32)
    return network.views(vector, dims)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_onnx_model_gives_the_same_probabilities(layers, activation):
    x = np.random.default_rng(6).random((9, 12), dtype=np.float32)
    model = onnx.load_model_from_string(onnx_file.encoded(layers, activation, 0.5, "a network"))
    p, calibrated = ReferenceEvaluator(model).run(["p", "p_calibrated"], {"x": x})
    z = network.logits(x, layers, ACTIVATIONS[activation])
    np.testing.assert_allclose(p, losses.softmax(z), atol=1e-6)
    np.testing.assert_allclose(calibrated, losses.softmax(z / np.float32(0.5)), atol=1e-6)
    assert model.doc_string == "a network"


def test_a_missing_onnx_form_is_named(layers, monkeypatch):
    monkeypatch.setitem(
        ACTIVATIONS, "cube", ActivationFunction(name="cube", function=print, formula="a = z**3")
    )
    with pytest.raises(onnx_file.NoFormError, match="`cube` has no ONNX form"):
        onnx_file.encoded(layers, "cube", 1, "")
    onnx_file.encoded(layers[:1], "cube", 1, "a network without a hidden layer needs none")


def test_safetensors_have_the_names_and_shapes_of_pytorch(layers):
    tensors = load(safetensors_file.encoded(layers, {}))
    names = ["0.bias", "0.weight", "2.bias", "2.weight", "4.bias", "4.weight"]
    assert sorted(tensors) == names
    for l, (W, b) in enumerate(layers):
        np.testing.assert_array_equal(tensors[f"{2 * l}.weight"], W.T)
        np.testing.assert_array_equal(tensors[f"{2 * l}.bias"], b)


def test_safetensors_say_what_they_are(layers, tmp_path):
    metadata = {"title": "MNIST", "activation": "relu", "classes": ["お", "き"]}
    path = tmp_path / "model.safetensors"
    path.write_bytes(safetensors_file.encoded(layers, metadata))
    with safe_open(path, "numpy") as file:
        assert json.loads(file.metadata()["handwritten"]) == metadata


def test_json_gives_every_float32_back(layers):
    model = network.named(layers) | {"b1": np.array([0.1, -0.0, 1e-30, 3.4e38], np.float32)}
    text = json_file.encoded(model, {"activation": "tanh"})
    found = json.loads(text)
    assert (found["schema"], found["activation"]) == (1, "tanh")
    for name, array in model.items():
        np.testing.assert_array_equal(np.array(found[name], np.float32), array)
    assert "[0.1, -0.0, 1e-30, 3.4e+38]" in text


def test_the_same_model_is_the_same_bytes(layers):
    metadata = {"b": 1, "a": [2, 3]}
    again = [(W.copy(), b.copy()) for W, b in layers]
    for encoded in (
        lambda layers: onnx_file.encoded(layers, "relu", 1, ""),
        lambda layers: safetensors_file.encoded(layers, metadata),
    ):
        assert encoded(layers) == encoded(again)
