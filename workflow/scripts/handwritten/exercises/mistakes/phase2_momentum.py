"""Momentum: what is right, and what people get wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import Arrays, Exercise, Functions, Probe, Values, Way, mistake
from handwritten.exercises.networks import RATE
from handwritten.exercises.unpacking import numbers, parts
from handwritten.learning.optimizers import OPTIMIZERS

MOMENTUM, STEPS = 0.8, "w, step by step"


def momentum_probes(own: Functions) -> list[Probe]:
    """Three steps with different gradients."""
    rng = np.random.default_rng(12)
    start, gradients = rng.standard_normal((4, 3)), list(rng.standard_normal((3, 4, 3)))
    w = start.ravel().copy()
    optimizer = OPTIMIZERS["momentum"](w, {"momentum": MOMENTUM})
    after = []
    for gradient in gradients:
        optimizer.update(RATE * gradient.ravel(), RATE)
        after.append(w.reshape(4, 3).copy())
    arguments = {"w": start, "gradients": gradients, "learning_rate": RATE, "momentum": MOMENTUM}
    values = Values(start=start, gradients=gradients, rate=RATE, momentum=MOMENTUM)
    return [Probe("three steps", arguments, values, {STEPS: np.array(after)})]


def three_steps(function: Callable[..., Any], arguments: dict[str, Any]) -> list[np.ndarray]:
    """w after each step. The velocity is what the step before has returned."""
    w, gradients, rate, momentum = arguments.values()
    v, after = np.zeros_like(w), []
    for gradient in gradients:
        w, v = parts(function(w, gradient, v, rate, momentum), ["w", "v"])
        after.append(np.array(w))
    return after


def unpack_steps(value: list[np.ndarray], probe: Probe) -> Arrays:
    """w after the steps."""
    shape = probe.arguments["w"].shape
    for w in value:
        if np.shape(w) != shape:
            raise UnexpectedResultError(f"w is {np.shape(w)} after a step, and was {shape}")
    return {STEPS: numbers(value, "w", probe.right[STEPS])}


Rule = Callable[[np.ndarray, np.ndarray, np.ndarray, Values], tuple[np.ndarray, np.ndarray]]


def steps(rule: Rule) -> Way:
    """A way that takes steps by a rule from w, v and the gradient to the next w and v."""

    def way(values: Values) -> np.ndarray:
        w, v, after = values.start, np.zeros_like(values.start), []
        for gradient in values.gradients:
            w, v = rule(w, v, gradient, values)
            after.append(w)
        return np.array(after)

    return way


def heavy(v_of: Callable[[np.ndarray, np.ndarray, Values], np.ndarray], scale: float = 1) -> Way:
    """A way that goes by `scale` times a new velocity of another formula."""

    def rule(
        w: np.ndarray, v: np.ndarray, g: np.ndarray, s: Values
    ) -> tuple[np.ndarray, np.ndarray]:
        new = v_of(v, g, s)
        return w - scale * new, new

    return steps(rule)


MOMENTUM_STEP = Exercise(
    file="phase2",
    name="momentum_step",
    probes=momentum_probes,
    call=three_steps,
    unpack=unpack_steps,
    mistakes={
        STEPS: [
            mistake(
                "momentum without memory",
                "Each step goes by its own gradient only: the velocity of the step before has no "
                "effect, or does not come back.",
                heavy(lambda v, g, s: s.rate * g),
            ),
            mistake(
                "momentum's sign",
                "The velocity of the step before comes in with the wrong sign: it brakes.",
                heavy(lambda v, g, s: s.rate * g - s.momentum * v),
            ),
            mistake(
                "sign",
                "The step goes up: against the gradient is down.",
                heavy(lambda v, g, s: s.momentum * v + s.rate * g, -1),
            ),
            mistake(
                "momentum on the gradient",
                "momentum multiplies the gradient, and not the velocity: v never fades, and grows "
                "with each step.",
                heavy(lambda v, g, s: v + s.momentum * g),
                heavy(lambda v, g, s: v + s.momentum * s.rate * g),
                heavy(lambda v, g, s: v + s.momentum * g, RATE),
            ),
            mistake(
                "velocity never fades",
                "v is the sum of all steps: the velocity of the step before is kept whole.",
                heavy(lambda v, g, s: v + s.rate * g),
            ),
            mistake(
                "gradient times 1 - momentum",
                "The gradient comes in times 1 - momentum, as in a moving average. So the steps "
                "are smaller than those of the formula.",
                heavy(lambda v, g, s: s.momentum * v + (1 - s.momentum) * g, RATE),
                heavy(lambda v, g, s: s.momentum * v + (1 - s.momentum) * g),
                heavy(lambda v, g, s: (1 - s.momentum) * v + s.momentum * g, RATE),
                heavy(lambda v, g, s: (1 - s.momentum) * v + s.momentum * s.rate * g),
            ),
            mistake(
                "1 - momentum for momentum",
                "The velocity is multiplied by 1 - momentum.",
                heavy(lambda v, g, s: (1 - s.momentum) * v + s.rate * g),
            ),
            mistake(
                "momentum on both",
                "momentum multiplies the gradient too.",
                heavy(lambda v, g, s: s.momentum * (v + s.rate * g)),
                heavy(lambda v, g, s: s.momentum * (v + g)),
            ),
            mistake(
                "learning rate missing",
                "The gradient is not multiplied by the learning rate.",
                heavy(lambda v, g, s: s.momentum * v + g),
            ),
            mistake(
                "learning rate twice",
                "The learning rate comes in twice: in the velocity, and again in the step.",
                heavy(lambda v, g, s: s.momentum * v + s.rate * g, RATE),
            ),
            mistake(
                "learning rate on the velocity",
                "The learning rate multiplies the whole velocity each time, so it shrinks twice.",
                heavy(lambda v, g, s: s.rate * (s.momentum * v + g)),
            ),
            mistake(
                "velocity of the step before",
                "w goes by the velocity from before this step: it is updated afterwards.",
                steps(lambda w, v, g, s: (w - v, s.momentum * v + s.rate * g)),
                steps(lambda w, v, g, s: (w - s.rate * v, s.momentum * v + g)),
            ),
            mistake(
                "Nesterov's momentum",
                "The step looks ahead: that is Nesterov's momentum, which is not this formula.",
                steps(
                    lambda w, v, g, s: (
                        w - s.momentum * (s.momentum * v + s.rate * g) - s.rate * g,
                        s.momentum * v + s.rate * g,
                    )
                ),
            ),
            mistake(
                "gradient added once more",
                "The step goes by the velocity and by the gradient again.",
                steps(
                    lambda w, v, g, s: (
                        w - s.momentum * v - 2 * s.rate * g,
                        s.momentum * v + s.rate * g,
                    )
                ),
            ),
            mistake(
                "results in another order",
                "w and v come back in the other order.",
                steps(
                    lambda w, v, g, s: (
                        s.momentum * v + s.rate * g,
                        w - s.momentum * v - s.rate * g,
                    )
                ),
            ),
            mistake("nothing", "The step changes nothing.", lambda v: np.array([v.start] * 3)),
            mistake(
                "integers",
                "w is cut to whole numbers: an array of integers, or `//`.",
                steps(lambda w, v, g, s: (np.trunc(w - s.rate * g), s.rate * g)),
            ),
        ]
    },
    may_change=("w",),
)
