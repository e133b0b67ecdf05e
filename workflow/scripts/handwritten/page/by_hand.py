"""Backpropagation with numbers that one can follow, in a network of 2-2-1 units.

The numbers are declared here, and chosen so that the results, rounded to three places, are the same
whether one goes on with all digits or with the rounded ones. docs/backpropagation-by-hand.md and
the first notebook work them out line by line, and the page begins with them and lets the reader
change them. What comes out is computed by the library. It has no logistic output, but a logistic
output is the softmax of two classes of which one has its logit fixed at 0: softmax((0, z)) = (1 -
p, p), p = 1 / (1 + exp(-z)).
"""

from typing import Any, NamedTuple

import numpy as np

from handwritten.learning import backpropagation, losses, network
from handwritten.learning.activations import ACTIVATIONS

NUMBERS: dict[str, Any] = {
    "x": [[1, 0.5]],
    "y": 1,
    "W1": [[0.4, -0.2], [0.2, 0.8]],
    "b1": [[0.1, 0.2]],
    "W2": [[0.4], [-1]],
    "b2": [[0.4]],
    "learning_rate": 0.2,
}
PARAMETERS = ("W1", "b1", "W2", "b2")
SIGNS = {"×": r"\cdot", "−": "-", "max": r"\max", "exp": r"\exp", "log": r"\log"}

Rows = list[list[str]]


class Line(NamedTuple):
    """One line of the computation: what it computes, by which formula (both as LaTeX), the formula
    with numbers in it, and the result. The latter two are rows of texts, as a matrix has rows."""

    name: str
    formula: str
    work: Rows
    result: Rows
    sign: str = "="


def computed(numbers: dict[str, Any]) -> dict[str, np.ndarray]:
    """All that a pass forward and backward computes, by the names of the notation; rows are images,
    and this is one image."""
    x, W1, b1, W2, b2 = (np.array(numbers[name], float) for name in ("x", *PARAMETERS))
    layers = [(W1, b1[0]), (np.hstack([0 * W2, W2]), np.hstack([0 * b2, b2])[0])]
    work = network.buffers(1, network.layer_dims(layers), np.dtype(float))
    z2 = network.forward(x, layers, ACTIVATIONS["relu"], work).copy()
    y = np.eye(2)[[numbers["y"]]]
    J = losses.softmax_cross_entropy(z2, y, work.delta[-1], np.empty((1, 1)))
    gradients = [(np.empty_like(W), np.empty_like(b)) for W, b in layers]
    backpropagation.backward(x, layers, work, gradients)
    (dW1, db1), (dW2, db2) = gradients
    delta2 = work.delta[1][:, 1:]
    results = {"z1": x @ W1 + b1, "a1": work.a[0], "z2": z2[:, 1:], "p": losses.softmax(z2)[:, 1:]}
    results |= {"J": np.array([[J]]), "delta2": delta2, "da1": delta2 @ W2.T}
    results |= {"delta1": work.delta[0], "dW2": dW2[:, 1:], "db2": db2[None, 1:]}
    return results | {"dW1": dW1, "db1": db1[None]}


def stepped(numbers: dict[str, Any]) -> dict[str, Any]:
    """The numbers after one step of gradient descent."""
    results, rate = computed(numbers), numbers["learning_rate"]
    moved = {name: np.array(numbers[name]) - rate * results[f"d{name}"] for name in PARAMETERS}
    return numbers | {name: array.tolist() for name, array in moved.items()}


def forward(numbers: dict[str, Any]) -> list[Line]:
    """The lines of the forward pass, and of the loss."""
    r, x, y = results_of(numbers), texts(numbers["x"])[0], numbers["y"]
    W1, W2, b1, b2 = (texts(numbers[name]) for name in ("W1", "W2", "b1", "b2"))
    (a1,), p = r["a1"], r["p"][0][0]
    z1 = [[f"{dot(x, column)} + {signed(b)}" for column, b in zip(columns(W1), b1[0], strict=True)]]
    z2 = [[f"{dot(a1, columns(W2)[0])} + {signed(b2[0][0])}"]]
    loss = f"−log {p}" if y == 1 else f"−log(1 − {p})"
    return [
        Line("z_1", "x W_1 + b_1", z1, r["z1"]),
        Line("a_1", r"\max(z_1, 0)", [[f"max({z}, 0)" for z in r["z1"][0]]], r["a1"]),
        Line("z_2", "a_1 W_2 + b_2", z2, r["z2"]),
        Line("p", r"\frac{1}{1 + e^{-z_2}}", [[f"1 / (1 + exp({minus(r['z2'][0][0])}))"]], r["p"]),
        Line("J", r"-y \log p - (1 - y) \log(1 - p)", [[loss]], r["J"]),
    ]


def backward(numbers: dict[str, Any]) -> list[Line]:
    """The lines of the backward pass."""
    r, x, y = results_of(numbers), texts(numbers["x"])[0], numbers["y"]
    (a1,), ((delta2,),), (delta1,), (da1,) = r["a1"], r["delta2"], r["delta1"], r["da1"]
    W2 = columns(texts(numbers["W2"]))[0]
    slopes = ["1" if z > 0 else "0" for z in computed(numbers)["z1"][0]]
    return [
        Line(r"\delta_2", "p - y", [[f"{r['p'][0][0]} − {y}"]], r["delta2"]),
        Line(by("W_2"), r"a_1^\top \delta_2", outer(a1, [delta2]), r["dW2"]),
        Line(by("b_2"), r"\delta_2", r["delta2"], r["db2"]),
        Line(by("a_1"), r"\delta_2 W_2^\top", outer([delta2], W2), r["da1"]),
        Line(r"\delta_1", by("a_1") + r" \odot [z_1 > 0]", [products(da1, slopes)], r["delta1"]),
        Line(by("W_1"), r"x^\top \delta_1", outer(x, delta1), r["dW1"]),
        Line(by("b_1"), r"\delta_1", r["delta1"], r["db1"]),
    ]


