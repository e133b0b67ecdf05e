"""One-hot labels, ReLU and softmax: what is right, and what people get wrong."""

from typing import Any

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.calls import UnexpectedResultError
from handwritten.exercises.exercise import (
    Arrays,
    Exercise,
    Fact,
    Functions,
    Probe,
    Values,
    mistake,
    simple,
)
from handwritten.exercises.mistakes import common
from handwritten.exercises.mistakes.softmax_mistakes import NOT_NEGATIVE, ROWS_SUM_TO_1, SOFTMAX
from handwritten.exercises.networks import ROWS
from handwritten.exercises.unpacking import named
from handwritten.learning import losses

LABELS = np.array([2, 0, 3, 2, 1, 0, 2])  # one class is not among them
CLASSES = 5


def one_hot_probes(own: Functions) -> list[Probe]:
    """Labels as they are in MNIST's files, and as other integers."""
    right = losses.targets(LABELS, CLASSES, 0.0, np.float64)
    found = []
    for kind in (np.uint8, np.int64):
        labels = LABELS.astype(kind)
        words = f"labels of {labels.dtype}"
        found.append(simple(words, right, "y", labels=labels, classes=CLASSES))
    return found


def unpack_one_hot(value: Any, probe: Probe) -> Arrays:
    """y, which other functions compute with: -y of a type without signs is not what it says."""
    found = named("y")(value, probe)
    right = np.array_equal(found["y"], probe.right["y"])
    if right and value.dtype.kind == "u":
        raise UnexpectedResultError(
            f"y is of the type {value.dtype}, which has no numbers below 0: -1 there is "
            f"{np.iinfo(value.dtype).max}. Labels that are computed with are floats"
        )
    return found


def by_labels(v: Values) -> np.ndarray:
    """y of a loop in which the label is the number of a row."""
    y = np.zeros((v.n, v.classes))
    for i in v.labels:
        y[i, v.labels[i]] = 1
    return y


ONE_HOT = Exercise(
    file="phase1",
    name="one_hot",
    probes=one_hot_probes,
    unpack=unpack_one_hot,
    mistakes={
        "y": [
            common.TRANSPOSED,
            common.ZERO,
            mistake(
                "labels for one-hot",
                "y is the labels themselves. A label is the number of a column, and has no size.",
                lambda v: v.labels,
                lambda v: v.labels[:, None],
                lambda v: np.repeat(v.labels[:, None], v.classes, 1),
                lambda v: np.eye(v.classes)[v.labels] * v.labels[:, None],
            ),
            mistake(
                "class missing",
                "y has a column for each label that occurs. A class of which there is no image in "
                "this batch needs its column too.",
                lambda v: np.eye(v.labels.max() + 1)[v.labels],
                lambda v: np.eye(len(np.unique(v.labels)))[v.labels],
            ),
            mistake(
                "off by one",
                "Each 1 is one column away from where it belongs. Labels count from 0, and in "
                "numbers of the type uint8, 0 - 1 is 255.",
                lambda v: np.eye(v.classes)[v.labels - 1],
                lambda v: np.roll(np.eye(v.classes)[v.labels], -1, 1),
                lambda v: np.roll(np.eye(v.classes)[v.labels], 1, 1),
                lambda v: np.eye(v.classes + 1)[v.labels],
                lambda v: np.eye(v.classes + 1)[v.labels + 1],
            ),
            mistake(
                "whole columns",
                "The 1s are in all rows: an index such as y[:, labels] takes whole columns. In "
                "each row only one place is meant.",
                lambda v: np.tile(np.isin(np.arange(v.classes), v.labels), (v.n, 1)),
            ),
            mistake(
                "shape in two arguments",
                "The shape of an array is one argument, in brackets of its own. What comes after "
                "it is the type of the numbers.",
                lambda v: np.zeros(v.n, v.classes),
            ),
            common.ONE_IMAGE,
            common.ARRAY_FOR_NUMBER,
            mistake(
                "labels for rows",
                "A loop goes over the labels and takes each for the number of a row. The rows are "
                "numbered 0, 1, 2 and so on.",
                by_labels,
            ),
            mistake(
                "one row for all",
                "y is one row for all images together. Each image needs its own.",
                lambda v: np.isin(np.arange(v.classes), v.labels),
            ),
            mistake(
                "whole rows",
                "The 1s fill whole rows: y[labels] takes rows. Which axis are the classes?",
                lambda v: np.tile(np.isin(np.arange(v.n), v.labels)[:, None], (1, v.classes)),
            ),
            mistake(
                "0 and 1 swapped",
                "y is 0 at the right class and 1 elsewhere.",
                lambda v: 1 - np.eye(v.classes)[v.labels],
            ),
            mistake(
                "first classes in order",
                "The 1s are where row and column have the same number: the labels are not used.",
                lambda v: np.eye(v.n, v.classes),
            ),
        ]
    },
    facts={
        "y": [
            Fact(
                "each row has one 1",
                "each row needs one 1, and 0 elsewhere",
                lambda y, v: (
                    y.ndim == 2 and bool((np.sort(y)[:, -1] == 1).all() and (y.sum(1) == 1).all())
                ),
            )
        ]
    },
)


