"""A learner's functions, called by name in the training of their own network. Whatever goes wrong
in one of them ends the training with a message: which exercise, where, and what to do."""

import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from handwritten.exercises import calls, unpacking
from handwritten.exercises.calls import Crash, StoppedError
from handwritten.exercises.registry import EXERCISES


class ExerciseError(Exception):
    """What a learner's code did wrong, in the words that the learner reads."""


class NotFiniteError(ExerciseError):
    """A function returned NaN or infinity."""

    def __init__(self, problem: str, learner: "Learner", name: str):
        super().__init__(f"{problem}\n{advice(learner.file, name)}")
        self.problem, self.name = problem, name


def not_finite(
    learner: "Learner",
    problem: NotFiniteError,
    when: str,
    parameters: list[np.ndarray],
    call: tuple,
) -> ExerciseError:
    """The same problem, with the function in which it began. `call` had it, and began with these
    parameters."""
    problem = learner.innermost(problem.name, *call) or problem
    largest = max(float(np.abs(array).max()) for array in parameters)
    return ExerciseError(
        f"{when} {problem.problem}. Until then all parameters were finite, and the largest was "
        f"{largest:.3g}.\n{advice(learner.file, problem.name)}"
    )


class Learner:
    """The functions of a learner's file. `limit` is how many seconds a call may take."""

    def __init__(self, module: ModuleType, file: Path, limit: float):
        self.module, self.file, self.limit = module, file, limit
        self.seconds = 0.0  # that the last call took

    def __call__(self, name: str, *arguments: Any) -> Any:
        """What a function returns. ExerciseError: it is not there, raises, or does not end."""
        function = getattr(self.module, name, None)
        if not callable(function):
            raise ExerciseError(f"{self.file} has no function {name} any more")
        started = time.monotonic()
        try:
            with time_limit(self.limit), np.errstate(all="ignore"):
                return function(*arguments)
        except NotFiniteError:
            raise
        except (Exception, SystemExit, StoppedError) as error:
            crash = calls.crash_of(error, str(self.file.absolute()))
            raise ExerciseError(self.describe(name, crash)) from None
        finally:
            self.seconds = time.monotonic() - started

    def arrays(self, name: str, shapes: dict[str, tuple[int, ...]], *arguments: Any) -> list:
        """The results of a function as float32 arrays of these shapes. ExerciseError: they have
        others, or numbers that are not finite."""
        result = self(name, *arguments)
        return self.checked(name, result, shapes)

    def checked(self, name: str, result: Any, shapes: dict[str, tuple[int, ...]]) -> list:
        """The parts of a result as `arrays` returns them."""
        values = [result] if len(shapes) == 1 else self.parts(name, result, list(shapes))
        found = []
        for value, (part, shape) in zip(values, shapes.items(), strict=True):
            with self.unexpected(name):
                array = unpacking.numbers(value, part, np.broadcast_to(np.float32(0), shape))
            if array.shape != shape:
                raise self.wrong(name, f"{part} has the shape {array.shape}, expected {shape}")
            self.require_finite(name, f"{part}, which", array)
            found.append(array.astype(np.float32))
        return found

    def innermost(self, name: str, *arguments: Any) -> "NotFiniteError | None":
        """The first function that returns NaN or infinity when this one is called; None where none
        does."""
        before = dict(vars(self.module))
        for each in filter(is_exercise, before):
            setattr(self.module, each, self.watched(each))
        try:
            self(name, *arguments)
        except NotFiniteError as problem:
            return problem
        finally:
            vars(self.module).update(before)
        return None

    def watched(self, name: str) -> Callable[..., Any]:
        """A function that raises NotFiniteError where it would return NaN or infinity."""
        function = getattr(self.module, name)

        def watched(*arguments: Any) -> Any:
            result = function(*arguments)
            for array in arrays_in(result):
                self.require_finite(name, "what", array)
            return result

        return watched

    def require_finite(self, name: str, part: str, array: np.ndarray) -> None:
        """NotFiniteError: there is NaN or infinity in this part of a result."""
        if not np.isfinite(array).all():
            kind = "NaN" if np.isnan(array).any() else "inf"
            raise NotFiniteError(f"there is {kind} in {part} {name} returned", self, name)

    def layers(
        self, name: str, result: Any, dims: list[int]
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """A result that is a list of pairs (W, b), or (dW, db), as float32 arrays."""
        pairs = self.parts(name, result, [f"layer {l}" for l in range(1, len(dims))])
        found = []
        for pair, inputs, units in zip(pairs, dims[:-1], dims[1:], strict=True):
            W, b = self.checked(name, pair, {"W": (inputs, units), "b": (units,)})
            found.append((W, b))
        return found

    def parts(self, name: str, result: Any, names: list[str]) -> list[Any]:
        """The parts of a result that has several."""
        with self.unexpected(name):
            return unpacking.parts(result, names)

    @contextmanager
    def unexpected(self, name: str) -> Iterator[None]:
        """A result of another form as a ExerciseError."""
        try:
            yield
        except calls.UnexpectedResultError as problem:
            raise self.wrong(name, str(problem)) from None

    def wrong(self, name: str, problem: str) -> ExerciseError:
        """The error that a function's result is not what it should be."""
        return ExerciseError(f"{self.file}, in {name}: {problem}\n{advice(self.file, name)}")

    def describe(self, name: str, crash: Crash) -> str:
        """An exception in the words that the learner reads."""
        place = f"{self.file}, line {crash.line}" if crash.line else str(self.file)
        inner = crash.function if is_exercise(crash.function) else name
        if isinstance(crash.error, NotImplementedError):
            return f"{inner} is not written yet: {place}. {advice(self.file, inner)}"
        if isinstance(crash.error, StoppedError):
            problem = f"{name} had not ended after {self.limit:.0f} seconds"
        else:
            problem = f"{type(crash.error).__name__}: {crash.error}"
        at = f"{place}, in {crash.function or name}"
        lines = [f"{at}: {problem}", *[f"    {crash.text}"] * bool(crash.text)]
        shapes = ", ".join(f"{key} is {value}" for key, value in crash.shapes.items())
        lines += [f"There {shapes}."] * bool(shapes)
        return "\n".join([*lines, advice(self.file, inner)])


def is_exercise(name: str) -> bool:
    """Whether an exercise has this name."""
    return any(exercise.name == name for exercise in EXERCISES)


def arrays_in(result: Any) -> Iterator[np.ndarray]:
    """The arrays of numbers in a result, in lists and tuples too."""
    if isinstance(result, list | tuple):
        for part in result:
            yield from arrays_in(part)
    elif isinstance(result, np.ndarray | np.floating | float):
        array = np.asarray(result)
        yield from [array] * (array.dtype.kind == "f")


def advice(file: Path, name: str) -> str:
    """What to do next."""
    known = any(exercise.key == f"{file.stem}.{name}" for exercise in EXERCISES)
    return f"`make exercises ARGS={f'{file.stem}.{name}' if known else file.stem}` says more."


def unreadable(file: Path, problem: BaseException) -> ExerciseError:
    """The error that a file cannot be imported: why, and in which line."""
    lines = [line.rstrip() for line in traceback.format_exception_only(problem)]
    frames = traceback.extract_tb(problem.__traceback__)
    mine = [frame for frame in frames if Path(frame.filename).parent == file.parent.absolute()]
    lines += [f"line {frame.lineno} of {Path(frame.filename).name}: {frame.line}" for frame in mine]
    return ExerciseError("\n".join([f"{file} cannot be read:", *lines]))


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """StoppedError after so many seconds."""

    def stop(*_: Any) -> None:
        raise StoppedError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
