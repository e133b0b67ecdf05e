"""What was each idea worth? Every rung's errors, and how they compare with those below."""

import numpy as np

from handwritten.evaluation import comparison


def climbed(rungs: list[dict], metrics: list[dict], correct: list[np.ndarray]) -> list[dict]:
    """The rungs with their sizes, errors and what they gained; the first one has nothing below.

    A rung's `answers` says how many of `metrics` and `correct` (n,) are its own, in their order.
    """
    found, below, start = [], None, 0
    for rung in rungs:
        own = slice(start, start + rung["answers"])
        start, right = own.stop, np.array(correct[own])
        against = None if below is None else comparison.compared(below, right)
        errors = {split: error_rates(metrics[own], split) for split in ("dev", "test")}
        size = {"parameters": metrics[own][0]["parameters"]}
        found.append(rung | size | errors | {"against_below": against})
        below = right
    return found


def error_rates(metrics: list[dict], split: str) -> dict:
    """The share of wrong answers in a split, seed by seed, with their mean and its interval."""
    rates = [facts[split]["errors"] / facts[split]["n"] for facts in metrics]
    return {"errors": rates} | comparison.mean_interval(rates)


def rows(rungs: list[dict]) -> list[dict]:
    """The ladder as a table, one row a rung; empty where there is no interval or nothing below."""
    return [row(rung) for rung in rungs]


def row(rung: dict) -> dict:
    """One rung as plain columns."""
    against = rung["against_below"] or {}
    cells = {"idea": rung["idea"], "parameters": rung["parameters"]}
    for split in ("dev", "test"):
        cells |= {f"{split}_error_{key}": rung[split][key] for key in ("mean", "low", "high")}
    cells |= {key: against.get(key) for key in ("better", "seeds", "median_p", "verdict")}
    return cells
