"""The folder of a step: whole or not there at all, and with a record of what made it.

A step's files are written into a temporary folder beside their place and renamed into it in one
move, `provenance.json` among them. So a folder that has its `provenance.json` is complete, however
many runs were killed before. What differs from run to run (times, host, BLAS) goes to `run.json`,
so that on one kind of processor all the other files are the same bytes whenever they are made.
"""

import csv
import errno
import io
import json
import logging
import os
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np

from handwritten.artifacts.checkpoints import Checkpoint
from handwritten.artifacts.logs import logging_to
from handwritten.io.files import (
    as_json,
    read_json,
    sha256,
    sweep,
    temporary,
    write_arrays,
    write_json,
)

FORMAT = 1  # of provenance.json and of the files it lists


class Artifact:
    """A step's folder while it is being filled. `log(message)` and `warn(message)` go to terminal
    and log file."""

    def __init__(self, folder: Path, log: logging.LoggerAdapter, checkpoint: Checkpoint):
        self.folder, self.checkpoint = folder, checkpoint
        self.measurements: dict[str, float] = {}
        self.log, self.warn = log.info, partial(log.warning, "warning: %s")

    def arrays(self, name: str, **arrays: np.ndarray) -> None:
        """Write named arrays as an uncompressed .npz that needs no pickle to be read."""
        write_arrays(self.folder / name, arrays)

    def table(self, name: str, rows: list[dict]) -> None:
        """Write rows with equal keys as CSV; floats with all their digits."""
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.text(name, text.getvalue())

    def measured(self, **facts: float) -> None:
        """Keep what differs from run to run, such as times, in `run.json`."""
        self.measurements |= facts

    def facts(self, name: str, facts: dict) -> None:
        """Write a dictionary as JSON; ValueError for NaN and infinity, which JSON lacks."""
        self.text(name, as_json(facts))

    def text(self, name: str, text: str) -> None:
        """Write text as UTF-8 with Unix line ends."""
        self.bytes(name, text.encode())

    def bytes(self, name: str, data: bytes) -> None:
        """Write bytes."""
        (self.folder / name).write_bytes(data)


@contextmanager
def making(job) -> Iterator[Artifact]:
    """The artifact of a Snakemake job, installed if the block ends well and gone if it does not.

    `job` is what Snakemake hands to a script; `job.params.recipe` is what its version was computed
    from.
    """
    recipe, place, started = job.params.recipe, Path(job.output[0]).parent, time.time()
    with logging_to(job, f"{recipe['step']} {place.name}") as log:
        log.info("starts")
        log.debug("settings: %s", json.dumps(recipe["settings"], ensure_ascii=False))
        inputs = {lasting(path): input_sha256(Path(path)) for path in job.input}
        place.parent.mkdir(parents=True, exist_ok=True)
        sweep(place)
        folder = temporary(place, "filling")
        folder.mkdir()
        checkpoint = Checkpoint(place, log)
        try:
            artifact = Artifact(folder, log, checkpoint)
            yield artifact
            facts = provenance(recipe, place.name, folder, inputs)
            write_json(folder / "provenance.json", facts)
            facts = circumstances(started, job.threads, checkpoint.seconds)
            write_json(folder / "run.json", facts | {"measured": artifact.measurements})
            install(folder, place)
            checkpoint.remove()
        finally:
            with suppress(OSError):  # again: a process killed while it wrote goes when that is done
                sweep(place)


def provenance(recipe: dict, version: str, folder: Path, inputs: dict[str, str]) -> dict:
    """What made these files and what they are: the same whenever they are made."""
    return {
        "format": FORMAT,
        "version": version,
        "made_from": recipe,
        "inputs": inputs,
        "files": {file.name: sha256(file) for file in sorted(folder.iterdir())},
    }


def lasting(path: str | Path) -> str:
    """An artifact's path from the project's root, also where `path` is that of a copy on this disk
    of what lies with a storage provider."""
    parts = Path(path).parts
    depth = 4 if parts[-4:-3] == ("resources",) else 5  # files there are of no step
    return str(Path(*parts[-depth:]))


class Damaged(ValueError):
    """A file is no longer what the step that made it recorded."""


def input_sha256(path: Path) -> str:
    """A file's SHA-256, measured. Damaged: it is not what the step that made it recorded."""
    folder, measured = path.parent, sha256(path)
    recorded = recorded_files(folder) | {"provenance.json": measured}  # which records the others
    if measured != recorded.get(path.name):
        raise Damaged(
            f"{path} has SHA-256 {measured[:10]}…, but was {str(recorded.get(path.name))[:10]}… "
            f"when it was made: delete the folder {folder} and run again, to make it anew"
        )
    return measured


def recorded_files(folder: Path) -> dict[str, str]:
    """The SHA-256 that each of an artifact's files had when it was made. Damaged: no record."""
    try:
        record = read_json(folder / "provenance.json")
        if record["version"] == folder.name:
            return dict(record["files"])
        problem = f"it is that of version {record['version']}"
    except (OSError, ValueError, KeyError, TypeError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise Damaged(
        f"nothing vouches for the files in {folder}: its provenance.json cannot be used "
        f"({problem}): delete the folder and run again, to make it anew"
    )


def circumstances(started: float, threads: int, earlier: float = 0.0) -> dict:
    """When, where and with which BLAS this run took place; differs from run to run.

    `earlier` are the seconds of interrupted runs that this one went on from.
    """
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(time.time() - started + earlier, 3),
        "threads": threads,
        "host": platform.node(),
        "machine": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "blas": f"{blas['name']} {blas['version']}",
    }


def install(folder: Path, place: Path) -> None:
    """Move a finished folder into its place, over whatever incomplete or older one is there.

    Another process may be doing the same with the same content; whoever comes last stays.
    """
    old = temporary(place, "old")
    while True:
        try:
            os.rename(folder, place)  # succeeds over an empty folder, which Snakemake makes before
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        with suppress(FileNotFoundError):  # gone already: another process moved it
            os.rename(place, old)
            shutil.rmtree(old, ignore_errors=True)
