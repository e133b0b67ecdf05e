"""Is one way of training better than another, or was it luck?

There are two kinds of luck. Another seed gives another model: that is what means over seeds with
Student's interval are for. Other test images would give other errors: that is what McNemar's test
is for, which compares two models on the same images. The bootstrap draws both again.
"""

import itertools
import math
import statistics

import numpy as np

RESAMPLES, AT_ONCE = 10_000, 500  # of the bootstrap, and how many are held in memory
SIGNIFICANT = 0.05  # an adjusted p below this counts as a difference

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


def compare(previous: np.ndarray, correct: np.ndarray, rng: np.random.Generator) -> dict:
    """How one way of training compares with a previous one, paired by seed and by image.

    `previous` and `correct` (seeds, n) say which predictions are right, for the same n images. A
    negative `difference` in the error rate means fewer errors than before. It comes with a 95%
    interval and a two-sided p from `bootstrap`. An ensemble has one row, which is compared with
    every row of the other; where that is `correct`, p is None, because one ensemble does not show
    how much ensembles vary.
    """
    single = len(correct) == 1
    previous, correct = np.broadcast_arrays(previous, correct)
    differences = previous.astype(np.int8) - correct
    means = bootstrap(differences, rng)
    low, high = np.quantile(means, [0.025, 0.975])
    one_sided = min(np.count_nonzero(means <= 0), np.count_nonzero(means >= 0))
    return {
        "seeds": len(differences),
        "better": int((differences.sum(axis=1) < 0).sum()),
        "difference": {
            "mean": float(differences.mean(dtype=np.float64)),
            "low": float(low),
            "high": float(high),
        },
        "p": None if single else min(1.0, 2 * (1 + one_sided) / (RESAMPLES + 1)),
    }


# The difference of two ways of training depends on the seeds and on the images that they happened
# to be compared on, so both are drawn again: Owen 2007, "The pigeonhole bootstrap". Its variance is
# at least that of the mean, and more where seeds and images interact, so its verdicts are cautious.
# With S seeds, S - 1 are drawn: the mean of S drawn ones would vary by the factor (S - 1) / S too
# little, which matters for five (Rao and Wu 1988). Images on which no seed differs are alike, so
# one number says how often they were drawn.
def bootstrap(differences: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """RESAMPLES means of differences (seeds, n), of seeds and images drawn with replacement."""
    seeds, n = differences.shape
    differing = differences[:, differences.any(axis=0)].astype(np.float64)
    drawn = max(1, seeds - 1)
    shares = np.append(np.full(differing.shape[1], 1 / n), 1 - differing.shape[1] / n)
    means = []
    for _ in range(RESAMPLES // AT_ONCE):
        images = rng.multinomial(n, np.maximum(shares, 0), size=AT_ONCE)[:, :-1]
        chosen = rng.multinomial(drawn, np.full(seeds, 1 / seeds), size=AT_ONCE)
        means.append((images @ differing.T * chosen).sum(axis=1) / (drawn * n))
    return np.concatenate(means)


def holm(p: list[float]) -> list[float]:
    """The p-values adjusted for their number, so that all verdicts together are wrong with a
    probability of at most 5% where each is below 0.05.

    The smallest of m is multiplied by m, the next by m - 1, and so on, and none is less than one
    before it. Holm 1979, "A simple sequentially rejective multiple test procedure".
    """
    adjusted, least = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=p.__getitem__)):
        least = max(least, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = least
    return adjusted


def judge(comparisons: list[dict]) -> None:
    """Add to each comparison its p adjusted for their number, `holm_p`, and its verdict."""
    tested = [each for each in comparisons if each["p"] is not None]
    for each in comparisons:
        each |= {"holm_p": None, "verdict": "one ensemble, no verdict"}
    for each, p in zip(tested, holm([each["p"] for each in tested]), strict=True):
        each |= {"holm_p": p, "verdict": verdict(each["difference"]["mean"], p)}


def verdict(difference: float, p: float) -> str:
    """What a difference in error rates shows, given its adjusted p."""
    if p >= SIGNIFICANT:
        return "no difference shown"
    return "helps" if difference < 0 else "hurts"
