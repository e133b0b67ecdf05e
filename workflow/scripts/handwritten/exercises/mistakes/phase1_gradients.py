"""The exercises of phase 1 that go backward, and the step.

What is right is measured: central differences of the learner's own loss. Whether the factor 1/n is
in the error signal or comes later is the learner's choice.
"""

from dataclasses import replace

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.exercise import (
    Arrays,
    Exercise,
    Functions,
    Mistake,
    Probe,
    Values,
    mistake,
)
from handwritten.exercises.mistakes import common, error_mistakes, gradient_mistakes
from handwritten.exercises.networks import STEP
from handwritten.exercises.unpacking import named, number
from handwritten.learning import network
from handwritten.learning.gradient_check import numeric_gradient

Problem = tuple[np.ndarray, np.ndarray, network.Layers]


def problems() -> list[tuple[str, Problem]]:
    """The images, labels and layers of all these probes. Where all sizes are alike, mistakes have
    numbers that do not fit together otherwise."""
    return [("all sizes different", networks.problem(6)), ("all sizes alike", networks.square(7))]


def loss(own: Functions, x: np.ndarray, y: np.ndarray, layers: network.Layers) -> float:
    """The learner's own loss."""
    _, p = own["phase1.forward"](x, *[array for layer in layers for array in layer])
    return number(own["phase1.cross_entropy"](np.asarray(p), y))


def numeric_errors(own: Functions, problem: Problem) -> Arrays:
    """Central differences of the learner's own loss by z1 and z2."""
    x, y, ((W1, b1), (W2, b2)) = problem
    z1 = x @ W1 + b1
    z2 = networks.relu(z1) @ W2 + b2

    def of(z2: np.ndarray) -> float:
        return number(own["phase1.cross_entropy"](np.asarray(own["phase1.softmax"](z2)), y))

    return {
        "delta2": numeric_gradient(lambda: of(z2), z2, STEP),
        "delta1": numeric_gradient(
            lambda: of(np.asarray(own["phase1.relu"](z1)) @ W2 + b2), z1, STEP
        ),
    }


def mean_comes_later(own: Functions) -> bool:
    """Whether the learner's error signal is without 1/n."""
    x, y, layers = networks.problem(6)
    _, p = networks.forward(x, layers)
    found = np.asarray(own["phase1.output_error"](p, y), np.float64)
    return bool(np.abs(found).sum() > 2 * np.abs(p - y).sum() / len(x))


WITHOUT_MEAN = (
    "Besides, output_error lacks the 1/n that its formula has. What is expected here has no 1/n "
    "either, so that this mistake can be seen alone; the gradients need it in one place."
)


def without_mean(own: Functions, probe: Probe, values: Values) -> Probe:
    """The probe, to be judged also with all gradients n times as large, if that is what comes of
    the learner's output_error."""
    if not mean_comes_later(own):
        return probe
    v, n = vars(values), values.n
    lists = {name: [n * array for array in v[name]] for name in ("delta", "dW", "db") if name in v}
    scaled = Values(**v | lists | {"convention": WITHOUT_MEAN, "times": n})
    right = {name: array * n for name, array in probe.right.items()}
    return replace(probe, instead=replace(probe, values=scaled, right=right))


def or_before(own: Functions) -> str:
    """Where else 1/n may be missing, for the message about a sum in the place of a mean."""
    without = " Or output_error lacks its 1/n, which its formula has: it is in neither."
    return without if mean_comes_later(own) else ""


def output_error_probes(own: Functions) -> list[Probe]:
    """The probabilities of networks."""
    found = []
    for words, problem in problems():
        values = networks.values(*problem, error="delta2")
        right = numeric_errors(own, problem)["delta2"]
        arguments = {"p": values.p, "y": values.y}
        also: list[Arrays] = [{"delta2": right * values.n}]
        found.append(Probe(words, arguments, values, {"delta2": right}, also))
    return found


def either(of: Mistake) -> Mistake:
    """A mistake in an error signal with 1/n, or without."""
    scaled = [lambda v, way=way: way(v) * v.n for way in of.ways]
    return Mistake(of.name, of.says, (*of.ways, *scaled))


