"""Is one way of learning better than another, or was it luck?

Two kinds of luck are told apart. Another seed gives another model: means over seeds with Student's
interval speak of that. Other test images would give other errors: McNemar's test, on two models
that answered the same images, speaks of that.
"""

import itertools
import math
import statistics

import numpy as np

# Student's t for 1, 2, ... 30 degrees of freedom: the central 95% lies within this many standard
# errors. Student 1908, "The probable error of a mean"; values as in any statistical table.
T95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


def mean_interval(values: list[float]) -> dict:
    """{"mean", "low", "high"}: the mean of up to 31 values and Student's 95% interval for it.

    One value has no interval: low and high are then None. ValueError: more than 31 values.
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

    The k-th value from below and the k-th from above hold the median between them unless fewer than
    k of n values lie on one side of it, and on which side each lies is a coin's fall; k is the
    greatest for which that happens at most once in twenty times (Conover 1999, section 3.2). Fewer
    than six values have no such k: low and high are then None.
    """
    ordered, n = sorted(values), len(values)
    tail = list(itertools.accumulate(math.comb(n, i) / 2**n for i in range(n)))
    k = sum(share <= 0.025 for share in tail)
    low, high = (ordered[k - 1], ordered[-k]) if k else (None, None)
    return {"median": statistics.median(ordered), "low": low, "high": high}


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value for two models' answers to the same images.

    Images that both get right, or both wrong, tell nothing. Were the models equally good, each of
    the n others would fall to either one like a coin, so p is how often n coins lie as unevenly as
    these, or more. McNemar 1947, with the binomial distribution itself instead of chi-squared.
    """
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(math.comb(n, k) for k in range(fewer + 1))
    return min(1.0, 2 * tail / 2**n)


def head_to_head(first: np.ndarray, second: np.ndarray) -> dict:
    """Two models' right answers (n,), booleans for the same images: how many only one of them gets
    right, and McNemar's p."""
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    p = mcnemar(only_first, only_second)
    return {"only_first": only_first, "only_second": only_second, "p": p}


def compared(below: np.ndarray, correct: np.ndarray) -> dict:
    """How right answers `correct` (seeds, n) compare with those `below` (seeds, n), seed by seed.

    Both are booleans for the same n images. `difference` is in the share of errors, negative where
    there are fewer than below. An ensemble has one row, which is compared with every row below:
    what other ensembles would do is not known from one, so there is no verdict then.
    """
    single = len(correct) == 1
    below, correct = np.broadcast_arrays(below, correct)
    won, lost = (correct & ~below).sum(axis=1).tolist(), (below & ~correct).sum(axis=1).tolist()
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
    """The interval of the difference in errors in a word; it decides by whether it holds 0."""
    if difference["high"] < 0:
        return "helps"
    return "hurts" if difference["low"] > 0 else "no difference shown"
