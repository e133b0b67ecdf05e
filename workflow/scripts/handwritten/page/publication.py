"""Copies of the current versions at stable places, where people and programs look for them.

Beside them is a marker, whose name has their version. Markers of other versions are removed, so
that after a return to an earlier configuration its marker is missing and it is published again.
"""

from collections.abc import Callable, Iterable
from logging import LoggerAdapter
from pathlib import Path

from handwritten.io import files


def publish(
    copies: dict[str, str],
    sources: Iterable[str],
    marker: Path,
    log: LoggerAdapter,
    finished: Callable[[Path], bytes],
) -> None:
    """Replace every stable file by its source as changed by `finished`, and then the marker.

    `copies` names the source of each stable file, and `sources` are these files, in the same order,
    where they can be read; `marker` is called `<kind>-<version>`.
    """
    for (target, source), path in zip(copies.items(), sources, strict=True):
        files.replace_file(Path(target), finished(Path(path)))
        log.info("%s is now %s", target, source)
    kind = marker.name.rpartition("-")[0]
    for old in marker.parent.glob(f"{kind}-*"):
        old.unlink()
    files.replace_file(marker, files.as_json(copies).encode())
