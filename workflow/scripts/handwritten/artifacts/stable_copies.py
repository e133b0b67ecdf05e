"""Copies of the current versions at stable places, where people and programs look for them.

They are outputs of no job, since Snakemake removes the outputs of a job before it starts and after
it fails: the last good page stays until the next one is in its place. Beside them is a marker,
whose name has their version and which holds their SHA-256. Other markers are removed, so that after
a return to an earlier configuration its marker is missing and it is published again.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from logging import LoggerAdapter
from pathlib import Path

from handwritten.artifacts import sealed
from handwritten.io import files

KINDS = ("current", "notebooks", "mine", "grades")  # how the names of markers begin


def publish(
    copies: Mapping[str, str],
    sources: Iterable[str],
    marker: Path,
    log: LoggerAdapter,
    finished: Callable[[Path], bytes],
) -> None:
    """Replace every stable file by its source as changed by `finished`, and then the marker.

    `copies` names the source of each stable file, and `sources` are these files, in the same order,
    where they can be read; `marker` is called `<kind>-<version>`.
    """
    contents = {
        Path(target): finished(Path(path)) for target, path in zip(copies, sources, strict=True)
    }
    files.replace_files(contents)
    for target, source in copies.items():
        log.info("%s is now %s", target, source)
    kind = marker.name.partition("-")[0]
    for old in marker.parent.glob(f"{kind}-*"):
        old.unlink()
    entries = {
        target: {"source": source, "sha256": files.sha256(Path(target))}
        for target, source in copies.items()
    }
    files.replace_file(marker, sealed.as_text({"copies": entries}).encode())


def are_current(marker: Path, copies: Mapping[str, str]) -> bool:
    """Whether a marker says that these copies were published, and they are what they were then."""
    try:
        entries = sealed.read(marker)["copies"]
    except (OSError, sealed.ChangedError):
        return False
    shown = {target: entry["source"] for target, entry in entries.items()}
    return shown == copies and not list(faults(marker, Path()))


def markers(folder: Path) -> list[Path]:
    """The markers in a data set's results folder."""
    return sorted(path for kind in KINDS for path in folder.glob(f"{kind}-*"))


def faults(marker: Path, root: Path) -> Iterator[str]:
    """A line for each copy that is not what was published, under the project's root."""
    try:
        entries = sealed.read(marker)["copies"]
    except (OSError, sealed.ChangedError) as problem:
        yield f"{marker}: {problem}"
        return
    for target, entry in entries.items():
        try:
            if files.sha256(root / target) != entry["sha256"]:
                yield f"{root / target}: has changed since it was published"
        except OSError as problem:
            yield f"{root / target}: was published and cannot be read ({problem.strerror})"
