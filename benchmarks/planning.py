"""How long Snakemake takes to plan a sweep, and how much memory, by members and trainings per job.

    python benchmarks/planning.py

Every case is a dry run of `snakemake sweeps` in a process of its own, on generated digits that are
never generated: nothing is trained. Prints the table of docs/sweeps.md.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("config", "workflow", "profiles", "envs", "notebooks")
CASES = [  # members, trainings per job
    *((100, 1), (1_000, 1), (10_000, 1)),
    *((1_000, 10), (10_000, 10), (100_000, 10)),
    *((10_000, 100), (100_000, 100)),
    (100_000, 1),
]
SWEEP = {
    "extends": "phase2",
    "method": "random",
    "settings": {
        "learning_rate": {"from": 0.01, "to": 1, "scale": "log"},
        "l2": {"from": 1e-6, "to": 1e-2, "scale": "log"},
    },
    "seeds": [1],
}


def planned(folder: Path, members: int, per_job: int) -> tuple[float, float]:
    """Seconds and MB that a dry run takes on Linux; every member is a candidate of its own."""
    config = yaml.safe_load((ROOT / "config.yaml").read_text()) | {"dataset": "generated"}
    config["sweep"] = SWEEP | {"candidates": members, "trainings_per_job": per_job}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "snakemake", "sweeps", "--cores", "2", "--dry-run"]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--quiet", "all"], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"planning {members} members failed, see above")
    return time.perf_counter() - started, used.ru_maxrss * 1024 / 1e6


def main() -> None:
    """Print a row for each case."""
    print("| members | trainings per job | jobs | planning, s | MB |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in PARTS:
            shutil.copytree(ROOT / part, folder / part)
        for members, per_job in CASES:
            seconds, size = planned(folder, members, per_job)
            jobs = f"{members // per_job:,}"
            print(f"| {members:,} | {per_job} | {jobs} | {seconds:.1f} | {size:.0f} |", flush=True)


if __name__ == "__main__":
    main()
