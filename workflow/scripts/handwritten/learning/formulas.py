"""Declared formulas, computed as they are written: what everything else is compared with."""

import ast
from typing import Any

import numpy as np


def evaluate(formula: str, values: dict[str, Any], functions: Any = np) -> dict[str, Any]:
    """The values, by name, after the assignments of a formula.

    `functions` are what it calls np: NumPy, or something that has the functions of the same names.
    """
    scope = {"np": functions} | values
    exec(formula, scope)
    return {name: scope[name] for name in values.keys() | assigned(formula)}


def assigned(formula: str) -> set[str]:
    """The names that a formula assigns to."""
    nodes = ast.walk(ast.parse(formula))
    return {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def stepped(optimizer: Any, values: dict[str, Any], functions: Any = np) -> dict[str, Any]:
    """The values of an optimizer's formula after a step; what it assigns is 0 before the first.

    `values` are `w`, `gradient`, `learning_rate`, `step`, the settings, and what came out before.
    """
    state = dict.fromkeys(assigned(optimizer.formula), 0.0)
    return evaluate(optimizer.formula, state | values, functions)
