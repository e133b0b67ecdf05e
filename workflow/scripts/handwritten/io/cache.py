"""What was worked out before, kept in a file so that a run with nothing to do starts quickly.

A result is kept under a key that is a hash of all that it follows from, so the file can be deleted
at any time, and one that is damaged or was written by other code counts for nothing.
"""

import hashlib
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from handwritten.io import files
from handwritten.io.fingerprints import canonical, digest

MOST = 2000  # results that are kept; beyond, those that were not asked for are dropped


class Cache:
    """Results by key, in the file at `path` or, without one, for this process alone.

    `sources` are the source files of the code that works results out.
    """

    def __init__(self, path: Path | None = None, sources: Iterable[Path] = ()):
        self.path, self.asked = path, set[str]()
        sums = [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources]
        self.writer = digest([sums, list(sys.version_info)])
        self.results = self.read()
        self.is_new = False

    def read(self) -> dict:
        """The results in the file, none where it cannot be used."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = files.read_json(self.path) if self.path else {}
            if kept["writer"] == self.writer and kept["sha256"] == digest(kept["results"]):
                return kept["results"]
        return {}

    def get(self, key: str, work_out: Callable):
        """The result of this key, kept or worked out now."""
        if key not in self.results:
            self.results[key], self.is_new = work_out(), True
        self.asked.add(key)
        return self.results[key]

    def save(self) -> None:
        """Write the file where there is something new to keep and the folder can be written."""
        if not (self.path and self.is_new):
            return
        if len(self.results) > MOST:
            self.results = {key: self.results[key] for key in sorted(self.asked)}
        kept = {"writer": self.writer, "sha256": digest(self.results), "results": self.results}
        with suppress(OSError):
            files.replace_file(self.path, canonical(kept))
