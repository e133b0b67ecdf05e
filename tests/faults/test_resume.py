"""A training that is killed goes on from its last epoch, and nobody can tell from the result."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from project import Project

from handwritten.io.files import read_arrays

SETTINGS = {
    "runs": {
        "long": {
            "trainer": "phase2",
            "layer_dims": [784, 32, 10],
            "epochs": 60,
            "optimizer": "adam",
            "learning_rate": 0.001,
            "dropout": 0.1,
            "shift": 1,
            "ema_decay": 0.99,
        }
    },
    "report": ["long"],
    "ablation": {},
}


def kill_after_some_epochs(project: Project) -> None:
    """Start training; kill Snakemake and its jobs outright once a few epochs are done."""
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "long"]
    process = subprocess.Popen(
        command, cwd=project.folder, start_new_session=True, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 120
        while not checkpoints(project):
            assert process.poll() is None, "ended before its first epoch"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def checkpoints(project: Project) -> list:
    return list(project.folder.glob("results/generated/train_phase2/.*.checkpoint.npz"))


@pytest.mark.slow
def test_a_killed_training_goes_on_and_ends_with_the_same_bytes(tmp_path):
    killed, whole = (Project.fresh(tmp_path / name, **SETTINGS) for name in ("killed", "whole"))
    kill_after_some_epochs(killed)
    (checkpoint,) = checkpoints(killed)
    assert "history" in read_arrays(checkpoint)
    said = killed.snakemake("long")
    first_line = next(line for line in said.splitlines() if "goes on after epoch" in line)
    assert 1 <= int(first_line.split()[-1]) < 60
    assert checkpoints(killed) == []
    whole.snakemake("long")
    assert killed.artifacts() == whole.artifacts()
