"""Where a user's own files are, and what to say where they cannot be there."""

import os
import re
from pathlib import Path

from handwritten.io import reading
from handwritten.own_images import imported

ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
ADDRESS = re.compile(r"^[a-z][a-z0-9+.-]+://", re.IGNORECASE)


class UnusableDataError(ValueError):
    """What is wrong with the user's files, where, and what to do; `key` leads to the value under
    `dataset` that is to blame."""

    def __init__(self, problem: str, *key: str | int):
        super().__init__(problem)
        self.key = key


def is_folder(own: dict) -> bool:
    """Whether the images are pictures in folders."""
    return isinstance(own["images"], str)


def place(path: str) -> Path:
    """A path of the configuration, `~` being the user's folder."""
    return Path(os.path.expanduser(path))


def sources(own: dict) -> list[Path]:
    """The files and folders that the configuration names."""
    return list(map(place, imported.paths(own)))


def keys(own: dict) -> list[tuple[str | int, ...]]:
    """Where under `dataset` each of `sources` is named."""
    if is_folder(own):
        return [("images",)]
    return [(key, i) for key in ("images", "labels") for i in range(len(own[key]))]


def require_there(own: dict) -> None:
    """UnusableDataError: what the configuration names is not there, or is of another kind."""
    for key, text, path in zip(keys(own), imported.paths(own), sources(own), strict=True):
        if problem := wrong(text, path, is_folder(own)):
            raise UnusableDataError(f"{reading.shown(text)} {problem}", *key)


def wrong(text: str, path: Path, folder: bool) -> str:
    """Why this cannot be the folder of pictures, or an IDX file; empty where it may be."""
    what = "folder of pictures" if folder else "IDX file"
    if ADDRESS.match(text):
        return f"is an address: download and unpack it first, and name the {what} here"
    if not imported.exists(path):
        return f"cannot be read: No such file or directory{looked_for(text, path)}"
    if folder and path.is_file():
        advice = "expected a folder of pictures by class; of IDX files, two for `images` and two "
        advice += "for `labels` are needed"
        if path.name.lower().endswith(ARCHIVES):
            advice = "unpack it, and name the folder here"
        return f"is a file: {advice}"
    return ""


def looked_for(text: str, path: Path) -> str:
    """Where a file was looked for, if its path does not say that."""
    if text.startswith("~"):
        return f"; it was looked for as {reading.shown(path)}"
    if path.is_absolute():
        return ""
    return (
        f"; it was looked for as {reading.shown(path.absolute())}, as a path that does not begin "
        "with / or ~ begins at the folder where Snakemake runs"
    )
