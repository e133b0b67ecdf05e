"""What was each change worth? Every step's errors, compared with those of the step below it, and
the errors without each change, compared with those of the step that has them all."""

from collections.abc import Callable
from itertools import islice

import numpy as np

from handwritten.evaluation import calibration, comparison

Steps = list[dict]
Random = Callable[[], np.random.Generator]


def study(
    kinds: dict[str, Steps],
    metrics: list[dict],
    probabilities: list[np.ndarray],
    labels: np.ndarray,
    random: Random,
) -> dict[str, Steps]:
    """The "baselines", "steps" and "left_out" of a study with their sizes, errors and comparisons.

    `metrics` and `probabilities` on test (n, classes) have an entry for each model, in the order of
    the kinds and of their steps; a step's `evaluations` says how many of them are its own. A step
    is compared with the one that `below` names by its number; for what is left out, it names the
    step that has all changes, which is compared with it. Verdicts are adjusted for their number.
    """
    models = iter(zip(metrics, probabilities, strict=True))
    own = {
        kind: [list(islice(models, step["evaluations"])) for step in steps]
        for kind, steps in kinds.items()
    }
    measured = {
        kind: [
            step | measure(each, labels, random)
            for step, each in zip(steps, own[kind], strict=True)
        ]
        for kind, steps in kinds.items()
    }
    correct = {
        kind: [np.array([p.argmax(axis=1) == labels for _, p in each]) for each in steps]
        for kind, steps in own.items()
    }
    for step, right in zip(measured["steps"], correct["steps"], strict=True):
        if step["below"] is not None:
            below = correct["steps"][step["below"]]
            step["comparison"] = comparison.compare(below, right, random())
    for step, without in zip(measured["left_out"], correct["left_out"], strict=True):
        complete = correct["steps"][step["below"]]
        step["comparison"] = comparison.compare(without, complete, random())
    comparison.judge(comparisons(measured))
    return measured


def measure(models: list[tuple[dict, np.ndarray]], labels: np.ndarray, random: Random) -> dict:
    """The size, the errors and the calibration error of a step's models; not compared yet."""
    metrics = [each for each, _ in models]
    return {
        "chosen": metrics[0].get("chosen", {}),  # by a baseline, on dev
        "parameters": metrics[0]["parameters"],
        **{split: error_rates(metrics, split) for split in ("dev", "test")},
        "ece": calibration.ece_interval([p for _, p in models], labels, random()),
        "comparison": None,
    }


def error_rates(metrics: list[dict], split: str) -> dict:
    """The error rate of each model on a split, with their mean and its interval."""
    rates = [model[split]["errors"] / model[split]["n"] for model in metrics]
    found = comparison.mean_interval(rates)
    if found["low"] is not None:
        found |= {"low": max(0.0, found["low"]), "high": min(1.0, found["high"])}
    return {"errors": rates} | found


def comparisons(kinds: dict[str, Steps]) -> list[dict]:
    """All comparisons of a study."""
    return [step["comparison"] for steps in kinds.values() for step in steps if step["comparison"]]


def table(kinds: dict[str, Steps]) -> list[dict]:
    """The study as a table, a row for each step; a cell is empty where a step has no such value."""
    return [{"kind": kind} | row(step) for kind, steps in kinds.items() for step in steps]


def row(step: dict) -> dict:
    """One step as plain columns."""
    cells = {"change": step["change"], "parameters": step["parameters"]}
    for name, interval in (
        *((f"{split}_error", step[split]) for split in ("dev", "test")),
        ("calibration_error", step["ece"]),
        ("difference", (step["comparison"] or {}).get("difference", {})),
    ):
        cells |= {f"{name}_{key}": interval.get(key) for key in ("mean", "low", "high")}
    found = step["comparison"] or {}
    return cells | {key: found.get(key) for key in ("better", "seeds", "p", "holm_p", "verdict")}
