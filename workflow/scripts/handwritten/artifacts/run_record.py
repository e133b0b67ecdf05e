"""`run.json`: when and where an artifact was made. It differs from run to run; no step needs it."""

from collections.abc import Callable
from pathlib import Path

from handwritten.artifacts import sealed
from handwritten.io.files import read_json

NAME = "run.json"
FIELDS = {
    "started": str,
    "seconds": float | int,
    "threads": int,
    "host": str,
    "machine": str,
    "python": str,
    "blas": str,
    "measured": dict,
}
Warn = Callable[[str], object]


def read(folder: Path, warn: Warn) -> dict:
    """The `run.json` of an artifact; an empty dictionary where it was not kept or, after a warning,
    where it is damaged."""
    path = folder / NAME
    try:
        return parse(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as problem:
        warn(
            f"times and machine of a run are left out: {problem}. Delete {path} to be rid of this "
            "message; the results do not depend on it"
        )
        return {}


def parse(path: Path) -> dict:
    """What a `run.json` says; ValueError: it is damaged. Those of older versions of this project
    have no checksum."""
    data = path.read_bytes()
    if sealed.KEY.encode() in data:
        return sealed.parse(data, path)
    try:
        record = read_json(path)
        usable = all(isinstance(value, FIELDS[key]) for key, value in record.items())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        usable = False
    if not usable:
        raise sealed.ChangedError(f"{path} is empty or has changed since it was written")
    return record
