"""The exercises in a notebook: a cell has the function to fill in, and `check` below it.

    check("phase1", softmax)

The check is that of `make exercises`. It gets the functions of the notebook's cells as a folder of
files, each with the line numbers that it has in its cell, because a function may use others.
"""

import inspect
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from handwritten.exercises.__main__ import ALONE
from handwritten.exercises.networks import relu
from handwritten.io.files import replace_file
from handwritten.learning.losses import softmax

__all__ = ["check", "output_error", "relu", "softmax"]

LIBRARY = Path(__file__).resolve().parents[2]
# A learner's file that runs the cells' functions as one module.
FILE = b"""
from pathlib import Path
import numpy as np
from handwritten.exercises.in_notebook import output_error, relu, softmax
for cell in sorted(Path(__file__).parent.glob("cell_*.py")):
    exec(compile(cell.read_text(encoding="utf-8"), str(cell), "exec"))
"""


def output_error(p: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The error signal of the output, as phase 1 has it, for functions of phase 2."""
    return (p - y) / len(p)


def check(file: str, function: Callable[..., Any]) -> None:
    """Print what the check of the exercises says about a function that a cell defines. `file` is
    the one of the exercises' files that has it: phase1 or phase2."""
    name = function.__name__
    if "raise NotImplementedError(" in inspect.getsource(function):
        print(f"{name} is not written yet. The lesson goes on without it.")
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), file, own_functions(function))
        command = [sys.executable, "-m", "handwritten.exercises", "--folder", folder]
        run = subprocess.run(  # in the library's folder, so that it is this library
            [*command, f"{file}.{name}"], cwd=LIBRARY, capture_output=True, encoding="utf-8"
        )
    said = run.stdout.removeprefix(f"\n{file}.py\n").replace(f" of {file}.py", " of its cell")
    print(inspect.cleandoc(said.replace(ALONE, "")).rstrip() or run.stderr)


def own_functions(function: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    """All functions that the notebook's cells define, by name."""
    return {
        name: value
        for name, value in function.__globals__.items()
        if inspect.isfunction(value) and value.__module__ == function.__module__
    }


def write(folder: Path, file: str, functions: dict[str, Callable[..., Any]]) -> None:
    """Write the functions as a learner's file, each at the lines that it has in its cell."""
    replace_file(folder / f"{file}.py", FILE)
    for name, function in functions.items():
        lines, first = inspect.getsourcelines(function)
        text = "\n" * (first - 1) + "".join(lines)
        replace_file(folder / f"cell_{name}.py", text.encode())
