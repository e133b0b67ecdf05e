"""The code that the page shows: excerpts from the files themselves, so it is the code that runs.

An excerpt is named by its file and function, not by line numbers, which are determined each time.
The page's version covers all that is shown, comments and line numbers included: a change of an
excerpt, or of the number of lines above it, rebuilds the page, and nothing else.
"""

import ast
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

SCRIPTS = Path(__file__).resolve().parents[2]


class Excerpt(NamedTuple):
    """A function, `Class.method` included, without its docstring; or the part of it, decorators
    included, from the first line that holds `first` to the next one that holds `last`."""

    file: str  # below workflow/scripts
    name: str
    first: str = ""
    last: str = ""


LEARNING = "handwritten/learning"
EXCERPTS = {
    "pixels": Excerpt("handwritten/data/preparation.py", "normalise"),
    "phase1 forward": Excerpt("train_phase1.py", "forward"),
    "phase1 gradients": Excerpt("train_phase1.py", "gradients"),
    "phase1 step": Excerpt("train_phase1.py", "train", "W1 -= ", "b2 -= "),
    "forward": Excerpt(f"{LEARNING}/network.py", "forward", "below = x", "return below"),
    "softmax": Excerpt(f"{LEARNING}/losses.py", "softmax"),
    "cross-entropy": Excerpt(f"{LEARNING}/losses.py", "cross_entropy"),
    "p - y": Excerpt(f"{LEARNING}/losses.py", "softmax_cross_entropy"),
    "targets": Excerpt(f"{LEARNING}/losses.py", "targets"),
    "batch": Excerpt(
        f"{LEARNING}/slices.py",
        "batch_gradient",
        "x, y = load",
        "backpropagation.backward(",
    ),
    "backward": Excerpt(f"{LEARNING}/backpropagation.py", "backward"),
    "gradient descent": Excerpt(f"{LEARNING}/optimizers.py", "GradientDescent.step"),
    "momentum": Excerpt(f"{LEARNING}/optimizers.py", "Momentum.step"),
    "l2": Excerpt(f"{LEARNING}/regularisation.py", "add_l2_gradient"),
    "update": Excerpt(
        f"{LEARNING}/updates.py", "Updater.__call__", "for optimizer", "optimizer.update("
    ),
    "cosine": Excerpt(f"{LEARNING}/schedules.py", "cosine"),
    "he": Excerpt(f"{LEARNING}/initialisations.py", "he"),
    "numeric gradient": Excerpt(f"{LEARNING}/gradient_check.py", "numeric_gradient"),
}

# Shown where the page compares with PyTorch.
REFERENCE = "handwritten/reference/pytorch.py"
OF_THE_REFERENCE = {
    "reference forward": Excerpt(REFERENCE, "Reference.logits"),
    "reference loss": Excerpt(REFERENCE, "Reference.loss", "smoothing, total", "return total"),
    "reference backward": Excerpt(REFERENCE, "Reference.step", "self.loss", "self.loss"),
    "reference optimizer": Excerpt(f"{LEARNING}/optimizers.py", "Momentum", "torch=", "torch="),
    "reference schedule": Excerpt(f"{LEARNING}/schedules.py", "cosine", "torch=", "torch="),
}


class ExcerptError(LookupError):
    """The code of an excerpt is not where the excerpt expects it."""


def shown(reference: bool = False) -> dict[str, dict]:
    """Every excerpt, those of the `reference` only if wanted, by its name: `file` (below
    workflow/scripts), `name`, `line`, which is the number of its first line, and `lines`, pairs of
    a line's number and its text.

    Numbers count the file's lines from 1. The indentation that all lines share is left out.
    ExcerptError: there is no such file, function or text.
    """
    wanted = EXCERPTS | OF_THE_REFERENCE if reference else EXCERPTS
    return {key: cut(excerpt) for key, excerpt in wanted.items()}


def source_files() -> list[Path]:
    """The files that excerpts are from."""
    return sorted({SCRIPTS / excerpt.file for excerpt in (EXCERPTS | OF_THE_REFERENCE).values()})


def cut(excerpt: Excerpt) -> dict:
    """One excerpt, as in `shown`."""
    try:
        source = (SCRIPTS / excerpt.file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise missing(excerpt, "the file") from None
    function = function_in(ast.parse(source), excerpt)
    decorators = function.decorator_list if excerpt.first else []
    start = min([function.lineno, *(decorator.lineno for decorator in decorators)])
    lines = list(enumerate(source.split("\n"), 1))[start - 1 : function.end_lineno]
    lines = between(without_docstring(lines, function), excerpt)
    texts = textwrap.dedent("\n".join(text for _, text in lines)).split("\n")
    numbered = [[number, text] for (number, _), text in zip(lines, texts, strict=True)]
    return {
        "file": excerpt.file,
        "name": excerpt.name,
        "line": numbered[0][0],
        "lines": numbered,
    }


def function_in(tree: ast.Module, excerpt: Excerpt) -> ast.FunctionDef:
    """The function or method in a file's syntax tree. ExcerptError: there is none of this name."""
    node: Any = tree
    for name in excerpt.name.split("."):
        inner = [part for part in node.body if getattr(part, "name", None) == name]
        if not inner:
            raise missing(excerpt, repr(name))
        node = inner[0]
    return node


def without_docstring(lines: list, function: ast.FunctionDef) -> list:
    """The numbered lines of a function without those of its docstring."""
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return [pair for pair in lines if not docstring.lineno <= pair[0] <= docstring.end_lineno]


def between(lines: list, excerpt: Excerpt) -> list:
    """The numbered lines from the first that holds `first` to the next that holds `last`."""
    starts = [i for i, (_, text) in enumerate(lines) if excerpt.first in text]
    if not starts:
        raise missing(excerpt, repr(excerpt.first))
    lines = lines[starts[0] :]
    if not excerpt.last:
        return lines
    ends = [i for i, (_, text) in enumerate(lines) if excerpt.last in text]
    if not ends:
        raise missing(excerpt, f"{excerpt.last!r} after {excerpt.first!r}")
    return lines[: ends[0] + 1]


def missing(excerpt: Excerpt, what: str) -> ExcerptError:
    return ExcerptError(
        f"the page shows {excerpt.name} of {excerpt.file}, but {what} is not there: bring EXCERPTS "
        "in page/excerpts.py up to date"
    )
