"""Measure this library's training beside its peers, in one run: `make bench`.

    python benchmarks/training.py [--quick]

Every contestant is a process of its own. They take turns, one epoch each, round by round, in an
order that changes with every round, so that whatever else the machine does disturbs all alike. Only
training is timed. Writes results/benchmarks/training.json, docs/benchmarks.md and .png; with
--quick, one case in few rounds, all into results/benchmarks/quick. Exits with 1 where a contestant
fails or learns something else than the others.
"""

import argparse
import os
import platform
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]

import yaml  # noqa: E402

import mnist  # noqa: E402
import outcome  # noqa: E402
from cases import (  # noqa: E402
    CASES,
    CONTESTANTS,
    LEARNERS,
    QUICK,
    SMALL,
    TARGETS,
    settings_of,
)
from crew import PEERS_PYTHON, Failed, crew  # noqa: E402
from goals import FLOOR_BOUNDS, problems  # noqa: E402
from handwritten.config import configuration  # noqa: E402
from handwritten.data.local_files import find  # noqa: E402
from race import time_to  # noqa: E402
from rounds import measured_cases, say  # noqa: E402

SCHEMA = 1
LOADS = 9
PHASE2 = {"layer_dims": SMALL, "batch": 128, "threads": 1, "optimizer": "momentum"}


def main(arguments: list[str]) -> int:
    """Measure, write, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one case, few rounds, to try it out")
    quick = parser.parse_args(arguments).quick
    if not PEERS_PYTHON.exists():
        sys.exit("PyTorch and scikit-learn are not installed in .venv-bench: use `make bench`")
    record = measured(quick)
    results = ROOT / "results" / "benchmarks" / ("quick" if quick else "")
    outcome.write(record, results, results if quick else ROOT / "docs")
    say("\n" + outcome.text(record))
    return 1 if problems(record) else 0


def measured(quick: bool) -> dict:
    """Everything that is measured, as it stands in training.json."""
    config = configuration.validated(yaml.safe_load((ROOT / "config.yaml").read_text()))
    paths = find(ROOT, config["download"]["sources"], "mnist")
    rounds = 2 if quick else 5
    with tempfile.TemporaryDirectory(prefix="handwritten-bench-") as name:
        folder = Path(name)
        mnist.prepare(paths, folder, config)
        return (
            {"schema": SCHEMA}
            | circumstances(folder)
            | {"lit_inputs": mnist.lit_inputs(folder)}
            | {"rounds": rounds, "cases": measured_cases(QUICK if quick else CASES, rounds, folder)}
            | raced(quick, folder)
            | {"idx_load": idx_load(paths[0])}
            | measured_memory(folder)
            | {"profiles": profiles(folder)}
        )


def circumstances(folder: Path) -> dict:
    """The processor, how many of its cores there are, and the versions each contestant runs."""
    with crew(LEARNERS, 1, folder) as members:
        versions = {name: member.ask("versions") for name, member in members.items()}
    return {"cpu": processor(), "cores": os.cpu_count(), "versions": versions}


def processor() -> str:
    """The processor's name, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def raced(quick: bool, folder: Path) -> dict:
    """Time to each target: seconds as `time_to`, all about them as `time_to_details`."""
    details, threads = {}, min(2, os.cpu_count())
    for percent, target in TARGETS.items():
        if quick and percent != "98":
            continue
        say(f"\ntime to {percent}% test accuracy, {threads} threads; seconds of training")
        seeds = 1 if quick else target["seeds"]
        details[percent] = time_to(int(percent) / 100, target["entries"], seeds, threads, folder)
        details[percent] |= {"threads": threads, "seeds": seeds, "settings": target["entries"]}
    seconds = {percent: detail["seconds"] for percent, detail in details.items()}
    return {"time_to": seconds, "time_to_details": details}


def idx_load(path: Path) -> dict:
    """Median seconds to load the training images, with their spread."""
    say("\nloading the training images, against gzip alone")
    times = mnist.load_times(path, LOADS)
    spread = {name: [min(several), max(several)] for name, several in times.items()}
    return {name: median(several) for name, several in times.items()} | {"spread": spread}


def measured_memory(folder: Path) -> dict:
    """Bytes a training of phase 2's network takes beyond the data; what ours allocates."""
    say("\npeak memory and allocations")
    settings, peaks = settings_of(PHASE2, epochs=2), {}
    for name in CONTESTANTS:
        with crew([name], PHASE2["threads"], folder) as members:
            try:
                peaks[name] = members[name].ask("peak_memory", settings=settings)
            except Failed as failure:
                say(f"  {name}: {failure}")
                peaks[name] = None
    with crew(["handwritten"], PHASE2["threads"], folder) as members:
        allocations = members["handwritten"].ask("allocations", settings=settings)
    return {"peak_memory": peaks, "allocations": allocations}


def profiles(folder: Path) -> list[dict]:
    """Where this library's epoch goes, in every case that has a bound for the floor's share."""
    say("\nwhere an epoch goes")
    found = []
    for threads, batch in FLOOR_BOUNDS:
        case = PHASE2 | {"batch": batch, "threads": threads}
        with crew(["handwritten"], threads, folder) as members:
            seconds = members["handwritten"].ask("profile", settings=settings_of(case, epochs=1))
        found.append(case | {"seconds": seconds})
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
