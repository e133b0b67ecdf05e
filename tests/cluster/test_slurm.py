"""A sweep on a cluster that falls apart: it ends, and with the bytes of a quiet machine."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project
from slurm import Cluster

SWEEP = {
    "extends": "phase2",
    "method": "grid",
    "seeds": [1, 2, 3],
    "trainings_per_job": 1,
    "settings": {
        "learning_rate": [0.02, 0.05, 0.1, 0.2],
        "l2": [0, 0.0001, 0.001, 0.01, 0.1],
        "layer_dims": [[784, 16, 10]],
    },
}
TRAININGS = 60
# For a cluster without accounting and with an impatient user.
IMPATIENT = (
    *("--slurm-status-command", "squeue", "--slurm-no-account"),
    *("--slurm-init-seconds-before-status-checks", "2", "--seconds-between-status-checks", "3"),
    *("--max-status-checks-per-second", "5", "--latency-wait", "10"),
)


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    """The sweep as a single machine makes it."""
    project = Project.fresh(tmp_path_factory.mktemp("local") / "project", sweep=SWEEP)
    project.snakemake("sweeps")
    return project


def trained(project: Project) -> int:
    """How many trainings are done."""
    return len(list(project.folder.glob("results/generated/train_members/*/provenance.json")))


def test_a_sweep_survives_dying_nodes_jobs_and_controllers(local, tmp_path):
    assert trained(local) == TRAININGS
    starved = sorted(local.folder.glob("results/generated/train_members/*"))[TRAININGS // 2].name
    too_little = f"60 if attempt == 1 and wildcards.version == '{starved}' else 1200"
    project = Project.fresh(tmp_path / "project", sweep=SWEEP)
    said = tmp_path / "said.txt"
    with Cluster(tmp_path / "slurm") as cluster, said.open("wb") as output:
        build = subprocess.Popen(
            [sys.executable, "-m", "snakemake", "sweeps", "--profile", "profiles/slurm"]
            + ["--set-resources", f"train_members:mem_mb={too_little}", *IMPATIENT],
            cwd=project.folder,
            env=cluster.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            harm(cluster, project, build)
            # A job that was lost with the controller is missed after five minutes, and two later
            # begun again.
            assert build.wait(timeout=900) == 0, tail(said) + cluster.logs()
        finally:
            build.kill()
            build.wait()
    controller = (cluster.folder / "slurmctld.log").read_text()
    assert "due to failure of node two" in controller
    logs = project.folder.glob(f".snakemake/slurm_logs/rule_train_members/*_{starved}/*.log")
    assert "exceeded memory limit" in "".join(log.read_text() for log in logs)
    assert trained(project) == TRAININGS
    assert project.artifacts() == local.artifacts()
    assert "Nothing to be done" in project.snakemake("sweeps")
    assert json.loads(only(project, "best.json")) == json.loads(only(local, "best.json"))


def harm(cluster: Cluster, project: Project, build: subprocess.Popen) -> None:
    """Kill a node that works, then the controller; the controller comes back, the node does not."""

    def reached(count):
        return lambda: trained(project) >= count or build.poll() is not None

    cluster.wait(reached(8), 240)
    cluster.wait(lambda: "two" in cluster.said("squeue", "-h", "-t", "R", "-o", "%N"), 60)
    cluster.kill("two")
    cluster.wait(reached(25), 240)
    cluster.kill("slurmctld")
    cluster.wait(reached(26), 20)
    cluster.start("slurmctld")


def only(project: Project, name: str) -> str:
    """The text of the only file of this name among the sweep's."""
    (path,) = project.folder.glob(f"results/generated/sweep/*/{name}")
    return path.read_text()


def tail(path: Path) -> str:
    """The end of what was said."""
    return path.read_text()[-6000:]
