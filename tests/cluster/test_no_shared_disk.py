"""Machines that share no disk, only a store: the same bytes as on one machine.

Every job begins in an empty folder of its own, with nothing but what its command says. The store is
a folder that Snakemake's storage plugin `fs` copies from and to.
"""

import os
import subprocess
import sys
from pathlib import Path

from project import Project

SWEEP = {
    "extends": "phase2",
    "method": "halving",
    "candidates": 4,
    "rounds": 2,
    "keep": 2,
    "seeds": [1],
    "trainings_per_job": 2,
    "settings": {"learning_rate": {"from": 0.02, "to": 0.5, "scale": "log"}},
}
SUBMIT = """#!/bin/sh
job=$(mktemp -d {nodes}/XXXXXX)
mkdir $job/empty
cp "$1" $job/job.sh
(cd $job/empty; HOME=$job sh ../job.sh > ../said.txt 2>&1; echo $? > ../status) \
    < /dev/null > /dev/null 2>&1 &
basename $job
"""
STATUS = """#!/bin/sh
case $(cat {nodes}/$1/status 2> /dev/null || echo running) in
running) echo running ;;
0) echo success ;;
*) echo failed ;;
esac
"""


def test_jobs_in_empty_folders_make_the_same_through_a_store(tmp_path):
    local = Project.fresh(tmp_path / "local", sweep=SWEEP)
    local.snakemake("all", "sweeps")
    project = Project.fresh(tmp_path / "project", sweep=SWEEP)
    committed(project.folder)
    store, nodes = tmp_path / "store", tmp_path / "nodes"
    nodes.mkdir()
    said = built(project, store, nodes)
    assert "The page: results/generated/report.html" in said
    in_store, here = Project(store).artifacts(), project.artifacts()
    assert in_store | here == local.artifacts()
    stable = {"report.html", "summary.json", "confusion_matrix.csv"}
    assert {Path(path).name for path in here if "/current-" not in path} == stable
    assert len(list(nodes.iterdir())) == len(list(store.glob("r*/**/provenance.json")))
    assert "Nothing to be done" in built(project, store, nodes)


def committed(folder: Path) -> None:
    """Let git know the project: what git knows goes to the jobs."""
    for command in (
        ["init", "--quiet"],
        ["add", "."],
        ["-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "-qm", "as it is"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


def built(project: Project, store: Path, nodes: Path) -> str:
    """What Snakemake says of page and sweep, made by jobs in `nodes` through the store."""
    scripts = []
    for name, text in (("submit", SUBMIT), ("status", STATUS)):
        scripts.append(nodes.parent / name)
        scripts[-1].write_text(text.format(nodes=nodes))
        scripts[-1].chmod(0o755)
    submit, status = map(str, scripts)
    run = subprocess.run(
        [sys.executable, "-m", "snakemake", "all", "sweeps", "--profile", "profiles/storage"]
        + ["--default-storage-provider", "fs", "--default-storage-prefix", str(store)]
        + ["--executor", "cluster-generic", "--cluster-generic-submit-cmd", submit]
        + ["--cluster-generic-status-cmd", status, "--seconds-between-status-checks", "1"]
        + ["--jobs", "3", "--retries", "0"],
        cwd=project.folder,
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    failed = [path.parent for path in nodes.glob("*/status") if path.read_text() != "0\n"]
    logs = "".join((job / "said.txt").read_text()[-3000:] for job in failed)
    assert run.returncode == 0, run.stdout + run.stderr + logs
    return run.stdout + run.stderr
