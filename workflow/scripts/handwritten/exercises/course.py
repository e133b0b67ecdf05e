"""The check in the forms of course software: exit codes, Classroom 50, Otter-Grader.

    python -m handwritten.exercises.course FOLDER [--file phase1] [--classroom50 result.json]

Checks the files in a folder as `grade` does, in a process of their own with limits. Ends with
status 0 if all is right and 1 if not; with --classroom50, which is for results, always with 0.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from handwritten.exercises import checking, grading, registry, submissions
from handwritten.exercises.__main__ import closing, listed
from handwritten.exercises.learner import time_limit
from handwritten.exercises.verdicts import UnreadableError, judged
from handwritten.io.files import as_json, replace_file

Verdicts = list[dict[str, Any]]


def checked(folder: Path, files: list[str]) -> Verdicts:
    """The verdicts on the exercises of these files of a folder."""
    paths = submissions.files_of(folder.resolve())
    with tempfile.TemporaryDirectory() as copy:
        problems = submissions.lay_out(paths, Path(copy))
        found = list(grading.verdicts(Path(copy), problems))
    return [verdict for verdict in found if verdict["exercise"].split(".")[0] in files]


def classroom50(verdicts: Verdicts, variables: Mapping[str, str], now: float) -> dict[str, Any]:
    """A result as Classroom 50 reads it: a point for each exercise, and what its variables say of
    the submission. Source: github.com/foundation50/classroom50, schemas/result-v1.schema.json."""
    tests = [
        {
            "test-name": verdict["exercise"],
            "passed": verdict["state"] == "right",
            "score": int(verdict["state"] == "right"),
            "max-score": 1,
            "output": "\n".join(verdict["lines"]),
        }
        for verdict in verdicts
    ]
    named = {
        "classroom": "CLASSROOM",
        "assignment": "ASSIGNMENT",
        "assignment_type": "ASSIGNMENT_TYPE",
        "owner": "OWNER",
        "submission": "SUBMISSION_TAG",
        "commit": "COMMIT_URL",
        "release": "RELEASE_URL",
        "review": "REVIEW_URL",
    }
    given = {key: variables[name] for key, name in named.items() if variables.get(name)}
    return {
        "schema": "classroom50/result/v1",
        **given,
        "review": given.get("review", given.get("commit", "")),
        "datetime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now)),
        "score": sum(test["score"] for test in tests),
        "max-score": len(tests),
        "tests": tests,
    }


def names(file: str) -> list[str]:
    """The exercises of a file: phase1.one_hot and so on."""
    return [exercise.key for exercise in registry.EXERCISES if exercise.file == file]


def require_right(key: str, functions: Mapping[str, Any]) -> None:
    """AssertionError, with the words of the check: the function of this exercise is not right among
    these functions, which may be all names of a notebook. They run in this process."""

    def written(folder: Path, exercise: Any) -> Callable[..., Any]:
        function = functions.get(exercise.name)
        if not callable(function):
            raise UnreadableError(f"There is no function {exercise.name}.")
        return function

    own = dict(registry.STAND_INS)  # and the functions before it, in whose convention it may be
    for exercise in registry.EXERCISES:
        limit = partial(time_limit, checking.SECONDS)
        verdict = judged(Path.cwd(), exercise, own, written, limit)
        if exercise.key == key:
            assert verdict["state"] == "right", "\n".join(verdict["lines"])
            return


def main(arguments: list[str]) -> int:
    """Check a folder, and print or write what is said about it."""
    parser = argparse.ArgumentParser(prog="python -m handwritten.exercises.course")
    parser.add_argument("folder", type=Path, help="with phase1.py, phase2.py or both")
    parser.add_argument("--file", choices=["phase1", "phase2"], help="this one alone")
    parser.add_argument("--classroom50", type=Path, metavar="result.json", help="write this file")
    options = parser.parse_args(arguments)
    found = checked(options.folder, [options.file] if options.file else ["phase1", "phase2"])
    print("\n".join(listed(found) + closing(found)))
    if options.classroom50:
        result = classroom50(found, os.environ, time.time())
        replace_file(options.classroom50, as_json(result).encode())
        return 0
    return int(any(verdict["state"] != "right" for verdict in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