def step(numbers: dict[str, Any]) -> list[Line]:
    """The lines of one step of gradient descent."""
    r, after, rate = results_of(numbers), stepped(numbers), text(numbers["learning_rate"])
    lines = []
    for name in PARAMETERS:
        symbol = f"{name[0]}_{name[1]}"
        pairs = zip(texts(numbers[name]), r[f"d{name}"], strict=True)
        work = [
            [f"{w} − {rate} × {signed(d)}" for w, d in zip(*pair, strict=True)] for pair in pairs
        ]
        formula = rf"{symbol} - \eta {by(symbol)}"
        lines.append(Line(symbol, formula, work, texts(after[name]), r"\leftarrow"))
    return lines


def latex(lines: list[Line]) -> str:
    """Lines of the computation as one formula."""
    rows = [
        rf"{line.name} &{line.sign} {line.formula} = {matrix(line.work)} = {matrix(line.result)}"
        if line.work != line.result
        else rf"{line.name} &{line.sign} {line.formula} = {matrix(line.result)}"
        for line in lines
    ]
    return split(rows)


def check(numbers: dict[str, Any]) -> str:
    """The derivative with respect to the first input's weight to the second hidden unit, from the
    loss a little to both sides of that weight."""
    h, losses_beside = 0.01, []
    for move in (h, -h):
        (first, second), *others = numbers["W1"]
        moved = numbers | {"W1": [[first, second + move], *others]}
        losses_beside.append(f"{computed(moved)['J'].item():.5f}")
    above, below = losses_beside
    slope = (float(above) - float(below)) / (2 * h)
    w = text(numbers["W1"][0][1])
    sides = f"J({w} + {h}) − J({w} − {h})".replace("−", "-")
    return (
        rf"\frac{{{sides}}}{{2 \cdot {h}}} = \frac{{{above} - {below}}}{{{2 * h:g}}} = {slope:.3f}"
    )


def given(numbers: dict[str, Any]) -> str:
    """The numbers that the computation begins with, as one formula."""
    names = {"x": "x", "y": "y"} | {name: f"{name[0]}_{name[1]}" for name in PARAMETERS}
    rows = [f"{symbol} &= {matrix(texts(numbers[name]))}" for name, symbol in names.items()]
    return split([*rows, rf"\eta &= {numbers['learning_rate']}"])


def split(rows: list[str]) -> str:
    """Rows as one formula, under one another."""
    return "\\begin{split}\n" + " \\\\\n".join(rows) + "\n\\end{split}"


def blocks(numbers: dict[str, Any]) -> dict[str, str]:
    """The formulas of the whole computation, in order."""
    return {
        "given": given(numbers),
        "forward": latex(forward(numbers)),
        "backward": latex(backward(numbers)),
        "check": check(numbers),
        "step": latex(step(numbers)),
        "after": latex(forward(stepped(numbers))),
    }


def by(name: str) -> str:
    """The derivative of the loss with respect to this, as LaTeX."""
    return rf"\frac{{\partial J}}{{\partial {name}}}"


def matrix(rows: Rows) -> str:
    """A number, a row or a matrix as LaTeX."""
    cells = [" & ".join(row) for row in rows]
    found = cells[0] if len(rows) == len(rows[0]) == 1 else pmatrix(cells)
    for sign, command in SIGNS.items():
        found = found.replace(sign, command)
    return found


def pmatrix(rows: list[str]) -> str:
    return r"\begin{pmatrix} " + r" \\ ".join(rows) + r" \end{pmatrix}"


def results_of(numbers: dict[str, Any]) -> dict[str, Rows]:
    """What is computed, as texts."""
    return {name: texts(array) for name, array in computed(numbers).items()}


def texts(rows) -> Rows:
    """Numbers, or one number, as texts in rows."""
    return [[text(value) for value in row] for row in np.atleast_2d(rows)]


def text(value: float) -> str:
    """A number with three places, or with fewer where these are all."""
    rounded = round(float(value), 3) + 0.0  # and no minus before a 0
    exact = abs(rounded - value) < 1e-9
    return (f"{rounded:g}" if exact else f"{rounded:.3f}").replace("-", "−")


def signed(number: str) -> str:
    """A number behind a sign: negative ones in parentheses."""
    return f"({number})" if number.startswith("−") else number


def minus(number: str) -> str:
    """The number with the other sign."""
    return number[1:] if number.startswith("−") else f"−{number}"


def products(left: list[str], right: list[str]) -> list[str]:
    """The products of two rows, number by number."""
    return [f"{signed(a)} × {signed(b)}" for a, b in zip(left, right, strict=True)]


def dot(left: list[str], right: list[str]) -> str:
    """The sum of the products."""
    return " + ".join(products(left, right))


def outer(column: list[str], row: list[str]) -> Rows:
    """A column times a row."""
    return [products([a] * len(row), row) for a in column]


def columns(rows: Rows) -> Rows:
    """The columns of a matrix."""
    return [list(column) for column in zip(*rows, strict=True)]
