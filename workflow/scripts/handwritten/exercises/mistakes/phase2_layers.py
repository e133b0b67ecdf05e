"""The passes forward and backward for any depth: what is right, and what people get wrong."""

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
from handwritten.exercises.mistakes import common, gradient_mistakes
from handwritten.exercises.mistakes.phase1_gradients import or_before, without_mean
from handwritten.exercises.mistakes.softmax_mistakes import NOT_NEGATIVE, ROWS_SUM_TO_1, SOFTMAX
from handwritten.exercises.unpacking import number, numbers, pairs, parts
from handwritten.learning import losses, network

DEPTHS = ([6, 5, 4, 3], [6, 3])


def problems() -> list[tuple[str, tuple[np.ndarray, np.ndarray, network.Layers]]]:
    """Networks of three layers, of one, and of three of which all sizes are alike."""
    found = [(f"layers of {dims} units", networks.problem(8, dims)) for dims in DEPTHS]
    return [*found, ("three layers, all sizes alike", networks.square(9, 3))]


def forward_probes(own: Functions) -> list[Probe]:
    """Three layers, one, all sizes alike; and logits in the thousands."""
    found = []
    kinds = [(words, 1.0, problem) for words, problem in problems()]
    for words, factor, (x, _, layers) in [*kinds, ("large weights", 3000.0, kinds[0][2])]:
        *hidden, (W, b) = layers
        layers = [*hidden, (W * factor, b)]
        a, p = networks.forward(x, layers)
        z = a[-1] @ layers[-1][0] + layers[-1][1]
        weights, biases = ([np.empty(0), *part] for part in zip(*layers, strict=True))
        values = Values(x=x, W=weights, b=biases, a=a, z=z, p=p, n=len(x), L=len(layers))
        right = {f"a{l}": each for l, each in enumerate(a)} | {"p": p}
        found.append(Probe(words, {"x": x, "layers": layers}, values, right))
    return found


def unpack_forward(value: Any, probe: Probe) -> Arrays:
    """a0, a1, … and p."""
    a, p = parts(value, ["a", "p"])
    names = [name for name in probe.right if name != "p"]
    try:
        a = parts(a, names)
    except UnexpectedResultError as problem:
        raise UnexpectedResultError(f"a: {problem} (a0 is x)") from None
    arrays = dict(zip(names, a, strict=True)) | {"p": p}
    return {name: numbers(each, name, probe.right[name]) for name, each in arrays.items()}


def sums(v: Values) -> np.ndarray:
    """z of layer v.l, from the right activations below it."""
    return gradient_mistakes.below(v.a, v.l - 1) @ v.W[v.l] + v.b[v.l]


FORWARD = Exercise(
    file="phase2",
    name="forward",
    probes=forward_probes,
    unpack=unpack_forward,
    mistakes={
        "a": [
            mistake("ReLU missing", "{array} is z{l}: it has not gone through ReLU.", sums),
            mistake(
                "bias left out",
                "{array} is made without the bias b{l}.",
                lambda v: networks.relu(gradient_mistakes.below(v.a, v.l - 1) @ v.W[v.l]),
            ),
            mistake(
                "bias after ReLU",
                "The bias b{l} is added after ReLU, not before.",
                lambda v: (
                    networks.relu(gradient_mistakes.below(v.a, v.l - 1) @ v.W[v.l]) + v.b[v.l]
                ),
            ),
            mistake(
                "elementwise product",
                "A `*` multiplies element by element where the formula has a matrix product.",
                lambda v: networks.relu(
                    gradient_mistakes.below(v.a, v.l - 1) * v.W[v.l] + v.b[v.l]
                ),
            ),
            mistake(
                "wrong layer's input",
                "{array} is made from x, and not from the activations right below it.",
                lambda v: networks.relu(v.a[0] @ v.W[v.l] + v.b[v.l]),
            ),
            mistake(
                "softmax in every layer",
                "{array} has gone through softmax. Softmax comes once, in the last layer.",
                lambda v: losses.softmax(sums(v)),
            ),
            mistake(
                "another activation",
                "{array} has gone through another activation than ReLU: the sigmoid or tanh.",
                lambda v: common.sigmoid(sums(v)),
                lambda v: np.tanh(sums(v)),
            ),
            mistake(
                "list begins one layer later",
                "{array} is what layer {l} makes, not what goes into the layer above: x is "
                "missing at the beginning of the list.",
                lambda v: v.a[v.l + 1] if v.l + 1 < v.L else v.p,
                lambda v: v.a[v.l + 1] if v.l + 1 < v.L else v.z,
            ),
            mistake(
                "list in the other order",
                "The list begins with the last layer.",
                lambda v: v.a[v.L - 1 - v.l],
            ),
            common.TRANSPOSED,
            common.INTEGERS,
        ],
        "p": [
            mistake(
                "ReLU at the output",
                "The last z has gone through ReLU before softmax. The output layer has softmax "
                "only.",
                lambda v: losses.softmax(networks.relu(v.z)),
            ),
            mistake(
                "bias left out",
                "p is made without the last bias.",
                lambda v: losses.softmax(v.a[-1] @ v.W[-1]),
            ),
            mistake(
                "wrong layer's input",
                "The last layer takes x, and not the activations right below it.",
                lambda v: losses.softmax(v.a[0] @ v.W[v.L] + v.b[v.L]),
            ),
            mistake(
                "last layer left out",
                "p is softmax of the last hidden layer: the output layer is left out.",
                lambda v: losses.softmax(v.a[-1]),
            ),
            common.TRANSPOSED,
            common.INTEGERS,
            *SOFTMAX,
        ],
    },
    first_call_decides=True,
    facts={"p": [ROWS_SUM_TO_1, NOT_NEGATIVE]},
)


def backward_probes(own: Functions) -> list[Probe]:
    """The networks, and central differences of the learner's loss."""
    found = []
    for words, (x, y, layers) in problems():

        def loss(changed: network.Layers, x: np.ndarray = x, y: np.ndarray = y) -> float:
            p = np.asarray(own["phase2.forward"](x, changed)[1])
            return number(own["phase1.cross_entropy"](p, y))

        a, p = own["phase2.forward"](x, layers)
        right = networks.numeric_gradients(loss, layers)
        values = networks.values(x, y, layers, or_before=or_before(own))
        arguments = {"y": y, "layers": layers, "a": list(a), "p": p}
        found.append(without_mean(own, Probe(words, arguments, values, right), values))
    return found


def reversed_list(name: str) -> Mistake:
    """The gradients of the layers in the other order."""
    return mistake(
        "list in the other order", OTHER_ORDER, lambda v: getattr(v, name)[v.L + 1 - v.l]
    )


OTHER_ORDER = "The list begins with the last layer's gradients. The first layer comes first."
BACKWARD = Exercise(
    file="phase2",
    name="backward",
    probes=backward_probes,
    unpack=lambda value, probe: pairs(value, len(probe.right) // 2, ("dW", "db"), probe),
    mistakes={
        name: [
            *of_layer,
            reversed_list(name),
            common.ARRAY_FOR_NUMBER,
        ]
        for name, of_layer in gradient_mistakes.of_gradients().items()
    },
    tolerance=2e-3,
    precision=2e-3,
)
