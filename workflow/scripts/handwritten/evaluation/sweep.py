"""The result of a sweep: its candidates in order, the effect of each setting, the cost of accuracy.

Everything here is measured on dev. The best of many candidates was also lucky, so it will make more
errors on other images: how good it is can only be measured on test, once.
"""

import statistics
from collections.abc import Sequence
from itertools import pairwise

from handwritten.evaluation import comparison

SPLITS = 3  # a range of numbers is compared by thirds
INFINITE = 1e9  # the loss of a candidate that diverged; JSON has no infinity


def multiplications(layer_dims: list[int], images: int, epochs: float) -> float:
    """How many multiplications by a weight the training took.

    An image takes one for every weight on its way forward, and two on the way back: one for the
    weight's gradient, and one for the error signal of the layer below, which the first layer omits.
    """
    first, *rest = [d_in * d_out for d_in, d_out in pairwise(layer_dims)]
    return float(images * epochs * (2 * first + 3 * sum(rest)))


def outcome(
    history: list[dict], unit: str, layer_dims: list[int], images: int, early_stopping: int
) -> dict:
    """The result of a training from its history, whose rows count in `unit`, "epoch" or "step".

    `curve` has the error rates on dev along the way, and `error` is that of the final model, which
    early stopping may have chosen.
    """
    last = min(history, key=lambda row: row["dev_loss"]) if early_stopping else history[-1]
    return {
        "diverged": None,
        "at": [row[unit] for row in history],
        "curve": [1 - row["dev_accuracy"] for row in history],
        "error": 1 - last["dev_accuracy"],
        "dev_loss": last["dev_loss"],
        "layer_dims": layer_dims,
        "multiplications": multiplications(layer_dims, images, history[-1][unit]),
    }


def diverged(problem: str, length: int) -> dict:
    """The result of a training that diverged: every prediction wrong, and no cost."""
    result = {"at": [length], "curve": [1.0], "error": 1.0, "dev_loss": INFINITE}
    return result | {"diverged": problem, "layer_dims": [], "multiplications": 0.0}


def rank(candidates: list[dict], numbers: Sequence[int], outcomes: list[dict]) -> list[dict]:
    """The candidates of these `numbers`, best first: by mean error on dev over seeds, then by loss.

    `outcomes` are those of all numbers with the first seed, then with the next one, and so on. A
    candidate that diverged with any seed comes last.
    """
    rows = [
        summary(number, candidates[number], outcomes[i :: len(numbers)])
        for i, number in enumerate(numbers)
    ]
    return sorted(rows, key=lambda row: (row["diverged"], row["mean"], row["loss"], row["number"]))


def summary(number: int, settings: dict, outcomes: list[dict]) -> dict:
    """One candidate over all its seeds; errors are error rates on dev."""
    errors = [outcome["error"] for outcome in outcomes]
    row = {"number": number, "settings": settings, "errors": errors}
    row |= comparison.mean_interval(errors)
    row["diverged"] = any(outcome["diverged"] for outcome in outcomes)
    row["loss"] = statistics.fmean(outcome["dev_loss"] for outcome in outcomes)
    row["layer_dims"] = outcomes[0]["layer_dims"]
    row["multiplications"] = statistics.fmean(o["multiplications"] for o in outcomes)
    row["at"] = min((outcome["at"] for outcome in outcomes), key=len)
    curves = zip(*(outcome["curve"] for outcome in outcomes), strict=False)
    row["curve"] = [statistics.fmean(errors) for errors in curves]
    return row


def overall(rounds: list[list[dict]]) -> list[dict]:
    """All candidates, best first: those of the last round, then those that the round before it
    eliminated, and so on. `round`, from 1, is the last round that a candidate took part in."""
    rows: dict[int, dict] = {}
    for number, ranking in reversed([*enumerate(rounds, 1)]):
        for row in ranking:
            rows.setdefault(row["number"], row | {"round": number})
    return list(rows.values())


def effects(ranking: list[dict], ranges: dict) -> dict[str, list[dict]]:
    """For each setting and each of its values, the median error of the candidates with that value,
    whatever their other settings, with an interval. Ranges of numbers are divided into thirds."""
    return {
        key: [
            {"label": label} | comparison.median_interval([row["mean"] for row in rows])
            for label, rows in groups(ranking, key, values)
            if rows
        ]
        for key, values in ranges.items()
    }


def groups(ranking: list[dict], key: str, values: list | dict) -> list[tuple[str, list[dict]]]:
    """The rows grouped by the value of a setting, each group with its name."""
    if isinstance(values, list):
        return [(as_text(v), [r for r in ranking if r["settings"][key] == v]) for v in values]
    rows = sorted(ranking, key=lambda row: row["settings"][key])
    ends = [round(i * len(rows) / SPLITS) for i in range(SPLITS + 1)]
    thirds = [rows[start:end] for start, end in pairwise(ends) if start < end]
    return [
        (f"{part[0]['settings'][key]:.2g} to {part[-1]['settings'][key]:.2g}", part)
        for part in thirds
    ]


def as_text(value: object) -> str:
    """A setting's value in a few characters."""
    if isinstance(value, list):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def front(ranking: list[dict]) -> list[dict]:
    """The Pareto front: the candidates that no other one beats in both error and cost, cheapest
    first."""
    best, rows = float("inf"), []
    for row in sorted(ranking, key=lambda row: (row["multiplications"], row["mean"])):
        if not row["diverged"] and row["mean"] < best:
            best = row["mean"]
            rows.append(row)
    return rows


def table(ranking: list[dict], ranges: dict) -> list[dict]:
    """The ranking of `overall` as plain columns, for programs."""
    return [
        {"rank": rank, "candidate": row["number"], "round": row["round"]}
        | {key: as_text(row["settings"][key]) for key in ranges}
        | {
            "dev_error_mean": row["mean"],
            "dev_error_low": row["low"],
            "dev_error_high": row["high"],
        }
        | {"dev_loss": row["loss"], "multiplications": row["multiplications"]}
        | {"diverged": row["diverged"]}
        for rank, row in enumerate(ranking, 1)
    ]
