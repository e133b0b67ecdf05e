"""The candidates of a sweep: which settings are tried, by `sweep:` in the configuration.

A grid is every combination of listed values. Random search draws each setting by itself, which in
the same number of trainings tries more values of the settings that matter (Bergstra and Bengio
2012, "Random search for hyper-parameter optimization"). A candidate is the settings that it
changes; drawn numbers are rounded to four significant digits, so that they can be read and typed.
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
    return round(number) if isinstance(low, int) else float(f"{number:.4g}")


def rounds(sweep: dict, length: int) -> list[int]:
    """For how many epochs (or steps) each round trains, `length` being the whole run's.

    Successive halving: a `keep`-th of the candidates goes on to `keep` times the length, so that
    all rounds cost about the same (Jamieson and Talwalkar 2016, "Non-stochastic best arm
    identification"). Every round trains from the start, for schedules run over a training's whole
    length.
    """
    if sweep["method"] != "halving":
        return [length]
    last = sweep["rounds"] - 1
    return [math.ceil(length / sweep["keep"] ** (last - i)) for i in range(sweep["rounds"])]
