"""Disks that are full, read-only, forbidden or gone, and too little memory: one message, no harm.

The disks are real ones: small file systems in memory, mounted for one run alone in a name space of
its own, which takes nothing but Linux and the right to make one.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import threading
import time

import pytest
from project import AS_A_USER, Project

from handwritten.artifacts import verification

pytestmark = [pytest.mark.promise("disks"), pytest.mark.slow]
COMMAND = [sys.executable, "-m", "snakemake", "--cores", "2"]
SCREEN = 40  # lines
OWN_MOUNTS = ["unshare", "--mount"] + ["--map-root-user"] * (os.getuid() != 0)


def can_mount() -> bool:
    """Whether this machine lets us mount a file system for a process of ours."""
    if not shutil.which("unshare"):
        return False
    command = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not can_mount(), reason="may not mount file systems here")


def failing(project: Project, *command: str, **options) -> str:
    """What a run says that must fail, in a screenful that begins with the first failure."""
    run = subprocess.run(
        [*command, *COMMAND],
        cwd=project.folder,
        text=True,
        timeout=300,
        capture_output=True,
        check=False,
        **options,
    )
    said = run.stdout + run.stderr
    assert run.returncode not in (0, -9), said
    lines = said.splitlines()
    first = next((i for i, line in enumerate(lines) if re.search(r"\w+Error: ", line)), 0)
    assert "Traceback" not in said, said
    assert len(lines[first:]) <= SCREEN, said
    return said


def mounted(project: Project, where: str, options: str) -> list[str]:
    """A command's beginning that mounts an empty file system at `where` for that command."""
    (project.folder / where).mkdir(parents=True, exist_ok=True)
    mount = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
    return [*OWN_MOUNTS, "sh", "-c", mount, where]


def cured(project: Project, expected: dict[str, str]) -> None:
    """Nothing half-made is there, and a plain run ends with what is expected."""
    assert [path for path in project.folder.rglob(".*@*") if ".snakemake" not in path.parts] == []
    assert verification.main(project.folder) == 0
    project.snakemake()
    assert project.artifacts() == expected
    assert verification.main(project.folder) == 0


@needs_mounts
@pytest.mark.parametrize("place", ["results", pytest.param("resources", marks=pytest.mark.full)])
def test_a_full_disk(built, tmp_path, place):
    project = Project.fresh(tmp_path / "project")
    said = failing(project, *mounted(project, place, "size=64k"))
    assert "No space left on device" in said and "The disk is full: free space" in said
    assert f"{place}/generated/" in said
    cured(project, built.artifacts())


@needs_mounts
@pytest.mark.full
@pytest.mark.parametrize("place", ["results", "resources", "logs"])
def test_a_read_only_disk(built, tmp_path, place):
    project = Project.fresh(tmp_path / "project")
    said = failing(project, *mounted(project, place, "ro"))
    assert "Read-only file system" in said and place in said
    cured(project, built.artifacts())


@pytest.mark.full
@pytest.mark.skipif(os.getuid() == 0 and not shutil.which("setpriv"), reason="root may do all")
def test_a_folder_without_permission(built, tmp_path):
    project = Project.fresh(tmp_path / "project")
    (project.folder / "results").mkdir(mode=0o555)
    said = failing(project, *AS_A_USER)
    assert "Permission denied" in said and "results" in said
    (project.folder / "results").chmod(0o755)
    cured(project, built.artifacts())


def test_a_checkout_in_which_nobody_may_write(tmp_path):
    """What runs elsewhere is built: see test_same_bytes."""
    project = Project.fresh(tmp_path / "project").made_read_only()
    said = failing(project, *AS_A_USER)
    assert f"You may not write in {project.folder}, " in said and "--directory" in said


@pytest.mark.full
def test_a_folder_that_vanishes_meanwhile(built, tmp_path):
    project = Project.fresh(tmp_path / "project")
    results = project.folder / "results"
    stop = threading.Event()

    def vanish():
        while not stop.is_set():
            if (results / "generated/train_phase2").exists():
                shutil.rmtree(results, ignore_errors=True)
                return
            time.sleep(0.005)

    thread = threading.Thread(target=vanish)
    thread.start()
    try:
        said = failing(project)
    finally:
        stop.set()
        thread.join()
    assert "run again" in said
    shutil.rmtree(results, ignore_errors=True)
    cured(project, built.artifacts())


@pytest.mark.full
def test_too_little_memory(built, tmp_path):
    project = Project.fresh(tmp_path / "project")
    whole = project.config()
    config = project.config()
    config["runs"]["phase2"] |= {"layer_dims": [784, 100_000, 10]}  # 318 MB a copy of it
    config["report"] = ["phase2"]
    project.write_config(config)
    most = 2**30

    def limited():
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    said = failing(project, preexec_fn=limited)
    assert "Not enough memory" in said and "make CORES=1" in said
    project.write_config(whole)
    cured(project, built.artifacts())
