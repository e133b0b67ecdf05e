"""Does the code compute what its declaration says? Every formula against the code beside it.

The code works in place and avoids multiplications; the formula is plain. In float64 the two may
differ by rounding alone. What an initialisation draws is random, so its formula is left to the
tests.
"""

from typing import Any

import numpy as np

from handwritten.learning import formulas, registries
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES

BOUND = 1e-12  # the largest difference that rounding may explain
STEPS = 20  # of an optimizer


class WrongFormulaError(ArithmeticError):
    """Code that computes something else than its declared formula."""


def activation_difference(activation: Any) -> float:
    """The largest difference between an activation and its formula for z from -6 to 6."""
    z = np.linspace(-6, 6, 49)
    a = z.copy()
    activation(a, np.empty_like(a))
    return largest(a - formulas.evaluate(activation.formula, {"z": z})["a"])


def optimizer_difference(kind: Any, run: dict[str, Any]) -> float:
    """The largest difference between an optimizer and its formula, of any parameter in STEPS."""
    rng, rate, differences = np.random.default_rng(0), 0.02, []
    optimizer = kind(rng.standard_normal(20), run)
    values = {name: run[name] for name in kind.settings} | {"w": optimizer.parameters.copy()}
    for step in range(1, STEPS + 1):
        gradient = rng.standard_normal(20)
        values |= {"gradient": gradient, "learning_rate": rate, "step": step}
        values = formulas.stepped(kind, values)
        optimizer.update(gradient * (rate if kind.proportional else 1), rate)
        differences.append(largest(optimizer.parameters - values["w"]))
        rate *= 0.9
    return max(differences)


def schedule_difference(schedule: Any, run: dict[str, Any]) -> float:
    """The largest difference between a schedule and its formula at any progress from 0 to 1."""
    options = schedule.options(run)
    progress = np.linspace(0, 1, 101)
    factors = [schedule(share, **options) for share in progress.tolist()]
    expected = formulas.evaluate(schedule.formula, options | {"progress": progress})["factor"]
    return largest(np.array(factors) - expected)


def largest(differences: np.ndarray) -> float:
    """The largest absolute value; NaN where one is NaN."""
    return float(np.abs(differences).max())


def checks() -> list[dict]:
    """Every formula once, as rows: its `kind`, `name`, the `formula`, and the `difference`."""
    run = {name: setting.default for name, setting in registries.settings().items()}
    each_checked: list[tuple[str, Any, float]] = []
    each_checked += [
        ("activation", each, activation_difference(each)) for each in ACTIVATIONS.values()
    ]
    each_checked += [
        ("optimizer", each, optimizer_difference(each, run)) for each in OPTIMIZERS.values()
    ]
    each_checked += [
        ("schedule", each, schedule_difference(each, run)) for each in SCHEDULES.values()
    ]
    return [
        {"kind": kind, "name": idea.name, "formula": idea.formula, "difference": difference}
        for kind, idea, difference in each_checked
    ]


def require(rows: list[dict]) -> None:
    """WrongFormulaError, with all offenders, where a difference is not within BOUND."""
    wrong = [
        f"{row['kind']} {row['name']} is {row['difference']:.1e} from {row['formula']!r}"
        for row in rows
        if not row["difference"] <= BOUND
    ]
    if wrong:
        raise WrongFormulaError(
            f"code and declared formula differ by more than {BOUND:g}: {'; '.join(wrong)}"
        )
