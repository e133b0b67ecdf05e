"""Large networks in fewer bits a weight, as far as no prediction changes.

Each unit's weights are rounded to whole multiples of a step of its own. Rounded weights take a
fraction of the space, and far fewer than 32 bits suffice for the same predictions (Gray and Neuhoff
1998, "Quantization", for the history; Jacob and others 2018 for networks).
"""

from typing import NamedTuple

import numpy as np

from handwritten.learning import network
from handwritten.learning.activations import Activation

BITS = (4, 5, 6, 7, 8, 10, 12, 14, 16)  # that are tried
FIRST = 1000  # images, which are tried before all of them


class Rounded(NamedTuple):
    """A network whose weights have so many bits: whole numbers, each to be multiplied by its unit's
    step. Biases stay as they are."""

    bits: int
    weights: list[np.ndarray]  # of every layer (d_in, d_out), whole numbers
    steps: list[np.ndarray]  # of every layer (d_out,), float32
    biases: list[np.ndarray]  # of every layer (d_out,), float32

    @property
    def layers(self) -> network.Layers:
        """The network that it stands for."""
        parts = zip(self.weights, self.steps, self.biases, strict=True)
        return [(W * step, b) for W, step, b in parts]


def rounded(layers: network.Layers, bits: int) -> Rounded:
    """The network with weights of so many bits: from -m to m, where m = 2^(bits - 1) - 1."""
    most = 2 ** (bits - 1) - 1
    kind = np.int8 if bits <= 8 else np.int16
    largest = [np.maximum(np.abs(W).max(axis=0), np.finfo(np.float32).tiny) for W, _ in layers]
    steps = [(each / most).astype(np.float32) for each in largest]
    weights = [np.rint(W / step) for (W, _), step in zip(layers, steps, strict=True)]
    whole = [np.clip(W, -most, most).astype(kind) for W in weights]
    return Rounded(bits, whole, steps, [b.astype(np.float32) for _, b in layers])


def fewest_bits(layers: network.Layers, g: Activation, x: np.ndarray) -> Rounded | None:
    """The network in the fewest bits with the same predictions for all images x (n, pixels); None
    if no number of bits has them."""
    expected = predictions(layers, g, x)
    for bits in BITS:
        found = rounded(layers, bits)
        parts = (slice(FIRST), slice(FIRST, None))
        if all((predictions(found.layers, g, x[part]) == expected[part]).all() for part in parts):
            return found
    return None


def predictions(layers: network.Layers, g: Activation, x: np.ndarray) -> np.ndarray:
    """The predicted classes (n,)."""
    return network.logits(x, layers, g).argmax(axis=1)
