"""What people get wrong in error signals, once for both phases and for a network of any depth.

Ways compute with the values of networks.values: a[l - 1] is the input of layer l, delta[l] the
error signal there. In `v.right` is the right value of the array in question.
"""

import numpy as np

from handwritten.exercises.exercise import Values, mistake
from handwritten.exercises.mistakes.common import INTEGERS, sigmoid
from handwritten.exercises.networks import relu

FROM_P = [
    mistake(
        "softmax derivative twice",
        "p - y is multiplied by a derivative of softmax. It is in p - y already, since that is the "
        "derivative of cross-entropy and softmax together.",
        lambda v: (v.p - v.y) * v.p * (1 - v.p) / v.n,
        lambda v: softmax_jacobian(v, v.p - v.y) / v.n,
        lambda v: (v.p - v.y) * v.p * (1 - v.p),
        lambda v: softmax_jacobian(v, v.p - v.y),
        lambda v: (v.p - v.y) * v.p * (1 - v.p) / v.n**2,
    ),
    mistake(
        "derivative by p",
        "{array} is the derivative by p, -y/p. The one by z goes through softmax too.",
        lambda v: -v.y / v.p / v.n,
        lambda v: -v.y / v.p,
        lambda v: ((1 - v.y) / (1 - v.p) - v.y / v.p) / v.n,
        lambda v: (1 - v.y) / (1 - v.p) - v.y / v.p,
    ),
    mistake(
        "softmax derivative on the diagonal only",
        "{array} takes only each p's derivative by its own z. Softmax couples the classes: a "
        "larger z makes all other p smaller.",
        lambda v: -v.y * (1 - v.p) / v.n,
        lambda v: -v.y * (1 - v.p),
    ),
    mistake(
        "labels left out",
        "{array} does not depend on the labels: y is missing.",
        lambda v: v.p / v.n,
        lambda v: v.p,
    ),
    mistake(
        "precedence",
        "Only y is divided by the number of images, and p is not: `/` comes before `-`.",
        lambda v: v.p - v.y / v.n,
    ),
    mistake(
        "activation derivative at the output",
        "{array} is multiplied by a derivative of ReLU, but the output layer has none: its z "
        "goes into softmax as it is.",
        lambda v: (v.p - v.y) * (v.a[-1] @ v.W[-1] + v.b[-1] > 0) / v.n,
        lambda v: (v.p - v.y) * (v.a[-1] @ v.W[-1] + v.b[-1] > 0),
    ),
    mistake(
        "absolute error",
        "{array} has lost its signs: p is too small in the right class, and too large elsewhere.",
        lambda v: np.abs(v.p - v.y) / v.n,
        lambda v: np.abs(v.p - v.y),
    ),
    mistake(
        "squared error",
        "{array} is of squared differences, or of a mean of them over images and classes.",
        lambda v: 2 * (v.p - v.y) / v.n / v.k,
        lambda v: (v.p - v.y) ** 2 / v.n,
        lambda v: (v.p - v.y) ** 2,
    ),
    mistake(
        "mean over classes",
        "{array} is divided by the number of classes, {k}: the mean is over the {n} images alone.",
        lambda v: v.right / v.k,
        lambda v: (v.p - v.y) / v.k,
    ),
    mistake("integers", INTEGERS.says, lambda v: (v.p - v.y) // v.n, lambda v: (v.p - v.y) // 1),
]

THROUGH_RELU = [
    mistake(
        "mask missing",
        "The derivative of ReLU is missing in {error}, or it is 1 everywhere, as `a >= 0` is. What "
        "did ReLU do to units below 0?",
        lambda v: back(v),
    ),
    mistake(
        "mask inverted",
        "The derivative of ReLU is inverted in {error}: the units that were 0 pass the error on, "
        "the others do not.",
        lambda v: back(v) * (v.a[v.l] <= 0),
    ),
    mistake(
        "mask of the wrong array",
        "ReLU's mask in {error} is taken from the wrong array. Which numbers went into ReLU on the "
        "way forward?",
        lambda v: relu(back(v)),
        lambda v: back(v) * (v.W[v.l + 1].T > 0),
        lambda v: (v.delta[v.l + 1] * (v.delta[v.l + 1] > 0)) @ v.W[v.l + 1].T,
        lambda v: (v.delta[v.l + 1] * (v.delta[v.l + 1] > 0)) @ v.W[v.l + 1].T * (v.a[v.l] > 0),
        lambda v: back(v) * (v.W[v.l + 1] > 0),
        lambda v: v.delta[v.l + 1] @ relu(v.W[v.l + 1].T),
    ),
    mistake(
        "activation for its derivative",
        "{error} is multiplied by the activation itself, not by the derivative of ReLU.",
        lambda v: back(v) * v.a[v.l],
    ),
    mistake(
        "derivative of the sigmoid",
        "{error} has the sigmoid's derivative, a (1 - a). The hidden units here are ReLU.",
        lambda v: back(v) * v.a[v.l] * (1 - v.a[v.l]),
        lambda v: back(v) * sigmoid(v.a[v.l]) * (1 - sigmoid(v.a[v.l])),
        lambda v: back(v) * (1 - v.a[v.l] ** 2),
    ),
    mistake(
        "weights not transposed",
        "delta and W do not fit: their inner sizes differ. Every hidden unit collects the errors "
        "of all units above it, so over which axis of W does the sum run?",
        lambda v: v.delta[v.l + 1] @ v.W[v.l + 1],
        lambda v: v.delta[v.l + 1] @ v.W[v.l + 1] * (v.a[v.l] > 0),
        lambda v: v.delta[v.l + 1] @ v.W[v.l + 1] * v.a[v.l],
    ),
    mistake(
        "elementwise product",
        "{error} multiplies element by element where the formula has a sum, so a matrix product.",
        lambda v: v.delta[v.l + 1] * v.W[v.l + 1].T,
        lambda v: v.delta[v.l + 1] * v.W[v.l + 1],
        lambda v: v.delta[v.l + 1] * v.W[v.l + 1].T * (v.a[v.l] > 0),
        lambda v: v.delta[v.l + 1] * v.W[v.l + 1] * (v.a[v.l] > 0),
    ),
    mistake(
        "weights left out",
        "The error signal of the layer above is in the place of {error}: it has not gone back "
        "through the weights between them.",
        lambda v: v.delta[v.l + 1] * (v.a[v.l] > 0),
        lambda v: v.delta[v.l + 1],
    ),
    mistake(
        "gradient in the place of weights",
        "{error} goes back through dW instead of W.",
        lambda v: v.delta[v.l + 1] @ (v.a[v.l].T @ v.delta[v.l + 1]).T * (v.a[v.l] > 0),
    ),
]

# What only a function that knows other layers too can get wrong.
OF_OTHER_LAYERS = [
    mistake(
        "wrong layer's weights",
        "{error} goes back through the W of the wrong layer. Which W stands between this layer and "
        "the one above it?",
        lambda v: v.delta[v.l + 1] @ v.W[v.l].T * (v.a[v.l] > 0),
        lambda v: v.delta[v.l + 1] @ v.W[v.l + 2].T * (v.a[v.l] > 0),
    ),
    mistake(
        "output error in every layer",
        "{error} is made from the output's error, not from that of the layer right above.",
        lambda v: v.delta[v.L] @ v.W[v.l + 1].T * (v.a[v.l] > 0),
    ),
    mistake(
        "mask of the wrong layer",
        "ReLU's mask in {error} is taken from another layer. Which numbers went into this layer's "
        "ReLU on the way forward?",
        lambda v: back(v) * (v.a[v.l - 1] > 0),
        lambda v: back(v) * (v.a[v.l + 1] > 0),
    ),
]


def softmax_jacobian(v: Values, gradient: np.ndarray) -> np.ndarray:
    """A gradient by p turned into one by z."""
    return v.p * (gradient - (gradient * v.p).sum(1, keepdims=True))


def back(v: Values) -> np.ndarray:
    """dJ/da of layer l: the error of the layer above it, back through the weights."""
    return v.delta[v.l + 1] @ v.W[v.l + 1].T
