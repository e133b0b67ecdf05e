"""A learner's functions, called by name in the training of their own network. Whatever goes wrong
in one of them ends the training with a message: which exercise, where, and what to do."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from handwritten.exercises import calls, unpacking
from handwritten.exercises.calls import Crash, StoppedError
from handwritten.exercises.registry import EXERCISES

Function = Callable[..., Any]


class ExerciseError(Exception):
    """What a learner's code did wrong, in the words that the learner reads."""


class NotFiniteError(ExerciseError):
    """A function returned NaN or infinity."""

    def __init__(self, problem: str, name: str):
        super().__init__(problem)
        self.name = name


def not_finite(
    learner: "Learner",
    problem: NotFiniteError,
    when: str,
    parameters: list[np.ndarray],
    call: tuple,
) -> ExerciseError:
    """The same problem, with the function in which it began. `call` had it, and began with these
    parameters."""
    inner = learner.innermost(problem.name, *call)
    problem = inner if inner and inner.name != problem.name else problem
    largest = max(float(np.abs(array).max()) for array in parameters)
    return ExerciseError(
        f"{when} {problem}. Until then all parameters were finite, and the largest was "
        f"{largest:.3g}."
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
            found.append(array)
        require_finite(name, dict(zip(shapes, found, strict=True)))
        return [array.astype(np.float32) for array in found]

    def innermost(self, name: str, *arguments: Any) -> "NotFiniteError | None":
        """The first function that returns NaN or infinity when this one is called; None where none
        does."""
        try:
            with self.replaced(watched):
                self(name, *arguments)
        except NotFiniteError as problem:
            return problem
        return None

    def slowest(self, name: str, *arguments: Any) -> str:
        """The exercise in which most of the time is spent when this one is called."""
        spent: dict[str, float] = {}
        with self.replaced(partial(timed, spent)):
            self(name, *arguments)
        return max(spent, key=spent.__getitem__)

    @contextmanager
    def replaced(self, other: Callable[[str, Function], Function]) -> Iterator[None]:
        """Each exercise of the module, by its name and itself, replaced by another function."""
        before = dict(vars(self.module))
        for name in filter(is_exercise, before):
            setattr(self.module, name, other(name, before[name]))
        try:
            yield
        finally:
            vars(self.module).update(before)

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
        return ExerciseError(f"{self.file}, in {name}: {problem}")

    def describe(self, name: str, crash: Crash) -> str:
        """An exception in the words that the learner reads."""
        place = f"{self.file}, line {crash.line}" if crash.line else str(self.file)
        inner = crash.function if is_exercise(crash.function) else name
        if isinstance(crash.error, NotImplementedError):
            return f"{inner} is not written yet: {place}."
        if isinstance(crash.error, StoppedError):
            problem = f"{name} had not ended after {self.limit:.0f} seconds"
        else:
            problem = f"{type(crash.error).__name__}: {crash.error}"
        at = f"{place}, in {crash.function or name}"
        lines = [f"{at}: {problem}", *[f"    {crash.text}"] * bool(crash.text)]
        shapes = ", ".join(f"{key} is {value}" for key, value in crash.shapes.items())
        lines += [f"There {shapes}."] * bool(shapes)
        return "\n".join(lines)


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


def require_finite(name: str, results: dict[str, np.ndarray]) -> None:
    """NotFiniteError: there is NaN or infinity in results of this function."""
    bad = [part for part, array in results.items() if not np.isfinite(array).all()]
    if bad:
        kind = "NaN" if any(np.isnan(results[part]).any() for part in bad) else "inf"
        what = f"{', '.join(bad)}, which" if bad != [""] else "what"
        raise NotFiniteError(f"there is {kind} in {what} {name} returned", name)


def watched(name: str, function: Function) -> Function:
    """The function, which raises NotFiniteError where it would return NaN or infinity."""

    def watching(*arguments: Any) -> Any:
        result = function(*arguments)
        arrays = list(arrays_in(result))
        numbers = range(1, len(arrays) + 1)
        names = [""] if len(arrays) == 1 else [f"result {number}" for number in numbers]
        require_finite(name, dict(zip(names, arrays, strict=True)))
        return result

    return watching


def timed(spent: dict[str, float], name: str, function: Function) -> Function:
    """The function, which adds its seconds to `spent`, without those of others in it."""

    def timing(*arguments: Any) -> Any:
        started, others = time.monotonic(), sum(spent.values())
        result = function(*arguments)
        others = sum(spent.values()) - others
        spent[name] = spent.get(name, 0.0) + time.monotonic() - started - others
        return result

    return timing


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
