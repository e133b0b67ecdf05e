"""Measure this library's training beside PyTorch and scikit-learn, in one run: `make bench`.

    python benchmarks/training.py [--quick]

Every contestant is a process of its own in every case. They take turns, one epoch each, round by
round, in an order that changes with every round, and the cases take turns as well, so that whatever
else the machine does disturbs all alike. Only training is timed. Writes docs/benchmarks.md, .json
and .png; with --quick, one case in few rounds, all into results/benchmarks. Exits with 1 where a
contestant fails or its accuracy differs from the others'.
"""

import argparse
import gzip
import os
import platform
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from statistics import mean

import numpy as np
import yaml

import tables
from cases import (
    CASES,
    CONTESTANTS,
    LEARNERS,
    PHASE2,
    TARGETS,
    described,
    in_words,
    settings_of,
)
from goals import problems
from handwritten.data import idx
from handwritten.data.local_files import find
from handwritten.data.preparation import normalise
from handwritten.data.splits import read_splits
from handwritten.randomness import generator
from peak import speed
from worker import begin, epoch, peak_memory, workers

ROOT = Path(__file__).resolve().parents[1]
SCHEMA = 4
THREADS = (1, 2)
LOADS = 9
FLOOR_EPOCHS = 5  # of products alone, after one that warms up
TIME_LIMIT = 120  # seconds of training after which a target counts as not reached
LAST = 3  # epochs whose mean accuracy counts: at a constant learning rate a single one jumps
RACE = ("seconds", "first", "epochs", "test")  # to a target; "first" is the first epoch's seconds
PACKAGES = ("numpy", "torch", "scikit-learn")


def main(arguments: list[str]) -> int:
    """Measure, write, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one case, few rounds, to try it out")
    quick = parser.parse_args(arguments).quick
    if not (find_spec("torch") and find_spec("sklearn")):
        sys.exit("PyTorch and scikit-learn are not installed here: use `make bench`")
    record = measured(quick)
    results = ROOT / "results" / "benchmarks"
    tables.write(record, results if quick else ROOT / "docs")
    say("\n" + tables.summary(record))
    return 1 if problems(record) else 0


def measured(quick: bool) -> dict:
    """Everything that is measured, as benchmarks.json holds it."""
    sources = yaml.safe_load((ROOT / "config.yaml").read_text())["download"]["sources"]
    paths = find(ROOT, sources, "mnist")
    cases = [PHASE2 | {"rounds": 2}] if quick else CASES
    with tempfile.TemporaryDirectory(prefix="handwritten-bench-") as name:
        folder = Path(name)
        splits = read_splits(paths, classes=10, dev_size=5000, rng=generator(1, "split"))
        save(splits, folder)
        return {
            "schema": SCHEMA,
            "cpu": processor(),
            "cores": os.cpu_count(),
            "versions": {"python": platform.python_version()}
            | {package: metadata.version(package) for package in PACKAGES},
            "pixels": int(splits["train"]["x"].any(axis=0).sum()),
            "processor": {str(threads): speed(threads) for threads in THREADS},
            "cases": measured_cases(cases, folder),
            "time_to": times_to(quick, folder),
            "peak_memory": peaks(folder),
            "idx_load": idx_load(paths[0]),
        }


def measured_cases(cases: list[dict], folder: Path) -> list[dict]:
    """All cases, those of one number of threads after those of the other.

    The rounds of one number of threads are spread over the whole time that these cases take: what
    slows the machine for some minutes disturbs a part of each case, and not one case alone.
    """
    records = []
    for threads in sorted({case["threads"] for case in cases}):
        say(f"\n{in_words(threads)}; seconds an epoch")
        with ExitStack() as stack:
            started = [
                Rounds(case, stack.enter_context(workers(CONTESTANTS, threads)), folder)
                for case in cases
                if case["threads"] == threads
            ]
            for rounds, turn in spread(started):
                rounds.play(turn)
        records += [rounds.case | summary(rounds.epochs, rounds.reasons) for rounds in started]
    return records


class Rounds:
    """The rounds of a case: `epochs` has what each contestant's returned, `reasons` why one failed.

    Each contestant's first epoch is not timed: it compiles, allocates and warms up.
    """

    def __init__(self, case: dict, ask: dict, folder: Path):
        self.case, self.ask, self.folder = case, ask, folder
        self.settings = settings_of(case, case["rounds"] + 1)
        self.epochs, self.reasons = {name: [] for name in ask}, {}

    def play(self, turn: int) -> None:
        """One round, counted from 1, in which every contestant trains an epoch; 0 warms up."""
        place = f"round {turn} of {self.case['rounds']}" if turn else "warm-up"
        say(f"  {described(self.case)}, {place}: ", end="")
        for name in shuffled(self.ask, f"{described(self.case)}, round {turn}"):
            if name in self.reasons:
                continue
            try:
                if turn == 0:
                    self.ask[name](begin, name, self.settings, self.folder)
                self.epochs[name].append(self.ask[name](epoch))
                say(f"  {name} {self.epochs[name][-1][0]:.3f}", end="")
            except Exception as failure:  # whatever it is, it belongs in the record
                self.reasons[name] = f"{type(failure).__name__}: {failure}"
        say("")


def spread(several: list[Rounds]) -> list[tuple[Rounds, int]]:
    """In which order the cases play their rounds: each case's are evenly distributed."""
    turns = [(rounds, turn) for rounds in several for turn in range(rounds.case["rounds"] + 1)]
    return sorted(turns, key=lambda each: each[1] / each[0].case["rounds"])


