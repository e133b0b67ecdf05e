"""What was each change worth? Every step's errors, compared with those of the previous step."""

import numpy as np

from handwritten.evaluation import comparison


def compare_steps(steps: list[dict], metrics: list[dict], correct: list[np.ndarray]) -> list[dict]:
    """The steps with their sizes, their errors and the comparison with the previous step.

    `metrics` and `correct` (n,) have an entry for each model, in the steps' order; a step's
    `evaluations` says how many of them are its own. Nothing precedes the first step.
    """
    compared: list[dict] = []
    previous: np.ndarray | None = None
    start = 0
    for step in steps:
        own = slice(start, start + step["evaluations"])
        start, right = own.stop, np.array(correct[own])
        gain = None if previous is None else comparison.compare(previous, right)
        errors = {split: error_rates(metrics[own], split) for split in ("dev", "test")}
        size = {"parameters": metrics[own][0]["parameters"]}
        compared.append(step | size | errors | {"against_previous": gain})
        previous = right
    return compared


def error_rates(metrics: list[dict], split: str) -> dict:
    """The error rate of each model on a split, with their mean and its interval."""
    rates = [model[split]["errors"] / model[split]["n"] for model in metrics]
    return {"errors": rates} | comparison.mean_interval(rates)


def table(steps: list[dict]) -> list[dict]:
    """The study as a table, one row per step; a cell is empty where a step has no such value."""
    return [row(step) for step in steps]


def row(step: dict) -> dict:
    """One step as plain columns."""
    cells = {"change": step["change"], "parameters": step["parameters"]}
    for split in ("dev", "test"):
        cells |= {f"{split}_error_{key}": step[split][key] for key in ("mean", "low", "high")}
    gain = step["against_previous"] or {}
    return cells | {key: gain.get(key) for key in ("better", "seeds", "median_p", "verdict")}
