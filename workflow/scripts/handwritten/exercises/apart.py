"""Trains with a learner's functions in another process, which may hang, crash or be ended by the
system, and brings back what it has learned."""

import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from handwritten.exercises import __main__ as check
from handwritten.exercises.learner import ExerciseError
from handwritten.io import files

LIMIT, GRACE = 60, 30  # seconds of silence, until the process says how long a call may take
MODULE = "handwritten.exercises.training"


def train(
    job: dict[str, Any], on_message: Callable[[dict[str, Any]], None]
) -> tuple[dict, dict, list[dict]]:
    """The arrays of the model and of its snapshots, and the history. `job` says what to train:
    "file", "settings", and the paths of "train" and "dev". ExerciseError: what went wrong, and what
    the check says about it."""
    try:
        return trained(job, on_message)
    except ExerciseError as problem:
        raise ExerciseError("\n".join([str(problem), *advice(Path(job["file"]))])) from None


def advice(file: Path) -> list[str]:
    """Whether the check of the exercises knows more."""
    names = ["phase1"] if file.stem == "phase1" else ["phase1", "phase2"]
    found = check.verdicts(file.parent, names)
    failing = [verdict for verdict in found if verdict["state"] != "right"]
    if not failing:
        return [
            "`make exercises` finds nothing wrong: it shows only in training, with these images "
            "or after many steps."
        ]
    if failing[0]["state"] in ("unreadable", "missing"):
        return []
    return [f"`make exercises ARGS={failing[0]['exercise']}` says more."]


def trained(
    job: dict[str, Any], on_message: Callable[[dict[str, Any]], None]
) -> tuple[dict, dict, list[dict]]:
    """The same, and only what went wrong."""
    history = []
    with tempfile.TemporaryDirectory() as folder, started() as process:
        paths = {name: f"{folder}/{name}.npz" for name in ("model", "first_layer")}
        for message in messages(process, json.dumps(job | paths)):
            if "failed" in message:
                raise ExerciseError(message["failed"])
            if "row" in message:
                history.append(message["row"])
            on_message(message)
        status = process.wait()
        if status or not all(os.path.exists(path) for path in paths.values()):
            raise ExerciseError(ended(job["file"], status))
        return files.read_arrays(paths["model"]), files.read_arrays(paths["first_layer"]), history


@contextmanager
def started() -> Iterator[subprocess.Popen]:
    """The process, which ends with the block."""
    command = [sys.executable, "-m", MODULE]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=check.with_library(), **pipes) as process:
        try:
            yield process
        finally:
            process.kill()


def messages(process: subprocess.Popen, job: str) -> Iterator[dict[str, Any]]:
    """What the process says, line by line. ExerciseError: it has been silent for too long."""
    assert process.stdin and process.stdout
    process.stdin.write(job.encode())
    process.stdin.close()
    limit, waiting, output = LIMIT, b"", process.stdout.fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        while True:
            if not selector.select(limit + GRACE):
                raise ExerciseError(f"a function has not ended after {limit + GRACE:.0f} seconds")
            data = os.read(output, 1 << 16)
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                message = json.loads(line)
                limit = message.get("limit", limit)
                yield message
            if not data:
                return


def ended(file: str, status: int) -> str:
    """The message that the process has ended by itself."""
    if status < 0:
        return (
            f"{file}: the system has ended the training (signal {-status}), as it does when memory "
            "is used up"
        )
    return f"{file} has ended the training with status {status}, as os._exit or a crash does"
