"""Is something wrong with this network? Layers that have died, accuracy no better than guessing."""

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import network
from handwritten.learning.activations import Activation


def dead_units(x: np.ndarray, layers: network.Layers, g: Activation) -> list[int]:
    """How many units of every hidden layer have the same activation for all images x (n, pixels).

    A ReLU unit whose sum is below zero for every image has an activation of 0, and since its
    derivative is 0 as well, it never recovers: it is dead.
    """
    dims = network.layer_dims(layers)
    work = network.buffers(min(network.SLICE, len(x)), dims, layers[0][0].dtype)
    lowest = [np.full(d, np.inf) for d in dims[1:-1]]
    highest = [np.full(d, -np.inf) for d in dims[1:-1]]
    for start in range(0, len(x), network.SLICE):
        rows = normalise(x[start : start + network.SLICE])
        network.forward(rows, layers, g, part := work.first(len(rows)))
        for low, high, a in zip(lowest, highest, part.a[:-1], strict=True):
            np.minimum(low, a.min(axis=0), out=low)
            np.maximum(high, a.max(axis=0), out=high)
    return [int((low == high).sum()) for low, high in zip(lowest, highest, strict=True)]


def warnings(metrics: dict) -> list[str]:
    """What a user should be told about a network; empty if nothing is wrong.

    `metrics` are those of `evaluate`; an ensemble's have no `dead_units`.
    """
    dead = zip(metrics["layer_dims"][1:-1], metrics.get("dead_units", []), strict=False)
    messages = [
        f"In hidden layer {l}, {count} of {units} units are dead: their activation is the same "
        "for every image. Try a lower learning_rate, another initialisation or leaky_relu."
        for l, (units, count) in enumerate(dead, 1)
        if 2 * count >= units
    ]
    dev = metrics["dev"]
    largest_class = max(sum(row) for row in dev["confusion_matrix"]) / dev["n"]
    if dev["wilson95"][0] <= largest_class:
        messages.append(
            f"An accuracy of {dev['accuracy']:.2%} on dev is no better than always predicting the "
            f"most frequent class, {largest_class:.2%}: the network has not learned. Try another "
            "learning_rate, more epochs or another initialisation."
        )
    return messages
