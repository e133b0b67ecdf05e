"""The folder of a step: complete or not there at all, and with a record of what made it.

A step writes its files into a temporary folder beside its output folder. In the end the temporary
folder gets its `provenance.json` and is renamed to the output folder in one move. So a folder that
has a `provenance.json` is complete, however many runs were killed before. What differs from run to
run (times, host, BLAS) goes to `run.json`, so that on one kind of processor all other files have
the same bytes whenever they are made.
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
from typing import Any

import numpy as np

from handwritten.artifacts import run_record, sealed
from handwritten.artifacts.checkpoints import Checkpoint
from handwritten.artifacts.logs import logging_to
from handwritten.artifacts.provenance import input_sha256, project_path, provenance
from handwritten.io.files import (
    as_json,
    remove_stale,
    temporary_path,
    write_arrays,
)


class Artifact:
    """A step's folder while it is being filled. `log(message)` and `warn(message)` write to the
    terminal and to the log file."""

    def __init__(self, folder: Path, log: logging.LoggerAdapter, checkpoint: Checkpoint):
        self.folder, self.checkpoint = folder, checkpoint
        self.measurements: dict[str, Any] = {}
        self.log, self.warn = log.info, partial(log.warning, "warning: %s")

    def arrays(self, name: str, **arrays: np.ndarray) -> None:
        """Write named arrays as an uncompressed .npz that can be read without pickle."""
        write_arrays(self.folder / name, arrays)

    def table(self, name: str, rows: list[dict]) -> None:
        """Write rows with equal keys as CSV; floats with all their digits."""
        text = io.StringIO()
        writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        self.text(name, text.getvalue())

    def measured(self, **measurements: Any) -> None:
        """Keep what differs from run to run, such as times, in `run.json`."""
        self.measurements |= measurements

    def json(self, name: str, value: dict) -> None:
        """Write a dictionary as JSON. ValueError: it holds NaN or infinity, which JSON lacks."""
        self.text(name, as_json(value))

    def text(self, name: str, text: str) -> None:
        """Write text as UTF-8 with Unix line ends."""
        self.bytes(name, text.encode())

    def bytes(self, name: str, data: bytes) -> None:
        """Write bytes."""
        (self.folder / name).write_bytes(data)


@contextmanager
def open_artifact(job) -> Iterator[Artifact]:
    """The artifact of a Snakemake job: installed if the block ends well, and gone if it does not.

    `job` is the `snakemake` object of a script; `job.params.recipe` is what the artifact's version
    was computed from.
    """
    recipe, output_dir, started = job.params.recipe, Path(job.output[0]).parent, time.time()
    with logging_to(job, f"{recipe['step']} {output_dir.name}") as log:
        log.info("starts")
        log.debug("settings: %s", json.dumps(recipe["settings"], ensure_ascii=False))
        inputs = {project_path(path): input_sha256(Path(path)) for path in read_by(job)}
        output_dir.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(output_dir)
        folder = temporary_path(output_dir, "filling")
        folder.mkdir()
        checkpoint = Checkpoint(output_dir, log)
        try:
            artifact = Artifact(folder, log, checkpoint)
            yield artifact
            record = provenance(recipe, output_dir.name, folder, inputs)
            artifact.text("provenance.json", sealed.as_text(record))
            run = timings(started, job.threads, checkpoint.seconds)
            run["measured"] = artifact.measurements
            artifact.text(run_record.NAME, sealed.as_text(run))
            install(folder, output_dir)
            checkpoint.remove()
        finally:
            with suppress(OSError):  # again: another process may have been killed in the meantime
                remove_stale(output_dir)


def read_by(job) -> list[str]:
    """The paths that a job reads: its inputs, without those that it only waits for."""
    waits_for = set(getattr(job.input, "waits_for", ()))
    return [path for path in job.input if path not in waits_for]


def timings(started: float, threads: int, earlier: float = 0.0) -> dict:
    """When, where and with which BLAS this run took place; differs from run to run.

    `earlier` is how many seconds the interrupted runs took that this one continues.
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


def install(folder: Path, output_dir: Path) -> None:
    """Rename a finished folder to `output_dir`, replacing an incomplete or older one.

    If another process does the same at the same time, with the same content, the last one stays.
    """
    old = temporary_path(output_dir, "old")
    while True:
        try:
            os.rename(folder, output_dir)  # replaces the empty folder that Snakemake makes
            break
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        with suppress(FileNotFoundError):  # gone already: another process moved it
            os.rename(output_dir, old)
            shutil.rmtree(old, ignore_errors=True)
