"""The exported models of the page's runs, opened by PyTorch and onnxruntime on all test images."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from safetensors.torch import load_file

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "results" / "mnist"
EXPORTS = sorted(path.parent for path in RESULTS.glob("export/*/provenance.json"))
BENDS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid}


@pytest.fixture(scope="module")
def x() -> np.ndarray:
    """The test images (n, pixels)."""
    found = RESULTS.glob("parse_idx/*/test.npz")  # versions differ in code alone
    with np.load(max(found, key=lambda path: path.stat().st_mtime)) as arrays:
        return arrays["x"] / np.float32(255)


def answers(folder: Path, x: np.ndarray) -> tuple[np.ndarray, list[int], str]:
    """The model's probabilities from NumPy alone, its layers and its activation."""
    facts = json.loads((folder / "model.json").read_text())
    bend = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh}[facts["activation"]]
    layers = len(facts["layer_dims"]) - 1
    with np.load(folder / "model.npz") as model:
        a = x
        for l in range(1, layers + 1):
            a = a @ model[f"W{l}"] + model[f"b{l}"]
            a = bend(a) if l < layers else a
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True), facts["layer_dims"], facts["activation"]


def test_there_are_exports():
    assert EXPORTS, "run make export first"


@pytest.mark.parametrize("folder", EXPORTS, ids=lambda folder: folder.name)
def test_onnxruntime_gives_the_same_answers(folder, x):
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    (p,) = session.run(["p"], {"x": x})
    expected, _, _ = answers(folder, x)
    np.testing.assert_allclose(p, expected, atol=1e-5)
    np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))


@pytest.mark.parametrize("folder", EXPORTS, ids=lambda folder: folder.name)
def test_pytorch_loads_it_by_name_and_gives_the_same_answers(folder, x):
    expected, dims, activation = answers(folder, x)
    parts = []
    for d_in, d_out in pairwise(dims):
        parts += [torch.nn.Linear(d_in, d_out), BENDS[activation]()]
    network = torch.nn.Sequential(*parts[:-1])
    network.load_state_dict(load_file(folder / "model.safetensors"))
    with torch.no_grad():
        p = torch.softmax(network(torch.from_numpy(x)), dim=1).numpy()
    np.testing.assert_allclose(p, expected, atol=1e-5)
    np.testing.assert_array_equal(p.argmax(axis=1), expected.argmax(axis=1))
