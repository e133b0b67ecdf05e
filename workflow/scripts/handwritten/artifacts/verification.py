"""Is every artifact still what it was when it was made? `make verify` checks all of them.

    python -m handwritten.artifacts.verification [folder]

Steps check what they read, so damage does not spread; but damage in files that no step has read
lately is found only in this way. Prints a line for each fault and what to do about it, and exits
with 1 if there is a fault.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from handwritten.artifacts import run_record, sealed, stable_copies
from handwritten.artifacts.provenance import DamagedArtifactError, read_record, recorded_files
from handwritten.io import fingerprints, printing
from handwritten.io.files import sha256

# The record itself, and what differs from run to run.
UNRECORDED = {"provenance.json", run_record.NAME}
VERSION = re.compile(r"[0-9a-f]{10}")


def artifacts(root: Path) -> list[Path]:
    """The folders of all artifacts under `root`, without those that Snakemake leaves: empty ones,
    and after --delete-all-output such as have only a `run.json`, which is no output of a job."""
    paths = [*root.glob("resources/*/*"), *root.glob("results/*/*/*")]
    folders = [path for path in paths if VERSION.fullmatch(path.name)]
    return sorted(path for path in folders if not path.is_dir() or set(listing(path)))


def listing(folder: Path) -> set[str]:
    """The names of the files in a folder; none where only a `run.json` is left."""
    names = {path.name for path in folder.iterdir()}
    return names if names != {run_record.NAME} else set()


def faults(folder: Path, root: Path) -> Iterator[str]:
    """A line for each thing that is wrong with an artifact."""
    if not folder.is_dir():
        yield f"{folder}: is not a folder" + ", but a link that leads nowhere" * folder.is_symlink()
        return
    try:
        recorded = recorded_files(folder)
        record = read_record(folder)
        made_from, inputs = record["made_from"], dict(record["inputs"])
        yield from faults_of_record(folder, made_from, inputs)
    except (DamagedArtifactError, AttributeError, KeyError, TypeError, ValueError) as problem:
        yield f"{folder}: {problem}"
        return
    present = listing(folder) - UNRECORDED
    for name in sorted(recorded.keys() - present):
        yield f"{folder / name}: is missing"
    for name in sorted(present - recorded.keys()):
        yield f"{folder / name}: was not made here"
    for name in sorted(recorded.keys() & present):
        yield from faults_of_file(folder / name, recorded[name])
    for path, digest in inputs.items():
        if changed(root / path, digest):
            yield f"{folder}: was made from another version of {path}"


def faults_of_record(folder: Path, made_from: dict, inputs: dict) -> Iterator[str]:
    """A line for each thing that is wrong with what an artifact says of itself."""
    if fingerprints.version(made_from) != folder.name:
        yield f"{folder}: its provenance.json has been changed: it describes another version"
    if made_from.get("reads") and not inputs:
        yield f"{folder}: its provenance.json has been changed: it names no inputs"
    run = folder / run_record.NAME
    if run.is_symlink() and not run.exists():
        yield f"{run}: is a link that leads nowhere"
    elif run.exists():  # where it was not kept, nothing is wrong
        try:
            run_record.parse(run)
        except (OSError, sealed.ChangedError) as problem:
            yield f"{folder}: {problem}"


def faults_of_file(path: Path, digest: str) -> Iterator[str]:
    """A line if a file is not what was recorded."""
    try:
        if sha256(path) != digest:
            yield f"{path}: has changed since it was made"
    except OSError as problem:
        reason = "it is a link that leads nowhere" if path.is_symlink() else problem.strerror
        yield f"{path}: cannot be read ({reason})"


def faults_beside(root: Path) -> Iterator[str]:
    """A line for each fault of the copies at stable paths and of the lists of all versions."""
    for folder in sorted(root.glob("results/*")):
        for marker in stable_copies.markers(folder):
            yield from stable_copies.faults(marker, root)
        index = folder / "index.html"
        if (index.exists() or index.is_symlink()) and not sealed.is_unchanged(index):
            yield f"{index}: has changed since it was written"


def changed(path: Path, digest: str) -> bool:
    """Whether an input still exists and is recorded with another SHA-256 than `digest`."""
    try:
        return recorded_files(path.parent).get(path.name, digest) != digest
    except DamagedArtifactError:
        return False  # reported as a fault of that artifact


def main(root: Path) -> int:
    """The exit status: verifies all artifacts under `root` and prints what is wrong."""
    folders = artifacts(root)
    lines: list[str] = []
    for folder in tqdm(folders, desc="verifying", unit=" artifacts", disable=None):
        lines += faults(folder, root)
    lines += faults_beside(root)
    for line in lines:
        print(line)
    if lines:
        count = f"{len(lines)} faults in {len(folders)} artifacts and beside them"
        print(f"{count}: delete what is named above and run make again")
        return 1
    print(f"{len(folders)} artifacts, all unchanged since they were made")
    return 0


if __name__ == "__main__":
    with printing.until_nobody_reads():
        status = main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    sys.exit(status)
