"""Trains a network with a learner's functions, in a process of its own that may be ended.

    python -m handwritten.exercises.training < JSON

It reads what to do from standard input, and writes JSON, a line for each step. What the learner
prints goes to standard error.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.exercises import phase1_training, phase2_training
from handwritten.exercises.calls import why_unreadable
from handwritten.exercises.learner import ExerciseError, Learner
from handwritten.io import files

FIRST = 10  # seconds that a call may take as long as it is of a few images
Send = Callable[[dict[str, Any]], None]


def imported(file: Path) -> ModuleType:
    """The learner's module. ExerciseError: it cannot be imported."""
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(file.parent.absolute()))
    try:
        if file.stem == "phase1":
            import phase1 as module
        else:
            import phase2 as module
    except (Exception, SystemExit) as problem:
        raise ExerciseError("\n".join(why_unreadable(file, problem))) from None
    return module


def read_only(array: np.ndarray) -> np.ndarray:
    """The array, which a function can no longer change in place."""
    array.flags.writeable = False
    return array


def train(job: dict[str, Any], send: Send) -> None:
    """Train as the job says, and write the arrays of the model and its snapshots."""
    file = Path(job["file"])
    trainer = {"phase1": phase1_training, "phase2": phase2_training}[file.stem]
    learner = Learner(imported(file), file, FIRST)
    splits = {}
    for split in ("train", "dev"):
        arrays = files.read_arrays(job[split])
        splits[split] = read_only(normalise(arrays["x"])), arrays["y"].astype(np.int64)
    model, snapshots = trainer.train(learner, job["settings"], *splits.values(), send)
    files.write_arrays(Path(job["model"]), model)
    files.write_arrays(Path(job["first_layer"]), snapshots)


def main() -> None:
    """Do the job of standard input, and send how far it is."""
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))

    def send(message: dict[str, Any]) -> None:
        print(json.dumps(message), file=reports, flush=True)

    job = json.load(sys.stdin)
    try:
        train(job, send)
    except ExerciseError as problem:
        send({"failed": str(problem)})


if __name__ == "__main__":
    main()
