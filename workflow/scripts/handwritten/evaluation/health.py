"""Is something wrong with this network? Layers that have died, answers no better than guessing."""

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import network


def silent_units(x: np.ndarray, layers: network.Layers, g) -> list[int]:
    """How many units of every hidden layer give all images x (n, pixels) one and the same answer.

    A ReLU unit whose sum is below zero for every image answers 0, and as its slope is 0 as well it
    never learns otherwise: it is dead.
    """
    dims = network.layer_dims(layers)
    work = network.buffers(min(network.SLICE, len(x)), dims, layers[0][0].dtype)
    least = [np.full(d, np.inf) for d in dims[1:-1]]
    most = [np.full(d, -np.inf) for d in dims[1:-1]]
    for start in range(0, len(x), network.SLICE):
        rows = normalise(x[start : start + network.SLICE])
        network.forward(rows, layers, g, part := work.first(len(rows)))
        for low, high, a in zip(least, most, part.a[:-1], strict=True):
            np.minimum(low, a.min(axis=0), out=low)
            np.maximum(high, a.max(axis=0), out=high)
    return [int((low == high).sum()) for low, high in zip(least, most, strict=True)]


def warnings(metrics: dict) -> list[str]:
    """What to tell whoever looks at a network's figures; nothing where all is well.

    `metrics` are those of `evaluate`; an ensemble's lack `silent_units`.
    """
    found = []
    units = metrics["layer_dims"][1:-1]
    for l, silent in enumerate(metrics.get("silent_units", []), 1):
        if 2 * silent >= units[l - 1]:
            found.append(
                f"In hidden layer {l}, {silent} of {units[l - 1]} units answer every image alike "
                "and have nothing to say: try a lower learning_rate, another initialisation or "
                "leaky_relu."
            )
    dev = metrics["dev"]
    commonest = max(sum(row) for row in dev["confusion_matrix"]) / dev["n"]
    if dev["wilson95"][0] <= commonest:
        found.append(
            f"{dev['accuracy']:.2%} right on dev is no better than always giving the commonest "
            f"answer, {commonest:.2%}: the network has not learnt. Try another learning_rate, more "
            "epochs or another initialisation."
        )
    return found