def relu_probes(own: Functions) -> list[Probe]:
    """Numbers of both signs, 0, and large ones."""
    z = np.array([[0.5, -1.2, 0.0, 3.7], [-0.3, 2.0, -40.0, 0.1], [1.0, -7.5, 250.5, -0.01]])
    return [simple("both signs", networks.relu(z), "a", z=z)]


RELU = Exercise(
    file="phase1",
    name="relu",
    probes=relu_probes,
    unpack=named("a"),
    mistakes={
        "a": [
            common.TRANSPOSED,
            common.INTEGERS,
            common.ZERO,
            common.ONE_IMAGE,
            mistake("ReLU missing", "a is z, unchanged.", lambda v: v.z),
            mistake(
                "absolute value",
                "a is the absolute value: what is below 0 has been turned around.",
                lambda v: np.abs(v.z),
            ),
            mistake(
                "minimum for maximum",
                "a keeps what is below 0, and is 0 where z is above.",
                lambda v: np.minimum(v.z, 0),
                lambda v: -np.minimum(v.z, 0),
            ),
            mistake(
                "derivative for ReLU",
                "a is 1 where z is above 0: that is the derivative of ReLU.",
                lambda v: v.z > 0,
                lambda v: v.z >= 0,
            ),
            mistake(
                "maximum over an axis",
                "a is the largest number of each column, or of all: np.max takes the 0 for an "
                "axis. Two numbers are compared by another function.",
                lambda v: v.z.max(0),
                lambda v: v.z.max(),
                lambda v: v.z.max(1),
                lambda v: np.maximum(v.z.max(), 0),
            ),
            mistake(
                "another activation",
                "a is another activation: leaky ReLU, the sigmoid, tanh, or ReLU with an upper "
                "end.",
                lambda v: np.where(v.z > 0, v.z, 0.01 * v.z),
                lambda v: np.where(v.z > 0, v.z, 0.1 * v.z),
                lambda v: common.sigmoid(v.z),
                lambda v: np.tanh(v.z),
                lambda v: np.clip(v.z, 0, 1),
                lambda v: np.log1p(np.exp(v.z)),
                lambda v: np.clip(v.z, 0, 6),
            ),
            mistake(
                "array for a number",
                "`max` and `if` need a single number, and z is an array of many.",
                lambda v: max(0, v.z),
            ),
            mistake(
                "flattened",
                "a has all numbers, but in one row: the shape is lost.",
                lambda v: v.right.ravel(),
            ),
            mistake(
                "numbers lost",
                "a holds only the numbers above 0, in one row: the zeros have been left out, and "
                "with them the shape.",
                lambda v: v.z[v.z > 0],
            ),
            mistake(
                "threshold",
                "a is 0 also for numbers a little above 0: the threshold is not at 0.",
                lambda v: np.where(v.z > 1, v.z, 0),
                lambda v: np.where(v.z > 0.5, v.z, 0),
                lambda v: np.maximum(v.z, 1),
            ),
        ]
    },
    facts={"a": [NOT_NEGATIVE]},
)


def softmax_probes(own: Functions) -> list[Probe]:
    """Ordinary logits, and rows whose exponentials are too large or too small for a float."""
    ordinary = np.random.default_rng(1).standard_normal((ROWS, 4))
    square = np.random.default_rng(2).standard_normal((4, 4))
    extreme = np.array([[0.0, 1.0, 2.0, -1.0], [1e4, 9999.0, 0, 5], [-1e4, -9998.0, -9999.0, -2e4]])
    return [
        simple("ordinary numbers", losses.softmax(ordinary), "p", z=ordinary),
        simple("as many rows as columns", losses.softmax(square), "p", z=square),
        simple("numbers up to 10,000", losses.softmax(extreme), "p", z=extreme),
    ]


SOFTMAX_EXERCISE = Exercise(
    file="phase1",
    name="softmax",
    probes=softmax_probes,
    unpack=named("p"),
    mistakes={
        "p": [
            common.TRANSPOSED,
            common.INTEGERS,
            common.SIGN,
            common.ONE_IMAGE,
            *SOFTMAX,
        ]
    },
    first_call_decides=True,
    facts={"p": [ROWS_SUM_TO_1, NOT_NEGATIVE]},
)
