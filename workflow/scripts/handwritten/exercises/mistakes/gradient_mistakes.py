"""What people get wrong in gradients, once for both phases and for a network of any depth.

Ways compute with the same values as those of error_mistakes.py.
"""

import numpy as np

from handwritten.exercises.exercise import Mistake, Values, Way, mistake
from handwritten.exercises.mistakes.common import (
    COMMON,
    FACTOR_2,
    FLOORED,
    MEAN_TWICE,
    NO_MEAN,
    SCALES,
    SIGN,
    ZERO,
)
from handwritten.exercises.mistakes.error_mistakes import FROM_P, OF_OTHER_LAYERS, THROUGH_RELU

OF_WEIGHTS = [
    *COMMON,
    *SCALES,
    mistake(
        "not transposed",
        "The two factors of {array} do not fit: their inner sizes differ. {array} sums over the "
        "images, so which axes have to meet?",
        lambda v: v.a[v.l - 1] @ v.delta[v.l],
        lambda v: v.a[v.l - 1].T @ v.delta[v.l].T,
        lambda v: v.delta[v.l] @ v.a[v.l - 1],
    ),
    mistake(
        "elementwise product",
        "{array} multiplies element by element where the formula has a sum over the images, so a "
        "matrix product.",
        lambda v: v.a[v.l - 1] * v.delta[v.l],
        lambda v: v.a[v.l - 1].T * v.delta[v.l],
        lambda v: v.a[v.l - 1] * v.delta[v.l].T,
        lambda v: v.delta[v.l] * v.a[v.l - 1],
        lambda v: v.delta[v.l].T * v.a[v.l - 1],
    ),
    mistake(
        "product of sums",
        "{array} sums over the images before it multiplies. Each image has its own product, and "
        "these are summed.",
        lambda v: np.outer(v.a[v.l - 1].sum(0), v.delta[v.l].sum(0)),
        lambda v: np.outer(v.a[v.l - 1].mean(0), v.delta[v.l].mean(0)),
        lambda v: np.outer(v.a[v.l - 1].mean(0), v.delta[v.l].sum(0)),
    ),
    mistake(
        "one image only",
        "{array} is the gradient of one image, not of all {n}.",
        lambda v: np.outer(v.a[v.l - 1][0], v.delta[v.l][0]),
        lambda v: np.outer(v.a[v.l - 1][-1], v.delta[v.l][-1]),
        lambda v: np.outer(v.a[v.l - 1][-1], v.delta[v.l][-1]) * v.n,
        lambda v: np.outer(v.a[v.l - 1][0], v.delta[v.l][0]) * v.n,
    ),
    mistake(
        "wrong layer's input",
        "{array} is made from the activations of the wrong layer. What went into W{l}?",
        lambda v: v.a[v.l].T @ v.delta[v.l],
        lambda v: below(v.a, v.l - 2).T @ v.delta[v.l],
        lambda v: v.a[0].T @ v.delta[v.l],
    ),
    mistake(
        "sum before activation",
        "{array} is made from z, the sums before ReLU. What went into W{l}?",
        lambda v: (below(v.a, v.l - 2) @ v.W[v.l - 1] + v.b[v.l - 1]).T @ v.delta[v.l],
    ),
]

OF_BIASES = [
    SIGN,
    FLOORED,
    ZERO,
    NO_MEAN,
    MEAN_TWICE,
    FACTOR_2,
    mistake(
        "wrong axis",
        "{array} sums over the units of each image: it has one number an image. Over what does a "
        "bias act?",
        lambda v: v.delta[v.l].sum(1),
        lambda v: v.delta[v.l].mean(1),
        lambda v: v.delta[v.l].sum(1, keepdims=True),
        lambda v: v.delta[v.l].mean(1, keepdims=True),
        lambda v: v.delta[v.l].sum(1) / v.n,
        lambda v: v.delta[v.l].sum(1) * v.n,
    ),
    mistake(
        "both axes",
        "{array} sums over images and units: one number for all biases of the layer. So all would "
        "change alike.",
        lambda v: v.delta[v.l].sum(),
        lambda v: v.delta[v.l].mean(),
        lambda v: v.delta[v.l].sum() * v.n,
    ),
    mistake(
        "not summed",
        "{array} is the error signal itself, a row for every image: the sum over the images is "
        "missing.",
        lambda v: v.delta[v.l],
        lambda v: v.delta[v.l] / v.n,
        lambda v: v.delta[v.l] * v.n,
    ),
    mistake(
        "one image only",
        "{array} is the gradient of one image, not of all {n}.",
        lambda v: v.delta[v.l][0],
        lambda v: v.delta[v.l][-1],
        lambda v: v.delta[v.l][0] * v.n,
        lambda v: v.delta[v.l][-1] * v.n,
    ),
    mistake(
        "column for a row",
        "{array} is a column. A bias is added to rows of z, so it is (units,) here, and not "
        "(units, 1).",
        lambda v: v.right[:, None],
    ),
    mistake(
        "sum of activations",
        "{array} sums activations, not the error signal.",
        lambda v: v.a[v.l - 1].sum(0),
        lambda v: v.a[v.l - 1].mean(0),
        lambda v: (v.a[v.l - 1].T @ v.delta[v.l]).sum(0),
        lambda v: (v.a[v.l - 1].T @ v.delta[v.l]).mean(0),
    ),
]


def below(a: list[np.ndarray], l: int) -> np.ndarray:
    """The activations of layer l. IndexError: there is no such layer."""
    if l < 0:
        raise IndexError(f"no layer {l}")
    return a[l]


def in_gradient(wrong: Mistake, last: bool, biases: bool) -> Mistake:
    """A mistake of an error signal as it shows in the gradient of its layer."""

    def through(way: Way) -> Way:
        def gradient(v: Values) -> np.ndarray:
            if (v.l == v.L) != last:
                raise IndexError("a mistake of another layer")
            right = v.delta[v.l]
            delta = np.asarray(way(Values(**vars(v) | {"right": right})))
            return delta.sum(0) if biases else v.a[v.l - 1].T @ delta

        return gradient

    return Mistake(wrong.name, wrong.says, tuple(map(through, wrong.ways)))


def of_gradients() -> dict[str, list[Mistake]]:
    """The mistakes of whole gradients: their own, and those of the error signals in them."""
    found = {}
    for name, own in (("dW", OF_WEIGHTS), ("db", OF_BIASES)):
        biases = name == "db"
        found[name] = [
            *own,
            *(in_gradient(wrong, True, biases) for wrong in FROM_P),
            *(in_gradient(wrong, False, biases) for wrong in THROUGH_RELU + OF_OTHER_LAYERS),
        ]
    return found
