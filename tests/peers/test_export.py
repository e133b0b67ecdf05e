"""Exported models of every activation, opened by PyTorch and onnxruntime on all test images."""

import json
from itertools import pairwise

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

from handwritten.io import files
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.reference import forms


@pytest.fixture(scope="module")
def x(built) -> np.ndarray:
    """The test images (n, pixels)."""
    (path,) = built.folder.glob("results/generated/parse_idx/*/test.npz")
    return files.read_arrays(path)["x"] / np.float32(255)


@pytest.fixture(scope="module")
def exports(built) -> dict:
    """The folders of the exports, by the model's activation."""
    found = built.folder.glob("results/generated/export/*/model.json")
    return {json.loads(path.read_text())["activation"]: path.parent for path in found}


def probabilities(folder, activation, x) -> np.ndarray:
    """The model's own, in NumPy."""
    layers = network.from_named(files.read_arrays(folder / "model.npz"))
    return losses.softmax(network.logits(x, layers, ACTIVATIONS[activation]))


@pytest.fixture(scope="module")
def onnx_exports(built) -> dict:
    """The folders of the exports as ONNX, by the model's activation."""
    records = built.folder.glob("results/generated/export_onnx/*/provenance.json")
    return {
        json.loads(path.read_text())["made_from"]["settings"]["activation"]: path.parent
        for path in records
    }


def test_what_has_an_onnx_form_is_exported_as_onnx(onnx_exports):
    assert set(onnx_exports) == {name for name in ACTIVATIONS if ACTIVATIONS[name].onnx}


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if ACTIVATIONS[name].onnx])
def test_onnxruntime_predicts_the_same(exports, onnx_exports, activation, x):
    session = onnxruntime.InferenceSession(onnx_exports[activation] / "model.onnx")
    (p,) = session.run(["p"], {"x": x})
    expected = probabilities(exports[activation], activation, x)
    np.testing.assert_allclose(p, expected, atol=1e-5)
    np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))


class Activation(torch.nn.Module):
    """A declared activation as a layer."""

    def __init__(self, name):
        super().__init__()
        self.forward = forms.activation(name)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_pytorch_loads_it_by_name_and_predicts_the_same(exports, activation, x):
    folder, parts = exports[activation], []
    for d_in, d_out in pairwise(json.loads((folder / "model.json").read_text())["layer_dims"]):
        parts += [torch.nn.Linear(d_in, d_out), Activation(activation)]
    model = torch.nn.Sequential(*parts[:-1])
    model.load_state_dict(load_file(folder / "model.safetensors"))
    with torch.no_grad():
        p = torch.softmax(model(torch.from_numpy(x)), dim=1).numpy()
    expected = probabilities(folder, activation, x)
    np.testing.assert_allclose(p, expected, atol=1e-5)
    np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))
