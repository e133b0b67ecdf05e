"""A network as safetensors, under the names that PyTorch gives to the same network.

That is `torch.nn.Sequential(Linear, ReLU, Linear, …)`, whose Linear layers have even numbers and
transposed weights, (out, in).
"""

import json

import numpy as np
from safetensors.numpy import save

from handwritten.learning.network import Layers


def encoded(layers: Layers, metadata: dict) -> bytes:
    """The bytes of a file with `0.weight` (d_1, d_0), `0.bias` (d_1,), `2.weight`, `2.bias`, ….

    The metadata are one JSON text, under `handwritten`: the format does not keep the order of
    several entries, so that the same model would not always be the same bytes.
    """
    tensors: dict[str, np.ndarray] = {}
    for l, (W, b) in enumerate(layers):
        tensors |= {f"{2 * l}.weight": np.ascontiguousarray(W.T), f"{2 * l}.bias": b}
    return save(tensors, {"handwritten": json.dumps(metadata, sort_keys=True)})
