"""The forward pass of phase 1: what is right, and what people get wrong."""

from typing import Any

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.exercise import Exercise, Functions, Probe, Values, mistake
from handwritten.exercises.mistakes import common
from handwritten.exercises.mistakes.softmax_mistakes import NOT_NEGATIVE, ROWS_SUM_TO_1, SOFTMAX
from handwritten.exercises.networks import ROWS
from handwritten.exercises.unpacking import named
from handwritten.learning import losses, network


def layer_arguments(layers: network.Layers) -> dict[str, Any]:
    """W1, b1, W2 and b2 as arguments."""
    return network.named(layers)


def forward_probes(own: Functions) -> list[Probe]:
    """An ordinary network, one of which all sizes are alike, and one with logits in the
    thousands."""
    found = []
    ordinary, square = networks.problem(2), networks.square(2)
    kinds = [("ordinary weights", 1.0, ordinary), ("all sizes alike", 1.0, square)]
    for words, factor, (x, _, layers) in [*kinds, ("large weights", 3000.0, ordinary)]:
        layers = [layers[0], (layers[1][0] * factor, layers[1][1])]
        (_, a1), p = networks.forward(x, layers)
        arguments = {"x": x} | layer_arguments(layers)
        found.append(Probe(words, arguments, Values(**arguments, n=ROWS), {"a1": a1, "p": p}))
    return found


def logits(v: Values, a1: Any) -> np.ndarray:
    """z2 for other hidden activations than the right ones."""
    return a1 @ v.W2 + v.b2


def hidden_sums(v: Values) -> np.ndarray:
    """z1."""
    return v.x @ v.W1 + v.b1


FORWARD = Exercise(
    file="phase1",
    name="forward",
    probes=forward_probes,
    unpack=named("a1", "p"),
    mistakes={
        "a": [
            common.TRANSPOSED,
            common.INTEGERS,
            mistake(
                "ReLU missing",
                "a1 is z1: it has not gone through ReLU. Two layers without anything between them "
                "are one matrix product.",
                hidden_sums,
            ),
            mistake(
                "bias left out",
                "a1 is made without the bias b1.",
                lambda v: networks.relu(v.x @ v.W1),
            ),
            mistake(
                "wrong layer's bias",
                "a1 is made with the bias of the wrong layer, b2.",
                lambda v: networks.relu(v.x @ v.W1 + v.b2),
            ),
            mistake(
                "bias after ReLU",
                "The bias b1 is added after ReLU, not before.",
                lambda v: networks.relu(v.x @ v.W1) + v.b1,
            ),
            mistake(
                "sign",
                "The bias b1, or all of z1, comes in with the wrong sign.",
                lambda v: networks.relu(v.x @ v.W1 - v.b1),
                lambda v: networks.relu(-hidden_sums(v)),
                lambda v: -networks.relu(hidden_sums(v)),
            ),
            mistake(
                "another activation",
                "a1 has gone through another activation than ReLU: the sigmoid, tanh or softmax.",
                lambda v: common.sigmoid(hidden_sums(v)),
                lambda v: np.tanh(hidden_sums(v)),
                lambda v: losses.softmax(hidden_sums(v)),
            ),
            mistake(
                "results in another order",
                "a1 and p come back in the other order.",
                lambda v: losses.softmax(logits(v, networks.relu(hidden_sums(v)))),
            ),
            mistake(
                "output for hidden",
                "In the place of a1 is z2, the logits.",
                lambda v: logits(v, networks.relu(hidden_sums(v))),
            ),
            mistake(
                "elementwise product",
                "A `*` multiplies element by element where the formula has a matrix product.",
                lambda v: networks.relu(v.x * v.W1 + v.b1),
                lambda v: networks.relu(hidden_sums(v)) * v.W2,
            ),
            mistake(
                "factors swapped",
                "The factors of a matrix product are in the other order, or one is transposed. "
                "Rows are images: which sizes have to meet?",
                lambda v: networks.relu(v.W1 @ v.x + v.b1),
                lambda v: networks.relu(v.x @ v.W1.T + v.b1),
                lambda v: v.W2 @ networks.relu(hidden_sums(v)),
                lambda v: networks.relu(hidden_sums(v)) @ v.W2.T,
            ),
        ],
        "p": [
            common.TRANSPOSED,
            common.INTEGERS,
            mistake(
                "bias left out",
                "p is made without the bias b2.",
                lambda v: losses.softmax(networks.relu(hidden_sums(v)) @ v.W2),
            ),
            mistake(
                "wrong layer's bias",
                "p is made with the bias of the wrong layer, b1.",
                lambda v: losses.softmax(networks.relu(hidden_sums(v)) @ v.W2 + v.b1),
            ),
            mistake(
                "ReLU at the output",
                "z2 has gone through ReLU before softmax. The output layer has softmax only.",
                lambda v: losses.softmax(networks.relu(logits(v, networks.relu(hidden_sums(v))))),
            ),
            mistake(
                "z1 for a1",
                "p is made from z1, not from a1: ReLU's result is not used.",
                lambda v: losses.softmax(logits(v, hidden_sums(v))),
            ),
            mistake(
                "wrong layer's input",
                "p is made from x, not from a1.",
                lambda v: losses.softmax(v.x @ v.W2 + v.b2),
            ),
            mistake(
                "sign",
                "The bias b2 comes in with the wrong sign.",
                lambda v: losses.softmax(networks.relu(hidden_sums(v)) @ v.W2 - v.b2),
            ),
            *SOFTMAX,
        ],
    },
    first_call_decides=True,
    facts={"a": [NOT_NEGATIVE], "p": [ROWS_SUM_TO_1, NOT_NEGATIVE]},
)
