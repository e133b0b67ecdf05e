"""Check what a learner has written: `make exercises`, or for some of them `make exercises
ARGS=softmax`.

    python -m handwritten.exercises [--folder exercises] [EXERCISE ...]

Ends with status 1 if something is wrong, and 0 if all is right or not written yet.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

LIBRARY = Path(__file__).resolve().parents[2]
SECONDS = 20  # for everything: code that sleeps, or hides from the limits of its own process
ALONE = "Right. `make exercises` looks at all of them."
MARKS = {"right": "✓", "wrong": "✗", "crashed": "✗", "stopped": "✗"}
MARKS |= {"unreadable": "✗", "not written": "·", "missing": "·"}
WORDS = {
    "not written": "not written yet",
    "stopped": "does not end",
    "unreadable": "cannot be read",
    "missing": "the file is missing",
}


def verdicts(folder: Path, names: list[str]) -> list[dict[str, Any]]:
    """What the check says about each exercise, in order. ValueError: there is no such exercise."""
    command = [sys.executable, "-m", "handwritten.exercises.checking", str(folder), *names]
    environment = with_library() | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "capture_output": True}
    try:
        run = subprocess.run(command, env=environment, timeout=SECONDS, **pipes)
        output, errors, ended = run.stdout, run.stderr, run.returncode >= 0
    except subprocess.TimeoutExpired as late:
        output, errors, ended = late.stdout or b"", b"", False
    lines = [json.loads(line) for line in output.decode().splitlines()]
    found = [line for line in lines if "exercise" in line]
    if lines and "begins" in lines[-1]:
        name = lines[-1]["begins"]
        what = "ended the whole process, as os._exit does" if ended else "did not end in time"
        verdict = {"exercise": name, "state": "crashed" if ended else "stopped", "mistake": None}
        found.append(verdict | {"lines": [f"{name} {what}."]})
    elif not lines:
        raise ValueError(errors.decode().strip().splitlines()[-1])
    return found


def with_library() -> dict[str, str]:
    """The environment of a process that finds this library before any other."""
    found = os.pathsep.join([str(LIBRARY), *filter(None, sys.path)])
    return os.environ | {"PYTHONPATH": found}


def listed(found: list[dict[str, Any]]) -> list[str]:
    """The list of exercises with their marks, readable without colour."""
    lines, file = [], None
    for verdict in found:
        of, name = verdict["exercise"].split(".")
        if of != file:
            file = of
            lines += ["", f"{file}.py"]
        state = verdict["state"]
        note = f": {verdict['note']}" if "note" in verdict else ""
        lines.append(f"  {MARKS[state]} {name:18}{WORDS.get(state, state)}{note}")
    return lines


def failing(verdict: dict[str, Any]) -> bool:
    """Whether something is written, and not right."""
    return verdict["state"] not in ("right", "not written")


def closing(found: list[dict[str, Any]]) -> list[str]:
    """The first that fails in full, or the next to write, or that all is done."""
    failed = [verdict for verdict in found if failing(verdict)]
    left = [verdict for verdict in found if verdict["state"] == "not written"]
    if failed or left:
        return ["", *(failed + left)[0]["lines"], ""]
    return [
        "",
        "All right. Compare yours with the project's own: exercises/README.md says where.",
        "",
    ]


def complete(found: list[dict[str, Any]], names: list[str]) -> list[str]:
    """What comes after phase 1, if all of it was asked for and is right."""
    states = {each["state"] for each in found if each["exercise"].startswith("phase1.")}
    if states != {"right"} or (names and "phase1" not in names):
        return []
    return [
        "",
        "All of phase1.py is right: `make mine` trains it, and shows it on a page.",
        "phase2.py comes next.",
    ]


def main(arguments: list[str]) -> int:
    """Print what the check says. Status 1: something is wrong."""
    parser = argparse.ArgumentParser(prog="make exercises", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="EXERCISE", help="such as softmax or phase2")
    parser.add_argument("--folder", type=Path, default=Path("exercises"), help="with the files")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    try:
        found = verdicts(options.folder, options.names)
    except ValueError as problem:
        print(problem)
        return 1
    ends = closing(found)
    if options.names and not any(verdict["lines"] for verdict in found):
        ends = ["", ALONE, ""]
    print("\n".join(listed(found) + complete(found, options.names) + ends))
    return int(any(map(failing, found)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
