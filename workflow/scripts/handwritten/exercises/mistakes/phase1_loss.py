"""The loss: what is right, and what people get wrong."""

from dataclasses import replace

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.exercise import Exercise, Fact, Functions, Probe, Values, mistake, simple
from handwritten.exercises.mistakes import common
from handwritten.exercises.unpacking import named
from handwritten.learning import losses


def cross_entropy_probes(own: Functions) -> list[Probe]:
    """Ordinary probabilities; certain and right ones; and certain, wrong ones."""
    x, y, layers = networks.problem(3)
    _, p = networks.forward(x, layers)
    ordinary = losses.cross_entropy(np.log(p), y.argmax(1)).mean()
    certain = "p is 0 and 1, and always wrong"
    wrong_p = np.roll(y, 1, axis=1)
    sure = simple(certain, LARGE, "J", p=wrong_p, y=y)
    perfect = simple("p is 0 and 1, and always right", 0.0, "J", p=y.copy(), y=y)
    return [
        simple("ordinary probabilities", ordinary, "J", p=p, y=y),
        replace(perfect, see=lambda J: np.round(J, 3)),
        replace(sure, see=up_to_large, expects="finite, and above 2"),
    ]


LARGE = 2.0


def up_to_large(J: np.ndarray) -> np.ndarray:
    """How large a finite loss is above LARGE depends on what keeps p away from 0."""
    return np.where(np.isfinite(J), np.clip(J, -LARGE, LARGE), J)


def log(p: np.ndarray) -> np.ndarray:
    """The logarithm, kept away from 0."""
    return np.log(np.maximum(p, 1e-12))


