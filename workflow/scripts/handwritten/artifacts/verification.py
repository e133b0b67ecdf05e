"""Is every artifact still what it was when it was made? `make verify` measures them all again.

    python -m handwritten.artifacts.verification [folder]

Steps measure what they read, so damage goes no further; but what no step reads any more, or nobody
has asked for lately, is only found by looking. Prints a line for each fault, with what to do about
it, and exits with 1 if there is one.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tqdm import tqdm

from handwritten.artifacts.writing import Damaged, recorded_files
from handwritten.io import fingerprints
from handwritten.io.files import read_json, sha256

UNRECORDED = {"provenance.json", "run.json"}  # the record itself, and what differs from run to run
VERSION = re.compile(r"[0-9a-f]{10}")


def artifacts(root: Path) -> list[Path]:
    """The folders of all artifacts under `root`. An empty one awaits its job, as Snakemake leaves
    it; that is no artifact."""
    places = [*root.glob("resources/*/*"), *root.glob("results/*/*/*")]
    folders = [path for path in places if VERSION.fullmatch(path.name) and path.is_dir()]
    return sorted(folder for folder in folders if any(folder.iterdir()))


def faults(folder: Path, root: Path) -> Iterator[str]:
    """What is wrong with an artifact, in lines that name it."""
    try:
        recorded = recorded_files(folder)
        record = read_json(folder / "provenance.json")
        made_from, inputs = record["made_from"], dict(record["inputs"])
    except (Damaged, KeyError, TypeError, ValueError) as problem:
        yield f"{folder}: {problem}"
        return
    if fingerprints.version(made_from) != folder.name:
        yield f"{folder}: its record has been changed: what it was made from is another version"
    there = {path.name for path in folder.iterdir()} - UNRECORDED
    for name in sorted(recorded.keys() - there):
        yield f"{folder / name}: is missing"
    for name in sorted(there - recorded.keys()):
        yield f"{folder / name}: is not one of the files that were made here"
    for name in sorted(recorded.keys() & there):
        if sha256(folder / name) != recorded[name]:
            yield f"{folder / name}: is not what it was when it was made"
    for path, digest in inputs.items():
        if changed(root / path, digest):
            yield f"{folder}: was made from another {path} than the one that is there"


def changed(path: Path, digest: str) -> bool:
    """Whether an input is still there, is recorded, and recorded as something else."""
    try:
        return recorded_files(path.parent).get(path.name, digest) != digest
    except Damaged:
        return False  # a fault of that artifact, and told there


def main(root: Path) -> int:
    """Verify everything under `root`, print what is wrong; the exit status."""
    folders = artifacts(root)
    found = []
    for folder in tqdm(folders, desc="verifying", unit=" artifacts", disable=None):
        found += faults(folder, root)
    for fault in found:
        print(fault)
    if found:
        count = f"{len(found)} faults in {len(folders)} artifacts"
        print(f"{count}: delete the folders named and run make, to make them anew")
        return 1
    print(f"{len(folders)} artifacts, all as they were when they were made")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
