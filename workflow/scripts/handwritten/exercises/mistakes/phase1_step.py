"""The step of phase 1, five times: what is right, and what people get wrong."""

from collections.abc import Callable
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
    Way,
    mistake,
)
from handwritten.exercises.mistakes import gradient_mistakes
from handwritten.exercises.mistakes.phase1_gradients import (
    measured,
    or_before,
    problems,
    without_mean,
)
from handwritten.exercises.networks import RATE
from handwritten.exercises.unpacking import numbers, parts
from handwritten.learning import network

FIVE = 5  # steps of a training
Arguments = dict[str, Any]


def take_steps(function: Callable[..., Any], arguments: Arguments) -> list[list[Any]]:
    """The parameters before, and after each of five steps."""
    x, y, *parameters, rate = arguments.values()
    after = [copies(parameters)]
    for _ in range(FIVE):
        parameters = parts(function(x, y, *parameters, rate), NAMES)
        for name, old, new in zip(NAMES, after[-1], parameters, strict=True):
            if np.ndim(old) > np.ndim(new) or np.shape(new)[-1] != old.shape[-1]:
                shapes = f"{np.shape(new)}, and was {old.shape}"
                raise UnexpectedResultError(f"{name} came back as {shapes}")
        after.append(copies(parameters))
    return after


NAMES = ["W1", "b1", "W2", "b2"]


def copies(arrays: list[Any]) -> list[np.ndarray]:
    """Copies, since a step may change them in place."""
    return [np.array(array) for array in arrays]


def gradients_of(steps: list[list[Any]], probe: Probe) -> Arrays:
    """The gradients by which the first step went, and the parameters after all steps."""
    before, after, last = steps[0], steps[1], steps[-1]
    found: Arrays = {}
    for i in (2, 3, 0, 1):
        name = NAMES[i]
        moved = numbers(after[i], name, np.asarray(before[i]))
        found[f"d{name}"] = (before[i] - moved) / RATE
    vector = [numbers(last[i], NAMES[i], before[i]).ravel() for i in range(4)]
    return found | {"after": np.concatenate(vector)}


def step_probes(own: Functions) -> list[Probe]:
    """Five steps of networks."""
    return [steps_of(f"five steps, {words}", own, *problem) for words, problem in problems()]


def steps_of(
    words: str, own: Functions, x: np.ndarray, y: np.ndarray, layers: network.Layers
) -> Probe:
    """Five steps from these parameters."""
    right = measured(own, (x, y, layers))
    values = networks.values(x, y, layers, error="delta1", rate=RATE, or_before=or_before(own))
    parameters = network.named(layers)
    values.start, values.first = flat(layers), flat(networks.gradients(x, y, layers))
    values.times = 1
    arguments = {"x": x, "y": y} | parameters | {"learning_rate": RATE}
    probe = without_mean(own, Probe(words, arguments, values, right), values)
    for each in filter(None, (probe, probe.instead)):
        each.values.first = each.values.times * each.values.first
        each.right["after"] = flat(trained(each.values, FIVE))
    return probe


def trained(v: Values, steps: int) -> network.Layers:
    """The layers after so many steps."""
    layers = list(zip(v.W[1:], v.b[1:], strict=True))
    for _ in range(steps):
        changes, rate = networks.gradients(v.x, v.y, layers), v.times * v.rate
        pairs = zip(layers, changes, strict=True)
        layers = [(W - rate * dW, b - rate * db) for (W, b), (dW, db) in pairs]
    return layers


def flat(layers: network.Layers) -> np.ndarray:
    """W1, b1, W2, b2 in one vector."""
    return np.concatenate([array.ravel() for layer in layers for array in layer])


def hidden_by_new_output(v: Any, again: bool) -> tuple[np.ndarray, np.ndarray]:
    """dW1 and db1, taken when W2 and b2 have been updated already; `again`: after another pass
    forward."""
    dW2, db2 = v.a[1].T @ v.delta[2], v.delta[2].sum(0)
    W2, b2 = v.W[2] - v.rate * dW2, v.b[2] - v.rate * db2
    if again:
        return times(v, networks.gradients(v.x, v.y, [(v.W[1], v.b[1]), (W2, b2)])[0])
    delta1 = v.delta[2] @ W2.T * (v.a[1] > 0)
    return v.x.T @ delta1, delta1.sum(0)


def output_by_new_hidden(v: Any) -> tuple[np.ndarray, np.ndarray]:
    """dW2 and db2 of another pass forward, when W1 and b1 have been updated already."""
    W1 = v.W[1] - v.rate * v.x.T @ v.delta[1]
    b1 = v.b[1] - v.rate * v.delta[1].sum(0)
    return times(v, networks.gradients(v.x, v.y, [(W1, b1), (v.W[2], v.b[2])])[1])


