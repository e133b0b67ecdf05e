"""Copies of the current versions at stable places, where people and programs look for them.

A marker lies beside them, whose name holds the version that they show. Markers of other versions
go, so that returning to an earlier configuration finds its own marker missing and publishes again.
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
    """Replace every stable file by what `finished` makes of its source, and then the marker.

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