def summary(epochs: dict[str, list], reasons: dict[str, str]) -> dict:
    """The seconds of every round that is timed, and the test accuracy (0 to 1), by contestant.

    None where one failed; `reasons` then says why. The accuracy is the mean after the last epochs.
    """
    figures = {"seconds": {}, "accuracy": {}, "reasons": reasons}
    for name, rows in epochs.items():
        failed = name in reasons
        figures["seconds"][name] = None if failed else [seconds for seconds, _, _ in rows[1:]]
        if name in LEARNERS:
            last = [test for _, _, test in rows[-LAST:]]
            figures["accuracy"][name] = None if failed else mean(last)
    return figures


def times_to(quick: bool, folder: Path) -> dict[str, dict]:
    """For every target what RACE names when dev reaches it, each a list over the seeds by
    contestant: seconds of training, those of the first epoch, epochs, and the test accuracy then.

    None where one seed does not get there, and `reasons` then says why. Under "products" are the
    seconds that the products of an epoch take alone.
    """
    targets, threads = {}, min(2, os.cpu_count())
    for percent, (seeds, entries) in list(TARGETS.items())[: 1 if quick else None]:
        say(f"\ntime to {percent}% on dev, {threads} threads; seconds of training")
        targets[percent] = {"threads": threads, "settings": entries}
        targets[percent] |= {key: {} for key in (*RACE, "reasons")}
        results = {name: [] for name in entries}
        for seed in range(1, 2 if quick else seeds + 1):
            for name in shuffled(entries, f"{percent}%, seed {seed}"):
                settings = entries[name] | {"seed": seed}
                results[name].append(race(name, settings, int(percent) / 100, threads, folder))
                say(f"  seed {seed}  {name}  {results[name][-1]}")
        for name, several in results.items():
            add_races(targets[percent], name, several)
        targets[percent]["products"] = products_alone(entries["handwritten"], threads, folder)
    return targets


def products_alone(settings: dict, threads: int, folder: Path) -> list[float]:
    """Seconds of several epochs of a network's matrix products and nothing else."""
    with workers(["matmul"], threads) as ask:
        ask["matmul"](begin, "matmul", settings, folder)
        return [ask["matmul"](epoch)[0] for _ in range(1 + FLOOR_EPOCHS)][1:]


def race(name: str, settings: dict, target: float, threads: int, folder: Path) -> dict | str:
    """What RACE names, when the accuracy on dev is `target`, or why it was not reached."""
    first, elapsed, number, best = 0.0, 0.0, 0, 0.0
    with workers([name], threads) as ask:
        try:
            ask[name](begin, name, settings, folder)
            while number < settings["epochs"] and elapsed < TIME_LIMIT:
                seconds, dev, test = ask[name](epoch)
                elapsed, number, best = elapsed + seconds, number + 1, max(best, dev)
                first = first or seconds
                if best >= target:
                    return dict(zip(RACE, (elapsed, first, number, test), strict=True))
        except Exception as failure:
            return f"{type(failure).__name__}: {failure}"
    return f"{best:.2%} at best, in {number} epochs and {elapsed:.0f} s"


def add_races(target: dict, name: str, results: list) -> None:
    """Add a contestant's results to those of a target, or why there are none."""
    failures = [result for result in results if isinstance(result, str)]
    for key in RACE:
        target[key][name] = None if failures else [result[key] for result in results]
    if failures:
        target["reasons"][name] = failures[0]


def peaks(folder: Path) -> dict[str, int | None]:
    """Bytes that a training of phase 2's network takes beyond the data, by contestant."""
    say("\npeak memory")
    memory = {}
    for name in CONTESTANTS:
        with workers([name], PHASE2["threads"]) as ask:
            try:
                memory[name] = ask[name](peak_memory, name, settings_of(PHASE2, 2), folder)
            except Exception as failure:
                say(f"  {name}: {failure}")
                memory[name] = None
    return memory


def idx_load(path: Path) -> dict:
    """Seconds to load the training images, ours and gzip's share alone.

    By turns; the time to free the memory of the result is included.
    """
    say("\nloading the training images, against gzip alone")
    loaders = {
        "handwritten": lambda: normalise(idx.read(path)),
        "gzip": lambda: gzip.decompress(path.read_bytes()),
    }
    times = {name: [] for name in loaders}
    for _ in range(LOADS):
        for name, load in loaders.items():
            started = time.perf_counter()
            load()
            times[name].append(time.perf_counter() - started)
    return times


def save(splits: dict[str, dict[str, np.ndarray]], folder: Path) -> None:
    """Save what worker.Data names as .npy files."""
    for split in ("train", "dev", "test"):
        for key, array in splits[split].items():
            np.save(folder / f"{split}_{key}.npy", array)


def processor() -> str:
    """The processor's name, as well as the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def shuffled(names, seed: str) -> list:
    """The names in an order of the seed's own, so that none always follows the same one."""
    return random.Random(seed).sample(list(names), len(names))


def say(text: str, end: str = "\n") -> None:
    """Show progress at once."""
    print(text, end=end, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
