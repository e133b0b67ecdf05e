"""How long Snakemake takes to plan a sweep, and how much memory, by members and trainings a job.

    python benchmarks/planning.py

Every case is a dry run of `snakemake sweeps` in a process of its own, on generated digits of which
none is drawn: nothing is trained. Prints the table of docs/sweeps.md.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
CASES = [  # members, trainings a job
    *((100, 1), (1_000, 1), (10_000, 1)),
    *((1_000, 10), (10_000, 10), (100_000, 10)),
    *((10_000, 100), (100_000, 100)),
    (100_000, 1),
]
DRAWN = {
    "learning_rate": {"from": 0.01, "to": 1, "scale": "log"},
    "l2": {"from": 1e-6, "to": 1e-2, "scale": "log"},
}


def sweep(members: int, a_job: int) -> dict:
    """A sweep of so many members, each a candidate of its own."""
    sizes = {"candidates": members, "trainings_per_job": a_job, "seeds": [1]}
    return {"extends": "phase2", "method": "random", "settings": DRAWN} | sizes


def planned(folder: Path, members: int, a_job: int) -> tuple[float, float]:
    """Seconds and MB that a dry run takes."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= {"dataset": "generated", "sweep": sweep(members, a_job)}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "snakemake", "sweeps", "--cores", "2", "--dry-run"]
    started = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--quiet", "all"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"planning {members} members failed: {process.stderr.read()}")
    return time.perf_counter() - started, peak(used) / 1e6


def peak(used: resource.struct_rusage) -> int:
    """The most memory that a process had, in bytes."""
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main():
    print("| members | trainings a job | jobs | planning, s | MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for part in ("config", "workflow", "profiles", "envs", "notebooks"):
            shutil.copytree(ROOT / part, folder / part)
        for members, a_job in CASES:
            seconds, size = planned(folder, members, a_job)
            jobs = members // a_job
            row = f"| {members:,} | {a_job} | {jobs:,} | {seconds:.1f} | {size:.0f} |"
            print(row, flush=True)


if __name__ == "__main__":
    main()
