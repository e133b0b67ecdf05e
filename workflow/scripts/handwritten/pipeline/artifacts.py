"""The one module that writes files: whole or not at all, and with a record of what made them.

A step's files are written into a temporary folder beside their place and renamed into it in one
move, `provenance.json` among them. So a folder that has its `provenance.json` is complete, however
many runs were killed before. What differs from run to run (times, host, BLAS) goes to `run.json`,
so that on one kind of processor all the other files are the same bytes whenever they are made.
"""

import csv
import hashlib
import io
import json
import logging
import os
import platform
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

FORMAT = 1  # of provenance.json and of the files it lists


class Artifact:
    """A step's folder while it is being filled. `log(message)` goes to terminal and log file."""

    def __init__(self, folder: Path, log: logging.LoggerAdapter, checkpoint: "Checkpoint"):
        self.folder, self.log, self.checkpoint = folder, log.info, checkpoint

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

    def facts(self, name: str, facts: dict) -> None:
        """Write a dictionary as JSON; ValueError for NaN and infinity, which JSON lacks."""
        self.text(name, as_json(facts))

    def text(self, name: str, text: str) -> None:
        """Write text as UTF-8 with Unix line ends."""
        self.bytes(name, text.encode())

    def bytes(self, name: str, data: bytes) -> None:
        """Write bytes."""
        (self.folder / name).write_bytes(data)


