"""One contestant in a process of its own, which does one thing at a time, and only when asked.

    python worker.py <contestant> <folder of the data>

Orders come as lines of JSON on standard input, each is answered by one line on standard output:
either {"result": …} or {"error": …}. The number of threads is in the environment.
"""

import importlib
import json
import os
import platform
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np

PACKAGES = ("numpy", "torch", "scikit-learn")


class Data(NamedTuple):
    """Images x (n, 784) and labels y (n,), all uint8; the test images are for scoring only."""

    train_x: np.ndarray
    train_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray

    def normalised(self) -> "Data":
        """The same with pixels as float32 from 0 to 1."""
        train_x, test_x = (x / np.float32(255) for x in (self.train_x, self.test_x))
        return self._replace(train_x=train_x, test_x=test_x)


class Worker:
    """The contestant's training under way, and the orders that it understands."""

    def __init__(self, module, data: Data):
        self._module, self._data, self._training = module, data, None

    def begin(self, settings: dict) -> None:
        """Make a new training ready."""
        self._training = None  # the old one goes first
        self._training = self._module.Contestant(settings, self._data)

    def epoch(self) -> float:
        """Seconds of one more epoch."""
        return self._training.epoch()

    def accuracy(self) -> float | None:
        """The share (0 to 1) of test images that the network gets right."""
        return self._training.accuracy()

    def peak_memory(self, settings: dict) -> int | None:
        """Bytes that the process grew by while it trained and scored two epochs.

        Counted from when data and libraries are in memory, up to the greatest amount ever there.
        Linux alone can start that count anew; elsewhere None.
        """
        if not Path("/proc/self/clear_refs").exists():
            return None
        before = resident("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")
        self.begin(settings)
        for _ in range(2):
            self.epoch()
            self.accuracy()
        return resident("VmHWM") - before

    def allocations(self, settings: dict) -> dict:
        """What a training of this library allocates, within its steps and in all."""
        from contestants import watching  # the peers' environment cannot import it

        complete = watching.handwritten.complete(settings | {"epochs": 2})
        return watching.allocations(settings, self._data) | {
            "peak": watching.traced_peak(complete, self._data)
        }

    def profile(self, settings: dict) -> dict[str, float]:
        """Where an epoch of this library goes: seconds in each part of the training loop."""
        from contestants import watching

        return watching.profile(settings, self._data)

    def versions(self) -> dict[str, str]:
        """The versions of Python and of the packages that matter here, where installed."""
        versions = {"python": platform.python_version()}
        for package in PACKAGES:
            with suppress(PackageNotFoundError):
                versions[package] = version(package)
        return versions


def resident(field: str) -> int:
    """Bytes of this process in memory: now (VmRSS) or at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith(f"{field}:"))
    return 1024 * int(kilobytes)


def main(contestant: str, folder: str) -> None:
    """Serve until standard input ends."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints goes where messages go
    data = Data(*(np.load(Path(folder, f"{name}.npy")) for name in Data._fields))
    worker = Worker(importlib.import_module(f"contestants.{contestant}"), data)
    for line in sys.stdin:
        order, arguments = json.loads(line)
        try:
            answer = {"result": getattr(worker, order)(**arguments)}
        except Exception as error:  # whatever it is, it belongs into the record
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
