"""Declared formulas, computed as they are written: what everything else is compared with.

A formula is a few assignments in Python's notation: numbers, names, arithmetic, comparisons and
calls, and nothing else. It is read here and not handed to Python, so that whatever runs is project
code that a fingerprint sees.
"""

import ast
import operator
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


@cache
def parsed(text: str) -> ast.Module:
    """The syntax tree of a formula or an expression."""
    return ast.parse(text)


def evaluate(formula: str, values: dict[str, Any], functions: Any = np) -> dict[str, Any]:
    """The values, by name, after the assignments of a formula.

    `functions` are what it calls np: NumPy, or something that has the functions of the same names.
    """
    scope = {"np": functions} | values
    for line in parsed(formula).body:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)]):
                scope[name] = compute(line.value, scope)
            case _:
                raise ValueError(f"{ast.unparse(line)!r} is not an assignment to one name")
    del scope["np"]
    return scope


def expression(text: str, scope: dict[str, Any]) -> Any:
    """The value of a single expression."""
    return compute(parsed(text).body[0].value, scope)  # type: ignore[attr-defined]


def compute(node: ast.expr, scope: dict[str, Any]) -> Any:
    """The value of a syntax tree. ValueError: it holds what a formula may not."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return scope[name]
        case ast.Attribute(value=owner, attr=name):
            return getattr(compute(owner, scope), name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in OPERATORS:
            return OPERATORS[type(op)](compute(operand, scope))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](compute(left, scope), compute(right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
            return OPERATORS[type(op)](compute(left, scope), compute(right, scope))
        case ast.Call(func=function, args=arguments, keywords=keywords):
            named = {str(each.arg): compute(each.value, scope) for each in keywords}
            return compute(function, scope)(*(compute(each, scope) for each in arguments), **named)
        case ast.List(elts=elements):
            return [compute(each, scope) for each in elements]
    raise ValueError(f"a formula cannot hold {ast.unparse(node)!r}")


@cache
def assigned(formula: str) -> frozenset[str]:
    """The names that a formula assigns to."""
    nodes = ast.walk(parsed(formula))
    return frozenset(
        node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    )


def stepped(optimizer: Any, values: dict[str, Any], functions: Any = np) -> dict[str, Any]:
    """The values of an optimizer's formula after a step; what it assigns is 0 before the first.

    `values` are `w`, `gradient`, `learning_rate`, `step`, the settings, and what came out before.
    """
    state = dict.fromkeys(assigned(optimizer.formula), 0.0)
    return evaluate(optimizer.formula, state | values, functions)
