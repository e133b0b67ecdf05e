"""What people get wrong in softmax, and what is true of all probabilities."""

import numpy as np

from handwritten.exercises.exercise import Fact, Values, mistake
from handwritten.exercises.mistakes.common import sigmoid
from handwritten.learning import losses

ROWS_SUM_TO_1 = Fact(
    "each row sums to 1",
    "each row is a distribution over the classes, so it has to sum to 1",
    lambda p, v: p.ndim == 2 and bool(np.allclose(p.sum(1), 1, atol=1e-3)),
)
NOT_NEGATIVE = Fact(
    "no number is below 0", "no number can be below 0", lambda array, v: not (array < 0).any()
)


def z_of(v: Values) -> np.ndarray:
    """What goes into softmax: the argument z, or the logits of a network."""
    return v.z if hasattr(v, "z") else np.maximum(v.x @ v.W1 + v.b1, 0) @ v.W2 + v.b2


def normalised(e: np.ndarray, axis: int | None = 1) -> np.ndarray:
    """e divided by its sum along an axis."""
    return e / e.sum(axis=axis, keepdims=True)


def shifted(z: np.ndarray, axis: int = 1) -> np.ndarray:
    """z less its largest number along an axis."""
    return z - z.max(axis=axis, keepdims=True)


FIXED = (1000, 10_000)  # numbers from which exp of minus them is 0
# Each has ways with the shift of softmax and without it.
SOFTMAX = [
    mistake(
        "sum over the whole batch",
        "The sum in softmax is over all numbers of the batch: {array} sums to 1 as a whole, and "
        "not row by row. What do the probabilities of one image depend on?",
        lambda v: normalised(np.exp(shifted(z_of(v))), None),
        lambda v: normalised(np.exp(z_of(v)), None),
        lambda v: normalised(np.exp(z_of(v) - z_of(v).max()), None),
    ),
    mistake(
        "softmax over images",
        "The sum in softmax is over images: each column of {array} sums to 1, and not each row. "
        "Which axis are the classes?",
        lambda v: normalised(np.exp(shifted(z_of(v), 0)), 0),
        lambda v: normalised(np.exp(z_of(v)), 0),
        lambda v: normalised(np.exp(shifted(z_of(v))), 0),
        lambda v: normalised(np.exp(z_of(v) - z_of(v).max()), 0),
    ),
    mistake(
        "no shift before exp",
        "exp overflows: exp(1000) is inf, and inf/inf is NaN. With ordinary numbers {array} is "
        "right. What can be subtracted from a row without a change of p?",
        lambda v: normalised(np.exp(z_of(v))),
    ),
    mistake(
        "shift by the whole batch's maximum",
        "Before exp, the largest number of the whole batch is subtracted. In rows far below it "
        "each exp is 0, and 0/0 is NaN.",
        lambda v: normalised(np.exp(z_of(v) - z_of(v).max())),
    ),
    mistake(
        "shift along the wrong axis",
        "Before exp, the largest number of each column is subtracted, not that of each row.",
        lambda v: normalised(np.exp(shifted(z_of(v), 0))),
    ),
    mistake(
        "fixed shift",
        "Before exp, a fixed number such as 1000 is subtracted from all. Ordinary numbers are far "
        "below it, so that each exp is 0, and 0/0 is NaN.",
        *(lambda v, fixed=fixed: normalised(np.exp(z_of(v) - fixed)) for fixed in FIXED),
    ),
    mistake(
        "shift in one place only",
        "The largest number of a row is subtracted above or below the line of the fraction, and "
        "not in both: then the factor does not cancel.",
        lambda v: np.exp(shifted(z_of(v))) / np.exp(z_of(v)).sum(1, keepdims=True),
        lambda v: np.exp(z_of(v)) / np.exp(shifted(z_of(v))).sum(1, keepdims=True),
    ),
    mistake(
        "shift by the minimum",
        "Before exp, the smallest number of each row is subtracted: what is left is above 0 and "
        "overflows as before.",
        lambda v: normalised(np.exp(z_of(v) - z_of(v).min(axis=1, keepdims=True))),
    ),
    mistake(
        "numbers cut before exp",
        "Large numbers are cut before exp, so that different ones become equal: 10,000 and 9,999 "
        "give the same p.",
        *(
            lambda v, most=most: normalised(np.exp(np.clip(z_of(v), -most, most)))
            for most in (500, 700, 709, 250, 100, 50)
        ),
        *(
            lambda v, most=most: normalised(np.exp(np.minimum(z_of(v), most)))
            for most in (500, 700, 709, 250, 100, 50)
        ),
    ),
    mistake(
        "NaN replaced",
        "exp overflows, and the NaN that comes of it is replaced: rows do not sum to 1.",
        lambda v: np.nan_to_num(normalised(np.exp(z_of(v)))),
    ),
    mistake(
        "axis lost",
        "A sum or a maximum over an axis has lost that axis, so that its shape does not fit: look "
        "at the shapes on both sides. NumPy can keep the axis.",
        lambda v: np.exp(shifted(z_of(v))) / np.exp(shifted(z_of(v))).sum(axis=1),
        lambda v: np.exp(z_of(v)) / np.exp(z_of(v)).sum(axis=1),
        lambda v: normalised(np.exp(z_of(v) - z_of(v).max(axis=1))),
    ),
    mistake(
        "not normalised",
        "{array} is not divided by the sum: rows do not sum to 1.",
        lambda v: np.exp(shifted(z_of(v))),
        lambda v: np.exp(z_of(v)),
        lambda v: np.exp(z_of(v) - z_of(v).max()),
    ),
    mistake(
        "sigmoid for softmax",
        "{array} has gone through the sigmoid, number by number: rows do not sum to 1.",
        lambda v: sigmoid(z_of(v)),
        lambda v: normalised(sigmoid(z_of(v))),
    ),
    mistake(
        "exp missing",
        "{array} is made without exp: numbers below 0 stay below 0.",
        lambda v: normalised(z_of(v)),
        lambda v: normalised(shifted(z_of(v))),
        lambda v: normalised(np.abs(z_of(v))),
        lambda v: normalised(np.maximum(z_of(v), 0)),
    ),
    mistake(
        "softmax missing",
        "{array} is z itself, or z less the largest number of each row: the logits.",
        lambda v: z_of(v),
        lambda v: shifted(z_of(v)),
    ),
    mistake(
        "logarithm",
        "{array} is the logarithm of the probabilities.",
        lambda v: np.log(normalised(np.exp(shifted(z_of(v))))),
        lambda v: shifted(z_of(v)) - np.log(np.exp(shifted(z_of(v))).sum(1, keepdims=True)),
    ),
    mistake(
        "sign",
        "The numbers go into exp with the wrong sign: the largest z has the smallest probability.",
        lambda v: losses.softmax(-z_of(v)),
        lambda v: normalised(np.exp(-z_of(v))),
        lambda v: normalised(np.exp(-shifted(z_of(v)))),
    ),
    mistake(
        "softmax twice",
        "{array} has gone through softmax twice.",
        lambda v: losses.softmax(losses.softmax(z_of(v))),
    ),
    mistake(
        "another base",
        "The powers are not those of e.",
        lambda v: normalised(2.0 ** shifted(z_of(v))),
        lambda v: normalised(10.0 ** shifted(z_of(v))),
        lambda v: normalised(2.0 ** z_of(v)),
    ),
    mistake(
        "largest only",
        "{array} is 1 at the largest number of each row and 0 elsewhere: that is argmax.",
        lambda v: np.eye(z_of(v).shape[1])[z_of(v).argmax(1)],
    ),
    mistake(
        "divided by the maximum",
        "{array} is divided by the largest number, not by the sum.",
        lambda v: np.exp(z_of(v)) / np.exp(z_of(v)).max(1, keepdims=True),
        lambda v: np.exp(shifted(z_of(v) / z_of(v).max(1, keepdims=True))),
        lambda v: normalised(np.exp(z_of(v) / z_of(v).max(1, keepdims=True))),
    ),
]
