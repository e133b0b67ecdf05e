"""Checks a submission: files of somebody whose code is not trusted."""

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from handwritten.exercises import registry
from handwritten.exercises.exercise import Exercise
from handwritten.exercises.remote import Session
from handwritten.exercises.verdicts import judged

SECONDS = 40  # for a whole submission, of which one that is right takes a few


def verdicts(folder: Path, problems: Mapping[str, str] = {}) -> Iterator[dict[str, Any]]:
    """What is said about every exercise. The folder has the files to check, and nothing else;
    `problems` has why others could not be read, by their names."""
    session, own, ends = Session(folder), dict(registry.STAND_INS), time.monotonic() + SECONDS
    try:
        for exercise in registry.EXERCISES:
            name = f"{exercise.file}.py"
            if name in problems:
                yield without(exercise, "unreadable", f"{name} {problems[name]}.")
            elif not (folder / name).exists():
                yield without(exercise, "missing", f"There is no {name}.")
            elif time.monotonic() > ends:
                reason = "was not checked: the code before it has used up the time of all."
                yield without(exercise, "stopped", f"{exercise.name} {reason}")
            else:
                yield judged(folder, exercise, own, session.function, session.limit)
    finally:
        session.close()


def without(exercise: Exercise, state: str, line: str) -> dict[str, Any]:
    """The verdict on an exercise that was not looked at."""
    return {"exercise": exercise.key, "state": state, "mistake": None, "lines": [line]}
