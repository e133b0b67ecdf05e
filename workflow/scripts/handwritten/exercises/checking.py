"""Checks a learner's files, in a process of its own that may be ended: JSON, a line an exercise.

    python -m handwritten.exercises.checking FOLDER [EXERCISE ...]

A line with "begins" says which exercise comes next, so that the reader knows where it ended.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

from handwritten.exercises import registry
from handwritten.exercises.calls import Prints, StoppedError, why_unreadable
from handwritten.exercises.exercise import Exercise
from handwritten.exercises.verdicts import UnreadableError, judged

SECONDS = 1.5  # for one exercise, of which a right answer takes a hundredth
MEMORY = 4 << 30  # bytes
Send = Callable[[dict[str, Any]], None]


def check(folder: Path, wanted: list[Exercise], send: Send) -> None:
    """Check the exercises up to the last that is wanted, and send what is said about these.

    An exercise may use the functions of those before it. Where they are not right yet, the
    library's take their place. One that does not end is the last: the others might need it.
    """
    own = dict(registry.STAND_INS)
    last = registry.EXERCISES.index(wanted[-1])
    for exercise in registry.EXERCISES[: last + 1]:
        send({"begins": exercise.key})
        verdict = judged(folder, exercise, own, written, time_limit)
        stopped = verdict["state"] == "stopped"
        if exercise in wanted or stopped:
            send(verdict)
        if stopped:
            return


def imported(name: str) -> ModuleType:
    """The module of a learner's file."""
    if name == "phase1":
        import phase1 as module
    else:
        import phase2 as module
    return module


def written(folder: Path, exercise: Exercise) -> Callable[..., Any]:
    """The learner's function. UnreadableError: the file, or the function, is not there."""
    name, prints = exercise.file, Prints()
    try:
        with redirect_stdout(prints), redirect_stderr(prints):
            module = imported(name)
    except (Exception, SystemExit) as problem:
        lines = why_unreadable(folder / f"{name}.py", problem)
        lines[0] = lines[0].replace(f"{folder}{os.sep}", "")
        raise UnreadableError("\n".join(lines)) from None
    function = getattr(module, exercise.name, None)
    if not callable(function):
        raise UnreadableError(f"{name}.py has no function {exercise.name} any more.")
    return function


@contextmanager
def time_limit() -> Iterator[None]:
    """StoppedError after SECONDS; a loop that does not notice is killed soon after."""

    def stop(*_: Any) -> None:
        raise StoppedError

    signal.signal(signal.SIGALRM, stop)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + SECONDS) + 1, hard))
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main(folder: Path, names: list[str]) -> None:
    """Check the files of a folder. What they print themselves does not reach standard output."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))  # phase2.py imports the learner's own phase1.py by its name

    def send(verdict: dict[str, Any]) -> None:
        print(json.dumps(verdict), file=reports, flush=True)

    check(folder, registry.chosen(names), send)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
