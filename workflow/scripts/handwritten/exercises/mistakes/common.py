"""What people get wrong in any array: ways that need no more than the right one."""

import numpy as np

from handwritten.exercises.exercise import mistake

TRANSPOSED = mistake(
    "transposed",
    "{array} is transposed: the numbers are right, but rows and columns are swapped.",
    lambda v: v.right.T,
)
SIGN = mistake(
    "sign", "{array} has the wrong sign: each number is minus the right one.", lambda v: -v.right
)
INTEGERS = mistake(
    "integers",
    "{array} is cut to whole numbers: somewhere there is an array of integers, or `//`.",
    lambda v: np.trunc(v.right),
    lambda v: np.floor(v.right),
)
FLOORED = mistake("integers", INTEGERS.says, lambda v: np.floor(v.right))
NO_MEAN = mistake(
    "no 1/n",
    "{array} is {n} times too large, and there are {n} images: it is a sum over the images, not "
    "their mean. With twice as many images it would be twice as large.{or_before}",
    lambda v: v.right * v.n,
)
MEAN_TWICE = mistake(
    "1/n twice",
    "{array} is {n} times too small, and there are {n} images: it is divided by their number once "
    "too often.",
    lambda v: v.right / v.n,
)
FACTOR_2 = mistake(
    "factor 2",
    "{array} is twice the right one, or half of it: a factor of 2 is there, or something is done "
    "twice.",
    lambda v: v.right * 2,
    lambda v: v.right / 2,
)
ZERO = mistake(
    "nothing",
    "{array} is 0 everywhere: it was never filled, or numbers between -1 and 1 were cut to whole "
    "numbers by an array of integers.",
    lambda v: np.zeros_like(v.right),
)
ONE_IMAGE = mistake(
    "one image only",
    "{array} has the first image's numbers and no others: a `return` is inside the loop.",
    lambda v: np.concatenate([v.right[:1], np.zeros_like(v.right[1:])]),
    lambda v: v.right[0],
    lambda v: v.right[:1],
)
ARRAY_FOR_NUMBER = mistake(
    "array for a number",
    "`if` needs a single number, and gets an array of many: there is no one answer to whether it "
    "is above 0, or equal.",
    lambda v: bool(np.array([True, False])),
)
COMMON = [TRANSPOSED, SIGN, FLOORED, ZERO]
SCALES = [NO_MEAN, MEAN_TWICE, FACTOR_2]


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-z))."""
    return 1 / (1 + np.exp(-z))
