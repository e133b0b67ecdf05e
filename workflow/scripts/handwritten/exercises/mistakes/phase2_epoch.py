"""An epoch of training: what is right, and what people get wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import (
    Arrays,
    Exercise,
    Functions,
    Mistake,
    Probe,
    Values,
    mistake,
)
from handwritten.exercises.mistakes.phase2_l2 import L2
from handwritten.exercises.mistakes.phase2_momentum import MOMENTUM
from handwritten.exercises.networks import RATE
from handwritten.exercises.unpacking import numbers, parts
from handwritten.learning import network

COUNT = 22  # images
EPOCHS = "parameters, epoch by epoch"


@dataclass(frozen=True)
class Training:
    """An epoch as it should be, or with something wrong in it."""

    rate: float = RATE
    momentum: float = MOMENTUM
    l2: float = L2
    l2_on_biases: bool = False
    forget_every_batch: bool = False  # the velocity starts at 0 in every batch
    forget_every_epoch: bool = False  # the velocity that went in comes back
    forget_parameters: bool = False  # every batch's step begins at the first parameters
    parameters_of_the_start: bool = False  # every gradient is taken before the first step
    batches: Callable[[list[Any]], list[Any]] = lambda all_of_them: all_of_them

    def epoch(self, cut: list[Any], layers: network.Layers, v: network.Layers) -> tuple[Any, Any]:
        """layers and v after these batches."""
        start, came = layers, v
        for x, y in self.batches(cut):
            if self.forget_every_batch:
                v = zeros(layers)
            if self.forget_parameters:
                layers = start
            gradients = networks.gradients(x, y, start if self.parameters_of_the_start else layers)
            v = [
                (
                    self.momentum * vW + self.rate * (dW + self.l2 * W),
                    self.momentum * vb + self.rate * (db + self.l2 * self.l2_on_biases * b),
                )
                for (vW, vb), (dW, db), (W, b) in zip(v, gradients, layers, strict=True)
            ]
            layers = [(W - vW, b - vb) for (W, b), (vW, vb) in zip(layers, v, strict=True)]
        return layers, came if self.forget_every_epoch else v

    def __call__(self, values: Values) -> np.ndarray:
        """The parameters after each epoch."""
        layers, v, after = values.layers, zeros(values.layers), []
        for cut in values.batches:
            layers, v = self.epoch(cut, layers, v)
            after.append(network.as_vector(layers))
        return np.array(after)


def zeros(layers: network.Layers) -> network.Layers:
    """The velocity before the first step."""
    return [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]


def epoch_probes(own: Functions) -> list[Probe]:
    """Two epochs of five batches, the last of which is smaller."""
    x, y, layers = networks.problem(13, [6, 5, 4, 3], rows=COUNT)
    arguments = {"x": x, "y": y, "layers": layers, "v": zeros(layers), "batch_size": 5}
    arguments |= {"learning_rate": RATE, "momentum": MOMENTUM, "l2": L2}
    rng = np.random.default_rng(14)
    cut = [list(own["phase2.batches"](x, y, 5, rng)) for _ in range(2)]
    values = Values(x=x, y=y, layers=layers, batches=cut)
    right = {EPOCHS: Training()(values)}
    return [Probe("two epochs of five steps", arguments, values, right)]


def train(function: Callable[..., Any], arguments: dict[str, Any]) -> list[list[Any]]:
    """Layers after each of two epochs."""
    x, y, layers, v, *others = arguments.values()
    rng, after = np.random.default_rng(14), []
    for _ in range(2):
        layers, v = parts(function(x, y, layers, v, *others, rng), ["layers", "v"])
        after.append([tuple(np.array(array) for array in layer) for layer in layers])
    return after


def unpack_epochs(value: list[list[Any]], probe: Probe) -> Arrays:
    """All parameters after each epoch."""
    expected = [array.shape for layer in probe.arguments["layers"] for array in layer]
    for layers in value:
        shapes = [np.shape(array) for layer in layers for array in layer]
        if shapes != expected:
            raise UnexpectedResultError(f"layers have shapes {shapes}, not {expected}")
    vectors = [network.as_vector(layers) for layers in value]
    return {EPOCHS: numbers(np.array(vectors), "layers", probe.right[EPOCHS])}


def whole(cut: list[Any]) -> list[Any]:
    """One batch of all images, as often as there are batches."""
    x, y = (np.concatenate(arrays) for arrays in zip(*cut, strict=True))
    return [(x, y)] * len(cut)


def of_an_epoch() -> list[Mistake]:
    """What goes wrong in an epoch."""
    return [
        mistake(
            "velocity forgotten",
            "The velocity is not carried from batch to batch: it begins at 0 in each.",
            Training(forget_every_batch=True),
            Training(momentum=0),
        ),
        mistake(
            "velocity forgotten between epochs",
            "The velocity that comes back is not that of the last batch, so the next epoch begins "
            "with an old one.",
            Training(forget_every_epoch=True),
        ),
        mistake(
            "last incomplete batch lost",
            "The last, smaller batch is left out.",
            Training(batches=lambda cut: cut[:-1]),
        ),
        mistake(
            "one batch only",
            "Only one batch takes a step: a `return` is inside the loop, or the loop forgets what "
            "the batches before it did.",
            Training(batches=lambda cut: cut[:1]),
            Training(batches=lambda cut: cut[-1:]),
            Training(forget_parameters=True),
        ),
        mistake(
            "all images in every batch",
            "Each step takes all images, not those of its batch.",
            Training(batches=whole),
        ),
        mistake(
            "one step with all images",
            "There is one step, with all images.",
            Training(batches=lambda cut: whole(cut)[:1]),
        ),
        mistake("L2 left out", "L2 has no effect.", Training(l2=0)),
        mistake("L2 on biases", "Biases are penalised too.", Training(l2_on_biases=True)),
        mistake("sign", "The steps go up, and the loss grows.", Training(rate=-RATE)),
        mistake(
            "parameters of the start",
            "Each batch's gradient is taken with the parameters from before the first batch.",
            Training(parameters_of_the_start=True),
        ),
        mistake(
            "nothing",
            "The epoch changes nothing: what comes back is what went in.",
            lambda v: np.array([network.as_vector(v.layers)] * 2),
        ),
    ]


EPOCH = Exercise(
    file="phase2",
    name="epoch",
    probes=epoch_probes,
    call=train,
    unpack=unpack_epochs,
    mistakes={EPOCHS: of_an_epoch()},
    may_change=("layers", "v"),
)
