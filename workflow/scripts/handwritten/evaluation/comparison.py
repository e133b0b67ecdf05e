"""Is one way of training better than another, or was it luck?

There are two kinds of luck. Another seed gives another model: that is what means over seeds with
Student's interval are for. Other test images would give other errors: that is what McNemar's test
is for, which compares two models on the same images.
"""

import itertools
import math
import statistics

import numpy as np

# Student's t for 1, 2, ... 30 degrees of freedom: how many standard errors hold the central 95%.
# Student 1908, "The probable error of a mean"; the values are those of any statistical table.
T95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def mean_interval(values: list[float]) -> dict:
    """{"mean", "low", "high"}: the mean of up to 31 values and Student's 95% interval for it.

    A single value has no interval: low and high are None. ValueError: more than 31 values.
    """
    mean, n = statistics.fmean(values), len(values)
    if n > len(T95) + 1:
        raise ValueError(f"{n} values, but Student's t is tabled for {len(T95) + 1} at most")
    if n == 1:
        return {"mean": mean, "low": None, "high": None}
    half = T95[n - 2] * statistics.stdev(values) / math.sqrt(n)
    return {"mean": mean, "low": mean - half, "high": mean + half}


def median_interval(values: list[float]) -> dict:
    """{"median", "low", "high"}: the median of some values and a 95% interval for it, which no
    outlier can widen.

    The interval runs from the k-th lowest to the k-th highest value. It misses the true median only
    if fewer than k of the n values lie on one side of it, and each value lies on either side with
    probability 1/2. k is the greatest number for which that happens with a probability of at most
    5% (Conover 1999, section 3.2). Fewer than six values have no such k: low and high are None.
    """
    ordered, n = sorted(values), len(values)
    tail = list(itertools.accumulate(math.comb(n, i) / 2**n for i in range(n)))
    k = sum(share <= 0.025 for share in tail)
    low, high = (ordered[k - 1], ordered[-k]) if k else (None, None)
    return {"median": statistics.median(ordered), "low": low, "high": high}


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value for two models' predictions on the same images.

    Images on which both models are right, or both are wrong, say nothing. If the models were
    equally good, each of the n other images would favour either one with probability 1/2, so p is
    the probability that n tosses of a coin come out at least this unevenly. McNemar 1947, with the
    binomial distribution itself instead of chi-squared.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / 2**n)


def head_to_head(first: np.ndarray, second: np.ndarray) -> dict:
    """On how many images only one of two models is right, and McNemar's p.

    `first` and `second` (n,) say which predictions are right.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    p = mcnemar(only_first, only_second)
    return {"only_first": only_first, "only_second": only_second, "p": p}


def compare(previous: np.ndarray, correct: np.ndarray) -> dict:
    """How one way of training compares with a previous one, seed by seed.

    `previous` and `correct` (seeds, n) say which predictions are right, for the same n images. A
    negative `difference` in the error rate means fewer errors than before. An ensemble has one
    row, which is compared with every row of `previous`; there is no verdict then, because one
    ensemble does not show how much ensembles vary.
    """
    single = len(correct) == 1
    previous, correct = np.broadcast_arrays(previous, correct)
    won = (correct & ~previous).sum(axis=1).tolist()
    lost = (previous & ~correct).sum(axis=1).tolist()
    pairs = list(zip(won, lost, strict=True))
    p = [mcnemar(*pair) for pair in pairs]
    difference = mean_interval([(lost - won) / correct.shape[1] for won, lost in pairs])
    return {
        "seeds": len(pairs),
        "better": sum(won > lost for won, lost in pairs),
        "won": won,
        "lost": lost,
        "mcnemar_p": p,
        "median_p": statistics.median(p),
        "difference": difference,
        "verdict": "one ensemble, no verdict" if single else verdict(difference),
    }


def verdict(difference: dict) -> str:
    """What the interval of the difference in error rates shows: nothing if it contains 0."""
    if difference["high"] < 0:
        return "helps"
    return "hurts" if difference["low"] > 0 else "no difference shown"
