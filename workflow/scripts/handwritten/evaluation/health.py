"""Is something wrong with this network? Layers that have died, accuracy no better than guessing."""

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import network
from handwritten.learning.activations import Activation

ADVICE = "Try a lower learning_rate, another initialisation or leaky_relu."
BRIGHT = (
    "The images are bright, with a mean pixel of {:.2f} from 0 (black) to 1 (white), as pictures "
    "that are dark on light are, which makes the first sums large: set `ground: light` under "
    "`dataset`, and they are turned. "
) + ADVICE.replace("Try", "Else try")


def dead_units(x: np.ndarray, layers: network.Layers, g: Activation) -> list[list[int]]:
    """Which units of every hidden layer have the same activation for all images x (n, pixels).

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
    return [np.flatnonzero(low == high).tolist() for low, high in zip(lowest, highest, strict=True)]


def mean_pixel(x: np.ndarray) -> float:
    """The mean of the pixels of images x (n, pixels), uint8, from 0 (black) to 1 (white)."""
    return float(x.mean(dtype=np.float64) / 255)


def warnings(metrics: dict) -> list[str]:
    """What a user should be told about a network; empty if nothing is wrong.

    `metrics` are those of `evaluate`; an ensemble's have no `dead_units`.
    """
    dead = zip(metrics["layer_dims"][1:-1], metrics.get("dead_units", []), strict=False)
    cause = BRIGHT.format(metrics.get("mean_pixel", 0))
    advice = cause if metrics.get("mean_pixel", 0) > 0.5 else ADVICE
    messages = [
        f"In hidden layer {l}, {len(numbers)} of {units} units are dead: their activation is the "
        f"same for every dev image. {advice}"
        for l, (units, numbers) in enumerate(dead, 1)
        if 2 * len(numbers) >= units
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
