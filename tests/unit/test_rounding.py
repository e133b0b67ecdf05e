"""Weights in few bits, whose predictions are those of the network."""

import numpy as np
import pytest

from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.page import embedding, rounding

RELU, DIMS = ACTIVATIONS["relu"], [30, 20, 10, 4]


@pytest.fixture
def layers():
    """A network with random weights, and a unit without any."""
    rng = np.random.default_rng(1)
    vector = rng.normal(size=network.parameter_count(DIMS)).astype(np.float32)
    layers = network.views(vector, DIMS)
    layers[0][0][:, 3] = 0
    return layers


def images(n: int) -> np.ndarray:
    """Random images."""
    return np.random.default_rng(2).integers(0, 256, (n, DIMS[0]), np.uint8)


@pytest.mark.parametrize("bits", rounding.BITS)
def test_weights_move_by_half_a_step_at_most(layers, bits):
    found = rounding.rounded(layers, bits)
    assert [b.tolist() for b in found.biases] == [b.tolist() for _, b in layers]
    for (W, _), (few, _), whole, step in zip(
        layers, found.layers, found.weights, found.steps, strict=True
    ):
        assert np.abs(whole).max() == 2 ** (bits - 1) - 1
        assert (np.abs(few - W) <= 0.5001 * step).all()
        assert few.dtype == np.float32 and np.isfinite(few).all()
        assert whole.dtype.itemsize == (1 if bits <= 8 else 2)


def test_the_fewest_bits_have_the_same_predictions(layers):
    x = images(3000)
    found = rounding.fewest_bits(layers, RELU, x)
    expected = rounding.predictions(layers, RELU, x)
    assert (rounding.predictions(found.layers, RELU, x) == expected).all()
    fewer = [bits for bits in rounding.BITS if bits < found.bits]
    assert fewer
    for bits in fewer:
        few = rounding.rounded(layers, bits).layers
        assert (rounding.predictions(few, RELU, x) != expected).any()


def test_a_tie_that_no_rounding_keeps_is_left_alone(layers, monkeypatch):
    monkeypatch.setattr(rounding, "BITS", (4,))
    assert rounding.fewest_bits(layers, RELU, images(3000)) is None


def test_only_large_networks_are_rounded(layers, monkeypatch, tmp_path):
    model, x = tmp_path / "model.npz", images(3000)
    np.savez(model, **network.named(layers))
    run = {"ensemble": False, "activation": "relu"}
    metrics = {"parameters": network.parameter_count(DIMS)}

    def embedded() -> dict:
        return embedding.embedded_network(run, metrics, model, x)

    assert embedded()["rounded"] is None and not embedded()["not_embeddable"]
    monkeypatch.setattr(embedding, "EXACT", metrics["parameters"] - 1)
    assert embedded()["rounded"].bits in rounding.BITS and not embedded()["not_embeddable"]
    monkeypatch.setattr(rounding, "BITS", (4,))
    assert embedded()["model"] is None and "rounded" in embedded()["not_embeddable"]
    monkeypatch.setattr(embedding, "LARGEST", metrics["parameters"] - 1)
    assert "too many" in embedded()["not_embeddable"]
