"""What happens when a learner's function is called, whatever it does: results, changed arguments,
prints, or a crash and the line of theirs that it came from."""

import copy
import io
import re
import traceback
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from handwritten.exercises.exercise import Arrays, Exercise, Probe

OF_SHAPES = ("broadcast", "product")  # the first part of such keys
PRINTED = 2000  # characters of a learner's prints that are shown


class StoppedError(BaseException):
    """The time of an exercise is over. Not an Exception, so that `except Exception` lets it by."""


class UnexpectedResultError(TypeError):
    """A function returned something of another form than the exercise asks for."""


@dataclass
class Place:
    """Where an exception came from that was raised in another process: function, line, its text,
    and the shapes of the arrays there."""

    function: str
    line: int
    text: str
    shapes: dict[str, tuple[int, ...]]


@dataclass
class Crash:
    """An exception, and the learner's line that raised it."""

    error: BaseException
    key: object  # equal for the same exception at the same kind of expression
    function: str = ""
    line: int = 0
    text: str = ""
    shapes: dict[str, tuple[int, ...]] = field(default_factory=dict)  # of the arrays of that line
    callers: list[str] = field(default_factory=list)  # the learner's lines that led there


@dataclass
class Called:
    """What a call gave."""

    arrays: Arrays = field(default_factory=dict)
    crash: Crash | None = None
    changed: list[str] = field(default_factory=list)  # arguments that are not what they were
    shared: list[str] = field(default_factory=list)  # arguments that a result is the same array as
    printed: str = ""


class Prints(io.StringIO):
    """Keeps the beginning of what is printed, however much it is."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED - self.tell())])
        return len(text)


def call(
    exercise: Exercise, function: Callable[..., Any], probe: Probe, file: str | None = None
) -> Called:
    """Call a function as the exercise does. `file` is the learner's, for the line of a crash."""
    arguments = copy.deepcopy(probe.arguments)
    called, prints = Called(), Prints()
    try:
        with redirect_stdout(prints), redirect_stderr(prints), quiet():
            result = exercise.call(function, arguments)
            called.shared = [name for name in arguments if shares(arguments[name], result)]
            arrays = exercise.unpack(result, probe)
            called.arrays = {name: probe.see(array) for name, array in arrays.items()}
    except (Exception, SystemExit, KeyboardInterrupt, StoppedError) as error:
        called.crash = crash_of(error, file)
    called.printed = prints.getvalue()
    called.changed = [
        name
        for name, value in probe.arguments.items()
        if name not in exercise.may_change and not same(arguments[name], value)
    ]
    return called


def shares(argument: Any, result: Any) -> bool:
    """Whether a result, or one of several, is an argument, not a copy of it."""
    results = result if isinstance(result, list | tuple) else [result]
    return isinstance(argument, np.ndarray) and any(each is argument for each in results)


def quiet() -> warnings.catch_warnings:
    """Without warnings: what they are about shows in the numbers."""
    return warnings.catch_warnings(action="ignore")


def same(one: Any, other: Any) -> bool:
    """Whether two arguments are equal, arrays and lists of them included."""
    if isinstance(one, list | tuple):
        pairs = len(one) == len(other)
        return pairs and all(map(same, one, other))
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    return isinstance(one, np.random.Generator) or one == other


def crash_of(error: BaseException, file: str | None) -> Crash:
    """The crash, with the last line of the learner's files on its way and that line's arrays."""
    place = getattr(error, "place", None) or place_of(error, file)
    if place is None:
        return Crash(error, key_of(error))
    words = re.findall(r"[A-Za-z_]\w*", place.text)
    shapes = {name: shape for name, shape in place.shapes.items() if name in words}
    crash = Crash(error, key_of(error), place.function, place.line, place.text, shapes)
    crash.callers = callers_of(error, file)
    return crash


def callers_of(error: BaseException, file: str | None) -> list[str]:
    """The learner's lines on the way to the one that raised an exception, the first one first."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [each for each in frames if file and Path(each.filename).parent == Path(file).parent]
    return [f"called in {each.name}, line {each.lineno}: {each.line}" for each in own[:-1]][:3]


def place_of(error: BaseException, file: str | None) -> Place | None:
    """Where in the learner's files an exception came from; None where it did not."""
    at = last_frame(error.__traceback__, file)
    if at is None:
        return None
    frame, summary = at.tb_frame, traceback.extract_tb(at, limit=1)[0]
    arrays = {k: v.shape for k, v in frame.f_locals.items() if isinstance(v, np.ndarray)}
    return Place(frame.f_code.co_name, at.tb_lineno, (summary.line or "").strip(), arrays)


def last_frame(trace: TracebackType | None, file: str | None) -> TracebackType | None:
    """The innermost part of a traceback that is in the folder of the learner's file."""
    last = None
    while trace is not None:
        if file and Path(trace.tb_frame.f_code.co_filename).parent == Path(file).parent:
            last = trace
        trace = trace.tb_next
    return last


def why_unreadable(file: Path, problem: BaseException) -> list[str]:
    """Why a learner's file cannot be imported: the exception, and their lines on its way. What is
    wrong in phase1.py is said there, and not again about phase2.py."""
    if not file.exists():
        return [missing(file)]
    frames = traceback.extract_tb(problem.__traceback__)
    names = {Path(frame.filename).name for frame in frames}
    if isinstance(problem, SyntaxError) and problem.filename:
        names.add(Path(problem.filename).name)
    first = file.with_name("phase1.py")
    if file != first and isinstance(problem, ImportError) and problem.name == "phase1":
        if not first.exists():
            return [f"{file} uses phase1.py, which is missing."]
        return [f"{file} uses what phase1.py does not have: {str(problem).split(' (')[0]}."]
    if file != first and first.name in names:
        return [f"{file} uses phase1.py, which cannot be read: that comes first."]
    lines = [line.rstrip() for line in traceback.format_exception_only(problem)]
    mine = [frame for frame in frames if Path(frame.filename).parent == file.parent.absolute()]
    lines += [f"line {frame.lineno} of {Path(frame.filename).name}: {frame.line}" for frame in mine]
    return [f"{file} cannot be read:", *lines]


def missing(file: Path) -> str:
    """That a learner's file is not there, and how to get it back."""
    path = f"{file.parent.name}/{file.name}"
    return f"{file} is missing. `git checkout {path}` brings it back as it was handed out."


def key_of(error: BaseException) -> object:
    """What makes two exceptions the same: of NumPy's about shapes, only operation and shapes."""
    text = str(error)
    if "not be broadcast together with shapes" in text:
        return "broadcast", tuple(re.findall(r"\([\d, ]*\)", text))
    if found := re.search(r"size (\d+) is different from (\d+)", text):
        return "product", frozenset(found.groups())
    if found := re.search(r"not aligned: (\d+) \(dim \d+\) != (\d+)", text):
        return "product", frozenset(found.groups())
    if found := re.search(r"index (-?\d+) is out of bounds for axis \d+ with size (\d+)", text):
        return "index", found.groups()
    return type(error).__name__, text
