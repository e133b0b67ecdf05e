"""Two runs in one checkout: nothing is damaged, and whoever has to wait is told for whom."""

import re
import subprocess
import sys
import time

import pytest
from project import ROOT, Project

from handwritten.artifacts import lock, verification

pytestmark = [pytest.mark.promise("two at once"), pytest.mark.slow]
BUSY = re.compile(r"Another run is building in .*: process (\d+) on \S+, since [\d:]+")


@pytest.mark.full
@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.8, 1.3, 2.1, 3.0, 4.2, 5.6])
def test_two_runs_at_once_end_well_or_say_who_is_running(built, tmp_path, seconds):
    project = Project.fresh(tmp_path / "project")
    first = project.start()
    time.sleep(seconds)
    second = project.start()
    said = {process: process.communicate(timeout=300)[0] for process in (first, second)}
    assert 0 in (first.returncode, second.returncode), said
    for process, other in ((first, second), (second, first)):
        if process.returncode:
            told = BUSY.search(said[process])
            assert told and int(told[1]) == other.pid, said[process]
    project.snakemake()
    assert project.artifacts() == built.artifacts()
    assert verification.main(project.folder) == 0


@pytest.mark.full
def test_while_one_is_building_others_may_look(built, tmp_path):
    project = Project.fresh(tmp_path / "project")
    first = project.start()
    while not (project.folder / ".snakemake/handwritten.lock").exists():
        time.sleep(0.05)
        assert first.poll() is None
    assert project.jobs()["report"] == 1
    first.communicate(timeout=300)
    assert first.returncode == 0


def test_a_killed_run_holds_no_lock(tmp_path):
    place = tmp_path / "a.lock"
    take = "import sys, time; from pathlib import Path; from handwritten.artifacts import lock; "
    take += "lock.take(Path(sys.argv[1])); print('mine', flush=True); time.sleep(60)"
    holder = subprocess.Popen(
        [sys.executable, "-c", take, place],
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout.readline() == b"mine\n"
        with pytest.raises(lock.AlreadyRunningError, match=f"process {holder.pid} "):
            lock.take(place)
        holder.kill()
        holder.wait()
    lock.take(place)
    lock.HELD.pop().close()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_lock_that_says_nothing_of_its_holder_is_still_one(content):
    assert "a process that has just begun" in lock.describe(content)


def test_two_installations_at_once_are_one_after_the_other(tmp_path):
    (tmp_path / "none.txt").write_text("# nothing to install\n")
    command = [sys.executable, str(ROOT / "requirements/install.py"), "venv", "none.txt"]
    project = Project(tmp_path)
    both = [project.start(*command) for _ in range(2)]
    said = [process.communicate(timeout=300)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert sum("waiting for it" in text for text in said) <= 1
    assert (tmp_path / "venv" / "none.installed").exists()


@pytest.mark.full
@pytest.mark.parametrize("config", [True, False])
def test_an_environment_that_was_left_half_made_is_made_again(tmp_path, config):
    (tmp_path / "none.txt").write_text("# nothing to install\n")
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    if not config:
        (tmp_path / "venv" / "pyvenv.cfg").unlink()
    command = [sys.executable, str(ROOT / "requirements/install.py"), "venv", "none.txt"]
    process = Project(tmp_path).start(*command)
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 0, said
    subprocess.run([python, "-m", "pip", "--version"], check=True, capture_output=True)


def test_packages_that_cannot_be_installed_are_said_and_not_marked_as_installed(tmp_path):
    (tmp_path / "bad.txt").write_text("no such package!\n")
    command = [sys.executable, str(ROOT / "requirements/install.py"), "venv", "bad.txt"]
    process = Project(tmp_path).start(*command)
    said = process.communicate(timeout=300)[0]
    assert process.returncode == 1
    assert "bad.txt could not be installed" in said and "Traceback" not in said
    assert not (tmp_path / "venv" / "bad.installed").exists()
