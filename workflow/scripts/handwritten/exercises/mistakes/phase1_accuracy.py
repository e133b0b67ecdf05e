"""The accuracy: what is right, and what people get wrong."""

import numpy as np

from handwritten.exercises.exercise import Exercise, Fact, Functions, Probe, Values, mistake, simple
from handwritten.exercises.mistakes import common
from handwritten.exercises.unpacking import named
from handwritten.learning import losses

SQUARE = ("four images", 0.7)  # as many as classes, so that other things can be compared


def accuracy_probes(own: Functions) -> list[Probe]:
    """Some images right, many, and all."""
    found = []
    for words, certainty in (("some right", 0.7), ("most right", 2.0), ("all right", 9.0), SQUARE):
        rng = np.random.default_rng(11)
        y = losses.targets(rng.integers(0, 4, 23), 4, 0.0, np.float64)
        z = rng.standard_normal(y.shape) + certainty * y
        z[0] += 9 * y[0]
        p = losses.softmax(z)
        if words == "four images":
            p, y = p[1:5], y[1:5]
        right = float((p.argmax(1) == y.argmax(1)).mean())
        found.append(simple(words, right, "share", p=p, y=y))
    return found


def hits(v: Values) -> np.ndarray:
    """Which images are right."""
    return v.p.argmax(1) == v.y.argmax(1)


ACCURACY = Exercise(
    file="phase1",
    name="accuracy",
    probes=accuracy_probes,
    unpack=named("share"),
    mistakes={
        "share": [
            mistake(
                "largest value for its place",
                "The largest probability is compared, not its place. A probability is hardly ever "
                "exactly 1.",
                lambda v: np.mean(v.p.max(1) == v.y.max(1)),
                lambda v: np.mean(v.p.max(1) == v.y.argmax(1)),
                lambda v: np.mean(v.p == v.y),
            ),
            mistake(
                "labels for one-hot",
                "The place of the largest probability is compared with the numbers of y, which "
                "are 0 and 1, and not with the place of the 1.",
                lambda v: np.mean(v.p.argmax(1)[:, None] == v.y),
                lambda v: np.mean(v.p.argmax(1) == v.y.max(1)),
                lambda v: np.mean(v.p.argmax(1) == v.y),
            ),
            mistake(
                "argmax over images",
                "argmax is over the images. Which axis are the classes?",
                lambda v: np.mean(v.p.argmax(0) == v.y.argmax(0)),
            ),
            mistake(
                "argmax over everything",
                "argmax is over all numbers at once, of all images: it gives one place. Which "
                "axis are the classes?",
                lambda v: np.mean(v.p.argmax() == v.y.argmax()),
            ),
            mistake(
                "rounded probabilities",
                "Rounded probabilities are compared number by number. Also a p of 0.4 may be the "
                "largest of its row.",
                lambda v: np.mean(np.round(v.p) == v.y),
                lambda v: np.mean((np.round(v.p) == v.y).all(1)),
                lambda v: np.mean((v.p > 0.5) == v.y),
            ),
            mistake(
                "count for share",
                "It is the number of images that are right, or a percentage, not the share from 0 "
                "to 1.",
                lambda v: hits(v).sum(),
                lambda v: 100 * hits(v).mean(),
            ),
            mistake(
                "one image only",
                "Only the first image is counted: a `return` is inside the loop.",
                lambda v: hits(v)[0] / v.n,
            ),
            common.ARRAY_FOR_NUMBER,
            mistake(
                "errors counted",
                "It is the share of wrong images.",
                lambda v: 1 - hits(v).mean(),
            ),
            mistake(
                "divided by classes",
                "The number of right images is divided by the number of classes, or of all "
                "entries, not by that of the images.",
                lambda v: hits(v).sum() / v.y.shape[1],
                lambda v: hits(v).sum() / v.y.size,
            ),
            mistake(
                "mean probability",
                "It is the mean probability of the right class.",
                lambda v: (v.p * v.y).sum(1).mean(),
            ),
            mistake(
                "not averaged",
                "It is not one number: the mean over the images is missing.",
                lambda v: hits(v),
            ),
            mistake(
                "integers", "It is cut to a whole number: `//` or int.", lambda v: np.floor(v.right)
            ),
        ]
    },
    facts={
        "share": [
            Fact(
                "it is between 0 and 1",
                "a share is one number between 0 and 1",
                lambda share, v: share.ndim == 0 and 0 <= float(share) <= 1,
            )
        ]
    },
)
