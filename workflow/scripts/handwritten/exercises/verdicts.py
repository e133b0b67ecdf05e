"""What is said about an exercise, wherever the learner's functions run."""

from collections.abc import Callable
from contextlib import AbstractContextManager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from handwritten.exercises import registry, report
from handwritten.exercises.calls import Prints, StoppedError, quiet
from handwritten.exercises.exercise import Exercise, Functions, Probe
from handwritten.exercises.judging import Judgement, judge

Own = dict[str, Callable[..., Any]]  # the functions that are right, by exercise
Written = Callable[[Path, Exercise], Callable[..., Any]]
TimeLimit = Callable[[], AbstractContextManager[None]]


class UnreadableError(Exception):
    """A learner's file cannot be imported."""


def judged(
    folder: Path, exercise: Exercise, own: Own, written: Written, time_limit: TimeLimit
) -> dict[str, Any]:
    """The verdict on an exercise, ready to be sent; a function that is right joins `own`.

    `written` finds the learner's function, and `time_limit` ends it with StoppedError.
    """
    file = str(folder / f"{exercise.file}.py")
    verdict: dict[str, Any] = {"exercise": exercise.key, "mistake": None}
    try:
        with time_limit():
            function = written(folder, exercise)
            found = judge(exercise, function, probes(exercise, own), file)
    except UnreadableError as problem:
        state = "unreadable" if Path(file).exists() else "missing"
        return verdict | {"state": state, "lines": str(problem).splitlines()}
    except StoppedError:
        lines = [f"{exercise.name} did not end within the time limit."]
        return verdict | {"state": "stopped", "lines": lines}
    if found.state == "right":
        own[exercise.key] = function
        note = ("", *exercise.conventions)[found.convention]
        return verdict | {"state": "right", "lines": []} | ({"note": note} if note else {})
    lines = report.described(found, function, file)
    return verdict | {"state": found.state, "mistake": name_of(found), "lines": lines}


def name_of(found: Judgement) -> str | None:
    """The mistake's name, where there is one."""
    return report.mistake_name(found) if found.state in ("wrong", "crashed") else None


def probes(exercise: Exercise, own: Functions) -> list[Probe]:
    """The calls, made with the learner's functions, or with the library's where those fail."""
    prints = Prints()
    try:
        with redirect_stdout(prints), redirect_stderr(prints), quiet():
            return exercise.probes(own)
    except Exception:
        return exercise.probes(registry.STAND_INS)
