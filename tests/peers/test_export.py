"""Exported models of every activation, opened by PyTorch and onnxruntime on all test images."""

import json
from itertools import pairwise

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from handwritten.evaluation import calibration
from handwritten.io import files
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.reference import forms


@pytest.fixture(scope="module")
def x(built) -> np.ndarray:
    """The test images (n, pixels)."""
    (path,) = built.folder.glob("results/generated/parse_idx/*/test.npz")
    return files.read_arrays(path)["x"] / np.float32(255)


def exported(built, step: str) -> dict:
    """Of every model that a step has exported the version, with its activation and the folder."""
    paths = built.folder.glob(f"results/generated/{step}/*/provenance.json")
    recipes = {path.parent: json.loads(path.read_text())["made_from"] for path in paths}
    return {
        made_from["reads"]["model"]: (made_from["settings"]["activation"], folder)
        for folder, made_from in recipes.items()
    }


@pytest.fixture(scope="module")
def exports(built) -> dict:
    """The models in formats that any network has."""
    return exported(built, "export")


@pytest.fixture(scope="module")
def onnx_exports(built) -> dict:
    """The models in ONNX."""
    return exported(built, "export_onnx")


def probabilities(folder, activation, x) -> np.ndarray:
    """The model's own, in NumPy."""
    layers = network.from_named(files.read_arrays(folder / "model.npz"))
    return losses.softmax(network.logits(x, layers, ACTIVATIONS[activation]))


def test_all_models_are_exported_and_as_onnx_those_with_an_onnx_form(exports, onnx_exports):
    assert {activation for activation, _ in exports.values()} == set(ACTIVATIONS)
    with_form = {v for v, (activation, _) in exports.items() if ACTIVATIONS[activation].onnx}
    assert set(onnx_exports) == with_form


def test_onnxruntime_predicts_the_same(exports, onnx_exports, x):
    for version, (activation, folder) in onnx_exports.items():
        session = onnxruntime.InferenceSession(folder / "model.onnx")
        p, calibrated = session.run(["p", "p_calibrated"], {"x": x})
        folder = exports[version][1]
        expected = probabilities(folder, activation, x)
        np.testing.assert_allclose(p, expected, atol=1e-5, err_msg=activation)
        temperature = json.loads((folder / "model.json").read_text())["temperature"]
        divided = calibration.at_temperature(expected.astype(np.float64), temperature)
        np.testing.assert_allclose(calibrated, divided, atol=1e-5, err_msg=activation)
        np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))


class Activation(torch.nn.Module):
    """A declared activation as a layer."""

    def __init__(self, name):
        super().__init__()
        self.forward = forms.activation(name)


def test_pytorch_loads_them_by_name_and_predicts_the_same(exports, x):
    for activation, folder in exports.values():
        parts, described = [], json.loads((folder / "model.json").read_text())
        for d_in, d_out in pairwise(described["layer_dims"]):
            parts += [torch.nn.Linear(d_in, d_out), Activation(activation)]
        model = torch.nn.Sequential(*parts[:-1])
        model.load_state_dict(load_file(folder / "model.safetensors"))
        with torch.no_grad():
            p = torch.softmax(model(torch.from_numpy(x)), dim=1).numpy()
        expected = probabilities(folder, activation, x)
        np.testing.assert_allclose(p, expected, atol=1e-5, err_msg=activation)
        np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))
