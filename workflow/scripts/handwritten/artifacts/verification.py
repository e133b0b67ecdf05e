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

from handwritten.artifacts.provenance import DamagedArtifactError, recorded_files
from handwritten.io import fingerprints
from handwritten.io.files import read_json, sha256

UNRECORDED = {"provenance.json", "run.json"}  # the record itself, and what differs from run to run
VERSION = re.compile(r"[0-9a-f]{10}")


def artifacts(root: Path) -> list[Path]:
    """The folders of all artifacts under `root`, without the empty ones that Snakemake leaves."""
    paths = [*root.glob("resources/*/*"), *root.glob("results/*/*/*")]
    folders = [path for path in paths if VERSION.fullmatch(path.name) and path.is_dir()]
    return sorted(folder for folder in folders if any(folder.iterdir()))


def faults(folder: Path, root: Path) -> Iterator[str]:
    """A line for each thing that is wrong with an artifact."""
    try:
        recorded = recorded_files(folder)
        record = read_json(folder / "provenance.json")
        made_from, inputs = record["made_from"], dict(record["inputs"])
    except (DamagedArtifactError, KeyError, TypeError, ValueError) as problem:
        yield f"{folder}: {problem}"
        return
    if fingerprints.version(made_from) != folder.name:
        yield f"{folder}: its provenance.json has been changed: it describes another version"
    present = {path.name for path in folder.iterdir()} - UNRECORDED
    for name in sorted(recorded.keys() - present):
        yield f"{folder / name}: is missing"
    for name in sorted(present - recorded.keys()):
        yield f"{folder / name}: was not made here"
    for name in sorted(recorded.keys() & present):
        if sha256(folder / name) != recorded[name]:
            yield f"{folder / name}: has changed since it was made"
    for path, digest in inputs.items():
        if changed(root / path, digest):
            yield f"{folder}: was made from another version of {path}"


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
    for line in lines:
        print(line)
    if lines:
        count = f"{len(lines)} faults in {len(folders)} artifacts"
        print(f"{count}: delete the folders named above and run make again")
        return 1
    print(f"{len(folders)} artifacts, all unchanged since they were made")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