CROSS_ENTROPY = Exercise(
    file="phase1",
    name="cross_entropy",
    probes=cross_entropy_probes,
    unpack=named("J"),
    mistakes={
        "J": [
            mistake(
                "log of 0",
                "J is not finite where a probability is 0: log(0) is -inf, and 0 * -inf is NaN. A "
                "small number has no effect outside the logarithm, as in log(p) + 1e-12.",
                lambda v: -(v.y * np.log(v.p)).sum() / v.n,
                lambda v: -np.log((v.y * v.p).sum(1)).mean(),
            ),
            mistake(
                "sign",
                "J is minus the right one. A probability is at most 1, so its logarithm is not "
                "above 0; a loss cannot be negative.",
                lambda v: (v.y * log(v.p)).sum() / v.n,
            ),
            mistake(
                "no 1/n",
                "J is {n} times too large, and there are {n} images: it is the sum over the "
                "images, not their mean.",
                lambda v: -(v.y * log(v.p)).sum(),
            ),
            mistake(
                "1/n twice",
                "J is {n} times too small, and there are {n} images: it is divided by their number "
                "twice.",
                lambda v: -(v.y * log(v.p)).sum() / v.n**2,
            ),
            mistake(
                "mean over classes",
                "J is divided by the number of classes too: the mean of all numbers of y * log(p) "
                "is over images and classes. The sum over classes has only one term that is not 0.",
                lambda v: -(v.y * log(v.p)).mean(),
                lambda v: -(v.y * log(v.p)).sum() / v.y.shape[1],
            ),
            mistake(
                "not summed",
                "J is not one number: the mean over the images is missing.",
                lambda v: -(v.y * log(v.p)).sum(1),
                lambda v: -(v.y * log(v.p)),
                lambda v: -(v.y * log(v.p)).sum(1, keepdims=True),
                lambda v: -(v.y * log(v.p)).mean(1),
                lambda v: -(v.y * log(v.p)).mean(0),
                lambda v: -(v.y * log(v.p)).sum(0),
                lambda v: -(v.y * log(v.p)).sum(0) / v.n,
            ),
            mistake(
                "one image only",
                "J is the loss of the first image: a `return` is inside the loop.",
                lambda v: -(v.y * log(v.p))[0].sum(),
                lambda v: -(v.y * log(v.p))[0].sum() / v.n,
            ),
            mistake(
                "nothing",
                "J is 0, whatever p and y are: nothing is summed, or a factor such as `1 // n` is "
                "cut to 0.",
                lambda v: 0.0,
            ),
            mistake(
                "labels for one-hot",
                "y is taken for the labels, as numbers of columns. It is one-hot: 0 and 1.",
                lambda v: -np.log(v.p[np.arange(v.n), v.y]).mean(),
            ),
            mistake(
                "product of all pairs",
                "J mixes images: a matrix product of y and log(p) pairs each image's label with "
                "every other image's probabilities.",
                lambda v: -(v.y @ log(v.p).T).sum() / v.n,
                lambda v: -(v.y @ log(v.p).T).mean(),
                lambda v: -(v.y @ log(v.p).T).sum(),
                lambda v: -(v.y @ log(v.p)),
            ),
            mistake(
                "binary cross-entropy",
                "J has a second term, (1 - y) log(1 - p). It belongs to the loss for two classes, "
                "with one sigmoid.",
                lambda v: binary(v).sum() / v.n,
                lambda v: binary(v).mean(),
                lambda v: binary(v).sum(),
            ),
            mistake(
                "squared error",
                "J is a squared error, not cross-entropy.",
                lambda v: ((v.p - v.y) ** 2).sum() / v.n,
                lambda v: ((v.p - v.y) ** 2).mean(),
                lambda v: ((v.p - v.y) ** 2).sum() / (2 * v.n),
                lambda v: ((v.p - v.y) ** 2).mean() / 2,
            ),
            mistake(
                "labels left out",
                "J does not depend on the labels: y is missing, or has no effect, as in a matrix "
                "product of y^T and log(p) of which all numbers are summed.",
                lambda v: -log(v.p).sum() / v.n,
                lambda v: -log(v.p).mean(),
                lambda v: -log(v.p).sum(),
                lambda v: -log(v.p).sum() / v.y.shape[1] ** 2,
                lambda v: -(v.p * log(v.p)).sum() / v.n,
                lambda v: -log(v.p.max(1)).mean(),
            ),
            mistake(
                "p and y swapped",
                "y is in the logarithm, and p before it.",
                lambda v: -(v.p * log(v.y)).sum() / v.n,
                lambda v: -(v.p * np.log(v.y)).sum() / v.n,
                *(
                    lambda v, tiny=tiny, f=f: -(v.p * np.log(f(v.y, tiny))).sum() / v.n
                    for tiny in (1e-12, 1e-15, 1e-10, 1e-9, 1e-8, 1e-7, 1e-30)
                    for f in (np.add, np.maximum)
                ),
            ),
            mistake(
                "logarithm missing",
                "J has no logarithm.",
                lambda v: -(v.y * v.p).sum() / v.n,
                lambda v: 1 - (v.y * v.p).sum() / v.n,
            ),
            mistake(
                "log of the mean",
                "J is the logarithm of a mean. The mean is over logarithms.",
                lambda v: -log((v.y * v.p).sum() / v.n),
                lambda v: -log((v.y * v.p).sum()),
            ),
            mistake(
                "another base",
                "The logarithm is to base 2 or 10, not the natural one.",
                lambda v: -(v.y * log(v.p)).sum() / v.n / np.log(2),
                lambda v: -(v.y * log(v.p)).sum() / v.n / np.log(10),
            ),
            mistake(
                "small number too large",
                "The number that keeps p away from 0 is so large that it changes J for ordinary p.",
                *(
                    lambda v, tiny=tiny, f=f: -(v.y * np.log(f(v.p, tiny))).sum() / v.n
                    for tiny in (0.1, 0.05, 0.01, 0.001)
                    for f in (np.add, np.maximum)
                ),
            ),
            common.ARRAY_FOR_NUMBER,
            common.FACTOR_2,
            common.INTEGERS,
        ]
    },
    first_call_decides=True,
    facts={
        "J": [
            Fact("J is one number", "a loss is one number", lambda J, v: J.ndim == 0),
            Fact(
                "J is not negative",
                "a loss cannot be negative: the logarithm of a probability is not above 0",
                lambda J, v: not (J < 0).any(),
            ),
        ]
    },
)


def binary(v: Values) -> np.ndarray:
    """The terms of the loss for two classes."""
    return -(v.y * log(v.p) + (1 - v.y) * log(1 - v.p))