def times(v: Any, gradients: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Gradients of a layer, n times as large where the learner's output_error has no 1/n."""
    dW, db = gradients
    return v.times * dW, v.times * db


def first(v: Any) -> bool:
    """Whether it is the hidden layer. IndexError: it is not, so the mistake is not made here."""
    if v.l != 1:
        raise IndexError("a mistake of the other layer")
    return True


UPDATED = (
    "{array} is taken with weights that have been updated already. All gradients of a step belong "
    "to the weights before it."
)


def updated(part: int) -> Mistake:
    """Gradients from weights that are those after the step; part 0 is dW's, 1 is db's."""
    return mistake(
        "weights updated too early",
        UPDATED,
        lambda v: first(v) and hidden_by_new_output(v, False)[part],
        lambda v: first(v) and hidden_by_new_output(v, True)[part],
        lambda v: output_by_new_hidden(v)[part] if v.l == 2 else first(v),
    )


OF_A_STEP = [
    mistake(
        "sign",
        "The step goes up: {array} is added, and the loss grows. Which way does a gradient point?",
        lambda v: -v.right,
    ),
    mistake(
        "learning rate missing",
        "The step is not multiplied by the learning rate, {rate}.",
        lambda v: v.right / v.rate,
    ),
    mistake(
        "learning rate twice",
        "The step is multiplied by the learning rate, {rate}, twice; or divided by it.",
        lambda v: v.right * v.rate,
        lambda v: v.right / v.rate**2,
    ),
    mistake(
        "gradient for parameters",
        "What comes back are the gradients, not the parameters after the step.",
        lambda v: (v.old - v.right) / v.rate,
    ),
    mistake(
        "step for parameters",
        "What comes back is the change, not the parameters after the step.",
        lambda v: (v.old - v.rate * v.right) / v.rate,
        lambda v: (v.old + v.rate * v.right) / v.rate,
    ),
    mistake(
        "learning rate fixed",
        "The step is multiplied by a fixed number such as 0.1, not by learning_rate, which is "
        "{rate} here.",
        *(lambda v, fixed=fixed: v.right * fixed / v.rate for fixed in (0.1, 0.5, 0.01, 0.05)),
        lambda v: v.right * 0.001 / v.rate,
    ),
    mistake(
        "nothing",
        "A parameter comes back as it went in, so {array} is 0 in effect. It was not updated, the "
        "change was cut to whole numbers, or the output's error was summed over images and classes "
        "at once, which is 0.",
        lambda v: np.zeros_like(v.right),
    ),
    mistake(
        "integers",
        "The parameters after the step are cut to whole numbers: an array of integers, or `//`.",
        lambda v: (v.old - np.trunc(v.old - v.rate * v.right)) / v.rate,
        lambda v: (v.old - np.floor(v.old - v.rate * v.right)) / v.rate,
    ),
]


def swapped(part: int) -> Mistake:
    """Gradients with a1 and p in each other's place."""

    def way(v: Values) -> np.ndarray:
        if v.l != 2:
            raise IndexError("a mistake of the other layer")
        delta = v.times * (v.a[1] - v.y) / v.n
        return delta.sum(0) if part else v.p.T @ delta

    return mistake(
        "results in another order",
        "The results of forward are taken in the other order: it returns a1, p.",
        way,
    )


def many(part: int) -> Mistake:
    """The change after many steps, in the place of one."""
    return mistake(
        "many steps for one",
        "One call takes many steps: there is a loop over steps in it.",
        *(
            lambda v, count=count: (v.old - trained(v, count)[v.l - 1][part]) / v.rate
            for count in (2, 5, 10, 20, 50, 100, 1000)
        ),
    )


def of_a_step(kind: str, part: int) -> list[Mistake]:
    """The mistakes of a step in dW or db: its own, and those of the gradients."""
    in_steps = (
        in_a_step(each, part) for each in [updated(part), *gradient_mistakes.of_gradients()[kind]]
    )
    own = [*OF_A_STEP, many(part), swapped(part)]
    return [*(with_old(each, part) for each in own), *in_steps]


def with_old(each: Mistake, part: int) -> Mistake:
    """The mistake, with the parameter before the step as `old`."""

    def of(way: Way) -> Way:
        return lambda v: way(Values(**vars(v) | {"old": (v.W, v.b)[part][v.l]}))

    return Mistake(each.name, each.says, tuple(map(of, each.ways)))


def in_a_step(each: Mistake, part: int) -> Mistake:
    """A mistake of a gradient as it shows in a step: a shape may not fit the parameter's."""

    def of(way: Way) -> Way:
        def moved(v: Values) -> np.ndarray:
            if each.name == "both axes":
                first(v)  # the output's is 0, as that of a bias which is not updated
            old = (v.W, v.b)[part][v.l]
            return (old - (old - v.rate * np.asarray(way(v)))) / v.rate

        return moved

    return Mistake(each.name, each.says, tuple(map(of, each.ways)))


STEP_EXERCISE = Exercise(
    file="phase1",
    name="step",
    probes=step_probes,
    call=take_steps,
    unpack=gradients_of,
    mistakes={
        "dW": of_a_step("dW", 0),
        "db": of_a_step("db", 1),
        "after": [
            mistake(
                "first gradient again",
                "The first step is right, but the ones after it go by the first one's gradient: "
                "something is kept from call to call.",
                lambda v: v.start - FIVE * RATE * v.first,
            ),
            mistake(
                "first step only",
                "The first step is right, but the ones after it change nothing.",
                lambda v: v.start - RATE * v.first,
            ),
        ],
    },
    means={
        f"d{name}": f"d{name} is ({name} before - {name} after) / learning_rate, of the first step"
        for name in NAMES
    }
    | {"after": "after is W1, b1, W2 and b2 after five steps, in one row"},
    may_change=tuple(NAMES),
    tolerance=2e-3,
    precision=2e-3,
)
