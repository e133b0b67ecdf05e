"""Killed at any moment, the next run finishes, and nobody can tell from the result."""

import os
import random
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import server as web
from project import ROOT, Project

from handwritten.artifacts import verification
from handwritten.data.datasets import FILE_NAMES
from handwritten.data.idx import decode
from handwritten.io.files import sha256

pytestmark = pytest.mark.promise("kills")
# In a session of its own, which can be killed without harm to the tests.
ALONE = {"start_new_session": True, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
SHARED = ROOT.parent / "shared" / "mnist"
RUNS = {
    "phase1": {"trainer": "phase1", "steps": 40},
    "phase2": {"trainer": "phase2", "layer_dims": [784, 32, 10], "epochs": 30, "shift": 1},
}


def downloading(project: Project, source: Path, address: str) -> None:
    """Turn a project's MNIST into the few digits in `source`, to be had at `address` alone."""
    files = [
        (name, (source / name).stat().st_size, len(decode((source / name).read_bytes(), name)))
        for name in FILE_NAMES
    ]
    digests = [sha256(source / name) for name, _, _ in files]
    entries = [
        f"File({name!r}, {size}, {784 * count + 16}, {digest!r}, None)"
        for (name, size, count), digest in zip(files, digests, strict=True)
    ]
    path = project.folder / "workflow/scripts/handwritten/data/datasets.py"
    small = f"DataSet('mnist', 'MNIST', 'few', DIGITS, ({', '.join(entries)}))"
    path.write_text(f"{path.read_text()}\nDATA_SETS['mnist'] = {small}\n")
    config = project.config()
    config |= {"dataset": "mnist", "download": {"sources": [address], "if_unreachable": "fail"}}
    project.write_config(config)


def jobs(process: subprocess.Popen) -> list[psutil.Process]:
    """The jobs that a run has under way."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if any(".snakemake/scripts/" in part for part in child.cmdline()):
                    found.append(child)
    return found


def killed(process: subprocess.Popen, whom: str) -> list[psutil.Process]:
    """Kill the run outright: all of it, one job, or its head alone; orphans that go on."""
    under_way = jobs(process)
    if whom == "a job" and under_way:
        for child in under_way[:1]:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        process.wait(timeout=120)
        return []
    if whom == "the head":
        process.kill()
        process.wait()
        return under_way
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return []


def attempt(project: Project, moment: float, whom: str, expected: dict[str, str]) -> None:
    """Kill a run at a moment; the next one must end well, with what is expected."""
    process = project.start(**ALONE)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=moment)
    orphans = killed(process, whom) if process.poll() is None else []
    said = project.snakemake()
    psutil.wait_procs(orphans, timeout=120)
    what = f"{whom} killed after {moment:.2f} s"
    assert project.artifacts() == expected, f"{what}\n{said}"
    assert verification.main(project.folder) == 0, what
    assert project.jobs() == {}, what
    if not orphans:
        left = [path for path in project.folder.rglob(".*@*") if path.parent.name != "log"]
        assert left == [], what


def all_survive(fresh, count: int, seed: int, at_once: int) -> None:
    """Kill `count` runs of projects that `fresh(name)` makes, at moments spread over a run."""
    whole = fresh("whole")
    started = time.monotonic()
    whole.snakemake()
    seconds, expected = time.monotonic() - started, whole.artifacts()
    rng = random.Random(seed)
    plan = [
        (rng.uniform(1.5, seconds * at_once), ("the group", "the head", "a job")[i % 3])
        for i in range(count)
    ]
    with ThreadPoolExecutor(at_once) as pool:
        tried = [
            pool.submit(attempt, fresh(f"try{i}"), moment, whom, expected)
            for i, (moment, whom) in enumerate(plan)
        ]
        for each in tried:
            each.result()


# In groups, so that they can be tried one at a time.
@pytest.mark.full
@pytest.mark.parametrize("seed", range(12))
def test_killed_at_any_moment_the_next_run_ends_with_the_same_bytes(
    tmp_path, tries, monkeypatch, seed
):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    few = {"dev_size": 100, "generated": {"train": 500, "test": 100}, "runs": RUNS, "ablation": {}}
    origin = Project.fresh(tmp_path / "origin", **few)
    origin.run("--cores", "2", "--until", "generate_digits")
    (source,) = (origin.folder / "resources/generated").iterdir()
    with web.running() as server:
        for name in FILE_NAMES:
            content = (source / name).read_bytes()
            server.behaviours[f"/{name}"] = web.trickle(content, len(content) // 10 + 1, 0.05)

        def fresh(name):
            project = Project.fresh(tmp_path / name, **few)
            downloading(project, source, server.url + "/")
            return project

        all_survive(fresh, tries(0, 5), seed, at_once=3)


@pytest.mark.full
@pytest.mark.skipif(not SHARED.is_dir(), reason="the real files are not on this machine")
def test_killed_on_mnist_itself(tmp_path, tries):
    runs = {"phase1": RUNS["phase1"], "phase2": {"trainer": "phase2", "epochs": 4}}
    sources = {"sources": [str(SHARED)], "if_unreachable": "fail"}

    def fresh(name):
        settings = {"dataset": "mnist", "dev_size": 5000, "download": sources, "ablation": {}}
        return Project.fresh(tmp_path / name, runs=runs, **settings)

    all_survive(fresh, tries(0, 3), seed=12, at_once=2)
