"""He initialisation: what is right, and what people get wrong."""

from collections.abc import Callable
from typing import Any

import numpy as np

from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import (
    Arrays,
    Exercise,
    Functions,
    Probe,
    Values,
    mistake,
)
from handwritten.exercises.unpacking import numbers, parts
from handwritten.learning import initialisations

INPUTS, UNITS = 90, 40
SEEDS = (1, 1, 2)  # of the calls: the first two should draw the same numbers


def he_probes(own: Functions) -> list[Probe]:
    """A layer of other sizes than any other."""
    W, b = np.empty((INPUTS, UNITS)), np.empty(UNITS)
    drawn = []
    for seed in SEEDS:
        initialisations.INITIALISATIONS["he"](W, b, np.random.default_rng(seed))
        drawn.append((W.copy(), b.copy()))
    right = described(drawn) | {"deviation of W": np.asarray(np.sqrt(2 / INPUTS))}
    values = Values(inputs=INPUTS, units=UNITS, variance=2 / INPUTS)
    return [
        Probe(f"{INPUTS} inputs, {UNITS} units", {"inputs": INPUTS, "units": UNITS}, values, right)
    ]


def draw(function: Callable[..., Any], arguments: dict[str, Any]) -> list[Any]:
    """Three first layers, from two seeds."""
    return [function(INPUTS, UNITS, np.random.default_rng(seed)) for seed in SEEDS]


def unpack_he(value: list[Any], probe: Probe) -> Arrays:
    """What can be said about random numbers."""
    drawn = []
    for each in value:
        W, b = parts(each, ["W", "b"])
        drawn.append((numbers(W, "W", np.empty((0, 0))), numbers(b, "b", np.empty(UNITS))))
    return described(drawn)


def described(drawn: list[tuple[np.ndarray, np.ndarray]]) -> Arrays:
    """Shape, number of different units, biases, mean in deviations, deviation, and whether the
    numbers come from the generator: the same for the same seed, others for another one."""
    (W, b), (again, _), (other, _) = drawn
    if W.ndim != 2:
        raise UnexpectedResultError(f"W has the shape {W.shape}, not ({INPUTS}, {UNITS})")
    deviation = float(W.std())
    mean = np.round(W.mean() / deviation) if deviation else 0.0
    same = [np.array_equal(W, again), not np.array_equal(W, other)]
    return {
        "shape of W": np.array(W.shape, np.float64),
        "different units in W": np.asarray(float(len(np.unique(W, axis=1).T))),
        "shape of b": np.array(b.shape, np.float64),
        "share of 0 in b": np.asarray(float((b == 0).mean())),
        "share of whole numbers in W": np.asarray(float((np.round(W) == W).mean())),
        "mean of W, in deviations": np.asarray(float(mean)),
        "deviation of W": np.asarray(deviation),
        "same for a seed, other for another": np.array(same, np.float64),
    }


HE = Exercise(
    file="phase2",
    name="he",
    probes=he_probes,
    call=draw,
    unpack=unpack_he,
    mistakes={
        "shape of W": [
            mistake(
                "transposed",
                "W is transposed: it has a row for each unit. Rows of W are inputs here.",
                lambda v: np.array([v.units, v.inputs]),
            )
        ],
        "different units in W": [
            mistake(
                "same start for all units",
                "All units start with the same weights. Equal weights get equal gradients, so they "
                "stay one unit for ever: after five steps the columns of W are still the same.",
                lambda v: 1.0,
            )
        ],
        "share of 0 in b": [
            mistake("biases not 0", "The biases do not start at 0.", lambda v: 0.0),
        ],
        "share of whole numbers in W": [
            mistake("integers", "The weights are whole numbers.", lambda v: 1.0),
        ],
        "mean of W, in deviations": [
            mistake(
                "all weights positive",
                "The weights are not around 0: all, or most, have one sign.",
                lambda v: 1.0,
                lambda v: 2.0,
                lambda v: -1.0,
                lambda v: -2.0,
            )
        ],
        "deviation of W": [
            mistake(
                "He without the root",
                "The weights' deviation is {variance:.4f}, which is 2/inputs: that is the "
                "variance.",
                lambda v: 2 / v.inputs,
            ),
            mistake(
                "fan-out for fan-in",
                "The weights' deviation belongs to {units} inputs, but there are {inputs}; "
                "{units} is the number of units.",
                lambda v: np.sqrt(2 / v.units),
                lambda v: 2 / v.units,
                lambda v: np.sqrt(1 / v.units),
            ),
            mistake(
                "another initialisation",
                "The weights' variance is 1/inputs or 2/(inputs + units): right for tanh. ReLU "
                "lets only half of the sums through.",
                lambda v: np.sqrt(1 / v.inputs),
                lambda v: np.sqrt(2 / (v.inputs + v.units)),
            ),
            mistake(
                "size of the weights fixed",
                "The weights' size does not depend on the number of inputs: it is that of a "
                "standard normal or uniform distribution, or of such numbers times 0.01 or 0.001.",
                lambda v: 1.0,
                lambda v: 0.01,
                lambda v: 0.001,
                lambda v: 0.5,
                lambda v: 1 / np.sqrt(12),
                lambda v: 2 / np.sqrt(12),
            ),
            mistake(
                "uniform for normal",
                "The weights are uniform between minus and plus the root of 2/inputs, so their "
                "deviation is smaller by the root of 3.",
                lambda v: np.sqrt(2 / v.inputs / 3),
            ),
            mistake(
                "root of 2 only",
                "The root is of 2 alone, or of the number of inputs alone.",
                lambda v: np.sqrt(2) / v.inputs,
                lambda v: 2 / np.sqrt(v.inputs),
            ),
            mistake(
                "division for multiplication",
                "The weights are divided by their deviation, not multiplied: they are larger for "
                "more inputs.",
                lambda v: np.sqrt(v.inputs / 2),
            ),
        ],
        "same for a seed, other for another": [
            mistake(
                "numbers not from rng",
                "The weights do not come from `rng`: the same seed gives other numbers each time.",
                lambda v: np.array([0, 1]),
            ),
            mistake(
                "seed fixed",
                "The weights are the same for every seed: there is a generator of its own in it. "
                "So all layers of one shape start alike.",
                lambda v: np.array([1, 0]),
            ),
        ],
    },
    tolerance=0.02,
    precision=0.02,
)
