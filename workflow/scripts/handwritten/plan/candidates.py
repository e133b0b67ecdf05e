"""The candidates of a sweep: which settings are tried, by `sweep:` in the configuration.

A grid is every combination of listed values. Random search draws each setting by itself, which in
the same number of trainings tries more values of the settings that matter (Bergstra and Bengio
2012, "Random search for hyper-parameter optimization"). A candidate is the settings that it
changes; drawn numbers are rounded to four significant digits, so that they can be read and typed,
or to as many as the ends of their range have, so that none is rounded out of it.
"""

import itertools
import math

from handwritten.randomness import generator


def candidates(sweep: dict, seed: int) -> list[dict]:
    """The distinct candidates of a validated `sweep:`; more of them leave the first ones as they
    were."""
    specifications = sweep["settings"]
    if sweep["method"] == "grid":
        combinations = itertools.product(*specifications.values())
        return [dict(zip(specifications, values, strict=True)) for values in combinations]
    drawn: dict[str, dict] = {}
    for number in range(sweep["candidates"]):
        rng = generator(seed, "sweep", number)
        candidate = {key: draw(values, rng) for key, values in specifications.items()}
        drawn.setdefault(repr(candidate), candidate)
    return list(drawn.values())


def draw(values: list | dict, rng):
    """One of a list's values, or a number from a range, whole if its ends are."""
    if isinstance(values, list):
        return values[rng.integers(len(values))]
    low, high = values["from"], values["to"]
    if values["scale"] == "log":
        number = math.exp(rng.uniform(math.log(low), math.log(high)))
    else:
        number = rng.uniform(low, high)
    number = min(max(number, low), high)  # exp(log(x)) may be a little more than x
    return round(number) if isinstance(low, int) else rounded(number, digits(low, high))


def digits(low: float, high: float) -> int:
    """How many significant digits the ends of a range have, or four if these are more."""
    exact = (n for n in range(4, 18) if (rounded(low, n), rounded(high, n)) == (low, high))
    return next(exact)  # 17 digits tell any two numbers apart


def rounded(number: float, digits: int) -> float:
    """The number with so many significant digits."""
    return float(f"{number:.{digits}g}")


def rounds(sweep: dict, length: int | None) -> list[int | None]:
    """For how many epochs (or steps) each round trains, `length` being the whole run's, or None
    where every candidate has its own, as with halving none has.

    Successive halving: a `keep`-th of the candidates goes on to `keep` times the length, so that
    all rounds cost about the same (Jamieson and Talwalkar 2016, "Non-stochastic best arm
    identification"). Every round trains from the start, for schedules run over a training's whole
    length.
    """
    if sweep["method"] != "halving" or length is None:
        return [length]
    last = sweep["rounds"] - 1
    return [math.ceil(length / sweep["keep"] ** (last - i)) for i in range(sweep["rounds"])]