OUTPUT_ERROR = Exercise(
    file="phase1",
    name="output_error",
    probes=output_error_probes,
    unpack=named("delta2"),
    conventions=("it is without 1/n, so the gradients need it",),
    mistakes={
        "delta": [
            *map(either, (common.TRANSPOSED, common.SIGN, common.FACTOR_2, common.ONE_IMAGE)),
            common.ZERO,
            common.MEAN_TWICE,
            mistake(
                "summed over images",
                "delta2 is summed or averaged. Each image and each class has its own error.",
                lambda v: (v.p - v.y).sum(0),
                lambda v: (v.p - v.y).mean(0),
                lambda v: (v.p - v.y).sum(1),
                lambda v: (v.p - v.y).mean(1),
                lambda v: (v.p - v.y).sum(),
                lambda v: (v.p - v.y).mean(),
            ),
            *error_mistakes.FROM_P,
        ]
    },
    tolerance=2e-3,
    precision=2e-3,
)


def layer_probes(own: Functions, l: int) -> list[Probe]:
    """The input and the error signal of a layer, and the gradients of its W and b."""
    found = []
    for words, problem in problems():
        right, values = measured(own, problem), networks.values(*problem, error=f"delta{l}")
        values.or_before = or_before(own)
        times = values.n if mean_comes_later(own) else 1
        arguments = {"x" if l == 1 else "a1": values.a[l - 1]}
        arguments[f"delta{l}"] = values.delta[l] * times
        mine = {name: right[name] for name in (f"dW{l}", f"db{l}")}
        found.append(without_mean(own, Probe(words, arguments, values, mine), values))
    return found


def measured(own: Functions, problem: Problem) -> Arrays:
    """The gradients: central differences of the learner's own loss."""
    x, y, layers = problem
    return networks.numeric_gradients(lambda changed: loss(own, x, y, changed), layers)


OUTPUT_GRADIENTS = Exercise(
    file="phase1",
    name="output_gradients",
    probes=lambda own: layer_probes(own, 2),
    unpack=named("dW2", "db2"),
    mistakes={"dW": gradient_mistakes.OF_WEIGHTS, "db": gradient_mistakes.OF_BIASES},
    tolerance=2e-3,
    precision=2e-3,
)
HIDDEN_GRADIENTS = Exercise(
    file="phase1",
    name="hidden_gradients",
    probes=lambda own: layer_probes(own, 1),
    unpack=named("dW1", "db1"),
    mistakes={"dW": gradient_mistakes.OF_WEIGHTS, "db": gradient_mistakes.OF_BIASES},
    tolerance=2e-3,
    precision=2e-3,
)


def hidden_error_probes(own: Functions) -> list[Probe]:
    """The error signal above, the weights between, the activations."""
    found = []
    for words, problem in problems():
        values = networks.values(*problem, error="delta1")
        times = values.n if mean_comes_later(own) else 1
        values.delta = [delta * times for delta in values.delta]
        arguments = {"delta2": values.delta[2], "W2": values.W[2], "a1": values.a[1]}
        right = numeric_errors(own, problem)["delta1"] * times
        found.append(Probe(words, arguments, values, {"delta1": right}))
    return found


HIDDEN_ERROR = Exercise(
    file="phase1",
    name="hidden_error",
    probes=hidden_error_probes,
    unpack=named("delta1"),
    mistakes={
        "delta": [
            *common.COMMON,
            common.MEAN_TWICE,
            common.ONE_IMAGE,
            *error_mistakes.THROUGH_RELU,
            common.ARRAY_FOR_NUMBER,
            mistake(
                "factors swapped",
                "delta and W do not fit: the factors of the product are in the other order, or the "
                "wrong one is transposed. Rows of the result are images.",
                lambda v: v.delta[2].T @ v.W[2].T * (v.a[1] > 0),
                lambda v: v.W[2].T @ v.delta[2] * (v.a[1] > 0),
                lambda v: v.W[2] @ v.delta[2] * (v.a[1] > 0),
                lambda v: v.W[2] @ v.delta[2].T * (v.a[1] > 0),
            ),
            mistake(
                "numbers lost",
                "{error} has only the numbers where the mask is 1: the zeros are left out, and "
                "with them the shape.",
                lambda v: (v.delta[2] @ v.W[2].T)[v.a[1] > 0],
            ),
            mistake(
                "images mixed",
                "delta1 is summed or averaged over the images. Each image has its own error.",
                lambda v: v.right.sum(0),
                lambda v: v.right.mean(0),
            ),
        ]
    },
    tolerance=2e-3,
    precision=2e-3,
)
