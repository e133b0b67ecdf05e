"""What a sweep found: candidates in order, what each setting does, what accuracy costs.

Everything here is about dev. The errors of the best of many candidates are lower than it will have
on other digits, because luck took part in making it the best: only test, once, says how good it is.
"""

import statistics
from itertools import pairwise

from handwritten.evaluation import comparison

SPLITS = 3  # a range of numbers is compared by thirds
INFINITE = 1e9  # the loss of what diverged, JSON having no better word for it


def multiplications(layer_dims: list[int], images: int, epochs: float) -> float:
    """How many multiplications of a weight with something the training did.

    Each image goes forward through every weight; on the way back it takes another for the weight's
    own gradient, and one more to pass the error on, which the first layer need not.
    """
    first, *rest = [d_in * d_out for d_in, d_out in pairwise(layer_dims)]
    return float(images * epochs * (2 * first + 3 * sum(rest)))


def outcome(
    history: list[dict], unit: str, layer_dims: list[int], images: int, early_stopping: int
) -> dict:
    """What a training came to, by its history (rows counted in `unit`, epoch or step): the share of
    dev that it got wrong along the way, at the end by its model, which early stopping chose."""
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


def lost(problem: str, length: int) -> dict:
    """What a training came to that diverged: all wrong, at no cost that compares with any."""
    nothing = {"at": [length], "curve": [1.0], "error": 1.0, "dev_loss": INFINITE}
    return nothing | {"diverged": problem, "layer_dims": [], "multiplications": 0.0}


def ranked(candidates: list[dict], numbers, outcomes: list[dict]) -> list[dict]:
    """The candidates of these `numbers`, best first: by errors on dev, mean over seeds, then loss.

    `outcomes` are those of all numbers with the first seed, then with the next one, and so on.
    Where one seed diverged the candidate did, and comes last.
    """
    found = [
        summary(number, candidates[number], outcomes[i :: len(numbers)])
        for i, number in enumerate(numbers)
    ]
    return sorted(found, key=lambda row: (row["diverged"], row["mean"], row["loss"], row["number"]))


def summary(number: int, settings: dict, outcomes: list[dict]) -> dict:
    """One candidate over all its seeds; errors are shares of dev."""
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
    """All candidates, best first: those of the last round, below them who left in the round before,
    and so on; each as in the last round that it saw, whose number from 1 is its `round`."""
    found: dict[int, dict] = {}
    for number, ranking in reversed([*enumerate(rounds, 1)]):
        for row in ranking:
            found.setdefault(row["number"], row | {"round": number})
    return list(found.values())


def effects(ranking: list[dict], ranges: dict) -> dict[str, list[dict]]:
    """For each setting, the median errors of the candidates that have a value of it, whatever their
    other settings, with an interval; a range's values by thirds. What diverged got all wrong."""
    return {
        key: [
            {"label": label} | comparison.median_interval([row["mean"] for row in rows])
            for label, rows in groups(ranking, key, values)
            if rows
        ]
        for key, values in ranges.items()
    }


def groups(ranking: list[dict], key: str, values: list | dict) -> list[tuple[str, list[dict]]]:
    """The rows by the value of a setting, each group with its name."""
    if isinstance(values, list):
        return [(name(v), [r for r in ranking if r["settings"][key] == v]) for v in values]
    rows = sorted(ranking, key=lambda row: row["settings"][key])
    ends = [round(i * len(rows) / SPLITS) for i in range(SPLITS + 1)]
    thirds = [rows[start:end] for start, end in pairwise(ends) if start < end]
    return [
        (f"{part[0]['settings'][key]:.2g} to {part[-1]['settings'][key]:.2g}", part)
        for part in thirds
    ]


def name(value) -> str:
    """A setting's value in a few characters."""
    if isinstance(value, list):
        return "-".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def front(ranking: list[dict]) -> list[dict]:
    """The candidates that no other one beats in both errors and cost, cheapest first."""
    best, found = float("inf"), []
    for row in sorted(ranking, key=lambda row: (row["multiplications"], row["mean"])):
        if not row["diverged"] and row["mean"] < best:
            best = row["mean"]
            found.append(row)
    return found


def table(ranking: list[dict], ranges: dict) -> list[dict]:
    """What `overall` says as plain columns, for programs."""
    return [
        {"rank": rank, "candidate": row["number"], "round": row["round"]}
        | {key: name(row["settings"][key]) for key in ranges}
        | {
            "dev_error_mean": row["mean"],
            "dev_error_low": row["low"],
            "dev_error_high": row["high"],
        }
        | {"dev_loss": row["loss"], "multiplications": row["multiplications"]}
        | {"diverged": row["diverged"]}
        for rank, row in enumerate(ranking, 1)
    ]
