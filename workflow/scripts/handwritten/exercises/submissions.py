"""The submissions in a folder, in the forms in which courses collect them.

A submission is a folder with phase1.py, phase2.py or both, at its top or in `exercises/`, as in a
clone; or files of one beginning such as `<name>_phase1.py`, as a download may have them.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from handwritten.exercises.remote import clean
from handwritten.io import reading
from handwritten.io.files import replace_file

FILES = ("phase1.py", "phase2.py")
MOST_BYTES = 200_000  # of a file
PREFIXED = re.compile(r"(.*?)[-_. ]*(phase[12]\.py)", re.DOTALL)


@dataclass
class Submission:
    """The files that somebody has handed in, by their names in the exercises."""

    name: str
    files: dict[str, Path] = field(default_factory=dict)


def find(folder: Path) -> tuple[list[Submission], list[str]]:
    """The submissions of a folder by name, and the names of files that are none.
    UnreadableFileError: the folder cannot be read."""
    found: dict[str, Submission] = {}
    others = []
    for path in reading.entries(folder.resolve()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.is_dir():
            found[f"{path.name}/"] = Submission(path.name, files_of(path))
        elif parts := PREFIXED.fullmatch(path.name):
            name = parts[1] or folder.resolve().name
            found.setdefault(name, Submission(name)).files[parts[2]] = path
        else:
            others.append(shown(path.name))
    return named(found.values()), others


def files_of(folder: Path) -> dict[str, Path]:
    """The files in a submission's folder."""
    places = {name: [folder / name, folder / "exercises" / name] for name in FILES}
    return {
        name: path
        for name, paths in places.items()
        for path in [next(filter(is_there, paths), None)]
        if path
    }


def is_there(path: Path) -> bool:
    """Whether there is something of this name, a link that leads nowhere included."""
    try:
        return path.is_symlink() or path.exists()
    except OSError:
        return True


def named(submissions: Iterable[Submission]) -> list[Submission]:
    """The submissions, under names that can be shown and that differ from each other."""
    seen: Counter[str] = Counter()
    found = []
    for each in submissions:
        name = shown(each.name)
        seen[name] += 1
        found.append(Submission(f"{name} ({seen[name]})" if seen[name] > 1 else name, each.files))
    return sorted(found, key=lambda each: (each.name.casefold(), each.name))


def shown(name: str) -> str:
    """A file's name on one line, whatever characters it has."""
    return clean(name).replace("\n", "?").replace("\t", "?")[:100]


def described(files: dict[str, Path]) -> dict[str, dict[str, str]]:
    """What each file is known by: its "sha256", or why it cannot be read."""
    found = {}
    for name, path in files.items():
        try:
            found[name] = {"sha256": hashlib.sha256(content(path)).hexdigest()}
        except OSError as problem:
            found[name] = {"problem": reason(path, problem)}
    return found


def lay_out(files: dict[str, Path], folder: Path) -> dict[str, str]:
    """Copy what can be read into a folder; why the rest cannot, by name."""
    problems = {}
    for name, path in files.items():
        try:
            replace_file(folder / name, content(path))
        except OSError as problem:
            problems[name] = reason(path, problem)
    return problems


def reason(path: Path, problem: OSError) -> str:
    """Why a file cannot be read, to be said after its name in the exercises."""
    return clean(problem).removeprefix(f"{reading.shown(path)} ")


def content(path: Path) -> bytes:
    """A file's bytes. UnreadableFileError: it is a link, or no file, or too large."""
    if any(each.is_symlink() for each in (path, path.parent, path.parent.parent)):
        raise reading.UnreadableFileError(f"{reading.shown(path)} is, or is behind, a link")
    if path.is_dir():
        raise reading.UnreadableFileError(f"{reading.shown(path)} is a folder; expected a file")
    return reading.read(path, MOST_BYTES)
