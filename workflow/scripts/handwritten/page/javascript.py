"""JavaScript from declared formulas, so that what the page computes is declared once, in Python.

A formula of an optimizer becomes a loop over the parameters. What does not depend on the parameter,
such as 0.9**step, is computed once before the loop.
"""

import ast
from collections.abc import Callable

from handwritten.learning import formulas
from handwritten.learning.optimizers import Optimizer

OPERATORS: dict[type, str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
OPERATORS |= {ast.Pow: "**", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
FUNCTIONS = {f"np.{name}": f"Math.{name}" for name in ("sqrt", "abs", "sign", "exp", "log", "tanh")}
FUNCTIONS |= {"np.maximum": "Math.max", "np.minimum": "Math.min"}


def expression(node: ast.expr, known: Callable[[ast.expr], str | None]) -> str:
    """The syntax tree as JavaScript. `known` gives the text of names, and of whatever else it
    knows. ValueError: JavaScript has no counterpart of a part."""
    if (text := known(node)) is not None:
        return text
    match node:
        case ast.Constant(value=int() | float()):
            return repr(node.value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return f"(-{expression(operand, known)})"
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            pass
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
            pass
        case ast.Call(func=function, args=arguments, keywords=[]):
            texts = [expression(each, known) for each in arguments]
            name = ast.unparse(function)
            if name == "np.where" and len(texts) == 3:
                return "({} ? {} : {})".format(*texts)
            if name in FUNCTIONS:
                return f"{FUNCTIONS[name]}({', '.join(texts)})"
            raise ValueError(f"{name} has no JavaScript form")
        case _:
            raise ValueError(f"{ast.unparse(node)!r} has no JavaScript form")
    return f"({expression(left, known)} {OPERATORS[type(op)]} {expression(right, known)})"


def names(node: ast.AST) -> list[str]:
    """The names that a part of a formula reads."""
    found = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return [name.id for name in found if isinstance(name.ctx, ast.Load) and name.id != "np"]


def remembered(formula: str) -> list[str]:
    """What a formula reads before it assigns it: what it keeps from step to step."""
    found: list[str] = []
    known = {"w"}
    for line in formulas.parsed(formula).body:
        found += sorted(set(names(line)) & formulas.assigned(formula) - known)
        known |= {*found, *formulas.assigned(ast.unparse(line))}
    return found


def optimizer(kind: type[Optimizer]) -> str | None:
    """An object with the default `settings`, how many `vectors` it remembers, and `step`, which
    changes `w` in place. None: the formula holds something without a counterpart in JavaScript."""
    state = remembered(kind.formula)
    varying = {"w": "w[i]", "gradient": "gradient[i]"}
    varying |= {name: f"s{k}[i]" for k, name in enumerate(state)}
    for k, name in enumerate(sorted(formulas.assigned(kind.formula) - varying.keys())):
        varying[name] = f"t{k}"
    constants: dict[str, str] = {}

    def option(node: ast.expr) -> str | None:
        return f"options.{node.id}" if isinstance(node, ast.Name) else None

    def known(node: ast.expr) -> str | None:
        if isinstance(node, ast.Name) and node.id in varying:
            return varying[node.id]
        if not (read := names(node)) or varying.keys() & read:
            return None
        return constants.setdefault(expression(node, option), f"c{len(constants)}")

    try:
        lines = [
            f"{varying[line.targets[0].id]} = {expression(line.value, known)};"  # type: ignore
            for line in formulas.parsed(kind.formula).body
        ]
    except ValueError:
        return None
    temporary = sorted(name for name in varying.values() if name.startswith("t"))
    before = [f"const {name} = {text};" for text, name in constants.items()]
    before += [f"let {', '.join(temporary)};"] if temporary else []
    settings = ", ".join(f"{name}: {each.default!r}" for name, each in kind.settings.items())
    return (
        f"{{ settings: {{ {settings} }}, vectors: {len(state)}, "
        f"step: (w, gradient, [{', '.join(f's{k}' for k in range(len(state)))}], options) => {{ "
        f"{' '.join(before)} for (let i = 0; i < w.length; i++) {{ {' '.join(lines)} }} }} }}"
    )
