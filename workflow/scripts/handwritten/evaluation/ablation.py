"""What was each change worth? Every step's errors, and how they compare with those below."""

import numpy as np

from handwritten.evaluation import comparison


def climbed(steps: list[dict], metrics: list[dict], correct: list[np.ndarray]) -> list[dict]:
    """The steps with their sizes, errors and what they gained; the first one has nothing below.

    A step's `answers` says how many of `metrics` and `correct` (n,) are its own, in their order.
    """
    found: list[dict] = []
    below: np.ndarray | None = None
    start = 0
    for step in steps:
        own = slice(start, start + step["answers"])
        start, right = own.stop, np.array(correct[own])
        against = None if below is None else comparison.compared(below, right)
        errors = {split: error_rates(metrics[own], split) for split in ("dev", "test")}
        size = {"parameters": metrics[own][0]["parameters"]}
        found.append(step | size | errors | {"against_below": against})
        below = right
    return found


def error_rates(metrics: list[dict], split: str) -> dict:
    """The share of wrong answers in a split, seed by seed, with their mean and its interval."""
    rates = [facts[split]["errors"] / facts[split]["n"] for facts in metrics]
    return {"errors": rates} | comparison.mean_interval(rates)


def rows(steps: list[dict]) -> list[dict]:
    """The study as a table, one row a step; empty where there is no interval or nothing below."""
    return [row(step) for step in steps]


def row(step: dict) -> dict:
    """One step as plain columns."""
    against = step["against_below"] or {}
    cells = {"change": step["change"], "parameters": step["parameters"]}
    for split in ("dev", "test"):
        cells |= {f"{split}_error_{key}": step[split][key] for key in ("mean", "low", "high")}
    cells |= {key: against.get(key) for key in ("better", "seeds", "median_p", "verdict")}
    return cells
