"""The last good page stays: whatever happens to a publication, a whole page is in its place."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress

import pytest
from project import Project

from handwritten.artifacts import verification
from handwritten.io import files

pytestmark = pytest.mark.promise("page")
PAGES = "results/generated"
STABLE = ("report.html", "summary.json", "confusion_matrix.csv", "index.html")
ALONE = {"start_new_session": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def pages(project: Project) -> dict[str, bytes]:
    """What lies at stable paths."""
    return {name: (project.folder / PAGES / name).read_bytes() for name in STABLE}


def to_be_published(project: Project) -> None:
    """Let the next build publish, and do nothing else."""
    for marker in (project.folder / PAGES).glob("current-*"):
        marker.unlink()


def test_a_disk_that_fills_up_replaces_nothing(tmp_path, monkeypatch):
    targets = [tmp_path / name for name in "abc"]
    for target in targets:
        target.write_text("old")

    def full(path, data, write=files.write_durably):
        if path.name.startswith(".c@"):
            raise OSError(28, "No space left on device")
        write(path, data)

    monkeypatch.setattr(files, "write_durably", full)
    with pytest.raises(OSError, match="No space"):
        files.replace_files(dict.fromkeys(targets, b"new"))
    assert [target.read_text() for target in targets] == ["old"] * 3
    assert sorted(tmp_path.iterdir()) == targets


@pytest.mark.slow
def test_a_publication_that_fails_leaves_the_page_as_it_was(clone):
    before = pages(clone)
    clone.edit(
        "workflow/scripts/publish.py", "    index.write(", "    raise OSError(28, 'full')\n    ("
    )
    clone.edit("workflow/scripts/publish.py", "copies, sources = ", "copies, sources = 1 / 0, ")
    clone.snakemake(status=1)
    assert pages(clone) == before
    assert verification.main(clone.folder) == 0


@pytest.mark.slow
def test_damaged_records_are_named_and_stop_nothing(clone):
    run, *_ = sorted((clone.folder / PAGES).glob("train_phase2/*/run.json"))
    metrics, *_ = sorted((clone.folder / PAGES).glob("evaluate/*/metrics.json"))
    run.write_text("")
    metrics.write_text("")
    to_be_published(clone)
    said = clone.snakemake()
    assert str(run.relative_to(clone.folder)) in said and "Traceback" not in said
    assert f"{metrics.parent.relative_to(clone.folder)} is not in the list of all versions" in said


@pytest.mark.full
def test_there_is_never_a_moment_without_a_page(clone):
    missing, stop = [], threading.Event()

    def look():
        while not stop.is_set():
            missing.extend(name for name in STABLE if not (clone.folder / PAGES / name).exists())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        to_be_published(clone)
        clone.snakemake()
        clone.snakemake("--forcerun", "report")
    finally:
        stop.set()
        watcher.join()
    assert missing == []


@pytest.mark.full
@pytest.mark.parametrize("seed", range(4))
def test_killed_while_it_publishes_or_closes_there_is_a_whole_page(clone, tries, seed):
    """Killed from the time when the job of publishing starts to the very end."""
    to_be_published(clone)
    started = time.monotonic()
    clone.start(**ALONE).wait(120)
    seconds, rng, before = time.monotonic() - started, random.Random(seed), pages(clone)
    for _ in range(tries(0, 10)):
        to_be_published(clone)
        process = clone.start(**ALONE)
        with suppress(subprocess.TimeoutExpired):
            process.wait(rng.uniform(0.4, 1) * seconds)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert pages(clone) == before
        assert verification.main(clone.folder) == 0
    clone.snakemake()
    assert pages(clone) == before and clone.jobs() == {}
    assert not list((clone.folder / PAGES).glob(".*@*"))