class Checkpoint:
    """How far a long job has come, in a file beside its place that outlives the job's process.

    Its name holds the version, so it is never taken up by other code or settings. `seconds` is the
    time that earlier processes have spent.
    """

    def __init__(self, place: Path, log: logging.LoggerAdapter):
        self.path, self.log = place.with_name(f".{place.name}.checkpoint.npz"), log
        self.temporary = place.with_name(f"{own_prefix(place)}{os.getpid()}@checkpoint.npz")
        self.started, self.seconds = time.time(), 0.0

    def read(self) -> dict[str, np.ndarray] | None:
        """The arrays last written; None where there are none that can be read."""
        try:
            arrays = read_arrays(self.path)
            self.seconds = float(arrays.pop("seconds"))
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as problem:
            self.log.warning("starts anew: %s cannot be read (%s)", self.path, problem)
            return None
        return arrays

    def write(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace what was written before, in one move."""
        seconds = self.seconds + time.time() - self.started
        write_arrays(self.temporary, arrays | {"seconds": np.array(seconds)})
        os.replace(self.temporary, self.path)

    def remove(self) -> None:
        """The job is done and needs it no more."""
        self.path.unlink(missing_ok=True)


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
        inputs = {str(path): input_sha256(Path(path)) for path in job.input}
        place.parent.mkdir(parents=True, exist_ok=True)
        sweep(place)
        prefix = f"{own_prefix(place)}{os.getpid()}@"
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place.parent))
        checkpoint = Checkpoint(place, log)
        try:
            yield Artifact(folder, log, checkpoint)
            facts = provenance(recipe, place.name, folder, inputs)
            write_json(folder / "provenance.json", facts)
            facts = circumstances(started, job.threads, checkpoint.seconds)
            write_json(folder / "run.json", facts)
            install(folder, place)
            checkpoint.remove()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def logging_to(job, title: str) -> Iterator[logging.LoggerAdapter]:
    """The log of a job, in its file and on the terminal. An error ends the process with status 1:
    the file gets the traceback, the terminal one clear line."""
    started, log = time.time(), open_log(Path(job.log[0]), title)
    try:
        for path in job.input:
            log.debug("reads %s", path)
        yield log
        log.info("done in %.1f s: %s", time.time() - started, Path(job.output[0]).parent)
    except KeyboardInterrupt:
        log.error("interrupted; the next run goes on from what is complete")
        raise SystemExit(130) from None
    except Exception as problem:
        log.debug("failed", exc_info=True)
        log.error("%s: %s", type(problem).__name__, problem)
        raise SystemExit(1) from None
    finally:
        for handler in log.logger.handlers:
            handler.close()


def open_log(path: Path, title: str) -> logging.LoggerAdapter:
    """A log that writes everything to the file and what matters to the terminal as well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    to_file, to_terminal = logging.FileHandler(path, "w", "utf-8"), logging.StreamHandler()
    to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    to_terminal.setFormatter(logging.Formatter(f"[{title}] %(message)s"))
    to_terminal.setLevel(logging.INFO)
    logger = logging.getLogger("handwritten")
    logger.setLevel(logging.DEBUG)
    logger.handlers = [to_file, to_terminal]
    return logging.LoggerAdapter(logger)


def sweep(place: Path) -> None:
    """Remove what killed runs on this machine left beside `place`: temporary folders and
    half-written checkpoints of processes that are gone."""
    mine = own_prefix(place)
    for left in place.parent.iterdir():
        if left.name.startswith(mine):
            process = int(left.name.removeprefix(mine).split("@")[0])
            if is_running(process):
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def own_prefix(place: Path) -> str:
    """How the names of this machine's temporary folders for `place` begin; the process follows."""
    return f".{place.name}@{platform.node()}@"


def is_running(process: int) -> bool:
    """Whether a process of this number exists on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def provenance(recipe: dict, version: str, folder: Path, inputs: dict[str, str]) -> dict:
    """What made these files and what they are: the same whenever they are made."""
    return {
        "format": FORMAT,
        "version": version,
        "made_from": recipe,
        "inputs": inputs,
        "files": {file.name: sha256(file) for file in sorted(folder.iterdir())},
    }


class Damaged(ValueError):
    """A file is no longer what the step that made it recorded."""


def input_sha256(path: Path) -> str:
    """A file's SHA-256, measured. Damaged: where the step that made it recorded another one."""
    measured, recorded = sha256(path), None
    with suppress(OSError, ValueError, KeyError):
        recorded = read_json(path.parent / "provenance.json")["files"][path.name]
    if recorded not in (None, measured):
        raise Damaged(
            f"{path} has SHA-256 {measured[:10]}…, but was {recorded[:10]}… when it was made: "
            f"delete the folder {path.parent} and run again, to make it anew"
        )
    return measured


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
    """Rename a finished folder into its place, over whatever incomplete or older one is there."""
    folder.chmod(0o777 & ~current_umask())  # mkdtemp keeps others out
    try:
        os.rename(folder, place)  # succeeds over an empty folder, which Snakemake makes beforehand
    except OSError:
        prefix = f"{own_prefix(place)}{os.getpid()}@old-"
        old = Path(tempfile.mkdtemp(prefix=prefix, dir=place.parent))
        os.rename(place, old)
        os.rename(folder, place)
        shutil.rmtree(old, ignore_errors=True)


def publish(source: Path, target: Path) -> None:
    """Copy a file to a place where readers may be looking: they see the old one or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    replace_file(target, source.read_bytes())


def replace_file(target: Path, data: bytes) -> None:
    """Write a file's new content beside it and rename it into place."""
    temporary = target.with_name(f".{target.name}-{os.getpid()}")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays as an uncompressed .npz that needs no pickle to be read.

    `numpy.savez` would do, but for a header that differs from one Python release to the next.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for key, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), content.getbuffer())


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_json(facts) -> str:
    """Facts as JSON for people: indented, one line end."""
    return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, facts) -> None:
    """Write facts as JSON."""
    path.write_text(as_json(facts), encoding="utf-8", newline="\n")


def read_json(path: str | Path) -> dict:
    """The facts in a JSON file."""
    return json.loads(read_text(path))


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The named arrays of an .npz; ValueError if it holds anything that would need pickle."""
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def read_table(path: str | Path) -> list[dict[str, float]]:
    """The rows of a CSV of numbers."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def read_text(path: str | Path) -> str:
    """The text of a file in UTF-8."""
    return Path(path).read_text(encoding="utf-8")


def current_umask() -> int:
    """The process's umask, which can only be read by setting it."""
    umask = os.umask(0)
    os.umask(umask)
    return umask
