"""What a learner has written: where it is, what is missing in it, and what versions know it by.

Nothing here runs a learner's code. What cannot be understood is left to the job that runs it, which
says what is wrong with it, so that no other step depends on what is in the folder.
"""

import ast
import hashlib
from pathlib import Path

from handwritten.exercises.calls import missing
from handwritten.exercises.learner import ExerciseError
from handwritten.exercises.registry import EXERCISES
from handwritten.io import reading
from handwritten.io.code import Code, UntraceableError

FOLDER = Path("exercises")
OWN = {exercise.file for exercise in EXERCISES}  # missing files are no packages
MOST_BYTES = 200_000  # of a file
NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)  # what ast.parse raises


def folder(project: Path) -> Path:
    """The folder of exercises: that where Snakemake runs, else that of the project."""
    return FOLDER if FOLDER.is_dir() else project / FOLDER


def not_written(file: Path) -> list[str]:
    """The exercises of a file that are as they were handed out, in their order; none where the
    file cannot be understood. All, where there is no such file."""
    names = [exercise.name for exercise in EXERCISES if exercise.file == file.stem]
    try:
        tree = ast.parse(reading.read(file, MOST_BYTES))
    except OSError:
        return [] if file.exists() else names
    except NOT_PYTHON:
        return []
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    return [name for name in names if name in functions and only_raises(functions[name])]


def require_written(file: Path) -> None:
    """ExerciseError: exercises of a file are as they were handed out."""
    if not file.exists():
        raise ExerciseError(missing(file))
    if names := not_written(file):
        raise ExerciseError(
            f"{file} is not complete: {', '.join(names)} {'is' if len(names) == 1 else 'are'} not "
            f"written yet. Write them, and check them with `make exercises ARGS={file.stem}`; then "
            "`mine` trains your network."
        )


def only_raises(function: ast.FunctionDef) -> bool:
    """Whether the last statement is the one that the exercise came with, and no other is there but
    its docstring."""
    statements = [node for node in function.body if not is_text(node)]
    return len(statements) == 1 and (
        isinstance(statements[0], ast.Raise) and "NotImplementedError" in ast.dump(statements[0])
    )


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def fingerprints(file: Path) -> dict[str, dict[str, str]]:
    """What the code of a learner's file is known by: the "files" that it runs, by name, and the
    "packages" that it imports. Comments and layout do not count, unless the code cannot be
    followed: then all files of its folder count as they are."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UntraceableError(f"{file} has more than {MOST_BYTES:,} bytes")
        found = Code(file.parent.absolute()).work_out(file.absolute())
        packages = {each: found["packages"][each] for each in found["packages"] if each not in OWN}
        return {"files": found["files"], "packages": packages}
    except (UntraceableError, OSError, *NOT_PYTHON):
        return {"files": as_they_are(file.parent), "packages": {}}


def as_they_are(folder: Path) -> dict[str, str]:
    """The SHA-256 of each Python file of a folder."""
    found = {}
    for path in sorted(folder.glob("*.py")):
        try:
            content = reading.read(path, MOST_BYTES)
        except OSError as problem:
            content = str(problem).encode()
        found[path.name] = hashlib.sha256(content).hexdigest()
    return found
