"""A contestant's process: it runs one training, an epoch whenever it is asked for one."""

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache, partial
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # PyTorch reads the first
training: Iterator = iter(())  # of this process


class Data(NamedTuple):
    """Images x (n, pixels) and labels y (n,), all uint8; dev and test are for scoring only."""

    train_x: np.ndarray
    train_y: np.ndarray
    dev_x: np.ndarray
    dev_y: np.ndarray
    test_x: np.ndarray
    test_y: np.ndarray

    def for_peers(self) -> "Data":
        """The same with pixels as float32 from 0 to 1, without those that are black in all training
        images: what this library does by itself."""
        nonzero = np.flatnonzero(self.train_x.any(axis=0))
        images = {name: getattr(self, name) for name in self._fields if name.endswith("_x")}
        return self._replace(
            **{name: x[:, nonzero] / np.float32(255) for name, x in images.items()}
        )


@contextmanager
def workers(names, threads: int) -> Iterator[dict]:
    """For each contestant a function that calls one of this module's functions in its process.

    All processes end with the block. An exception there is raised here; so is the end of a process.
    """
    numbers = dict.fromkeys(THREADS, str(threads))  # read once, when a process starts
    with patch.dict(os.environ, numbers), ExitStack() as stack:
        pools = {
            name: stack.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
            for name in names
        }
        for pool in pools.values():
            pool.submit(int).result()
        yield {name: partial(call, pool) for name, pool in pools.items()}


def call(pool: ProcessPoolExecutor, function, *arguments):
    """What a function returns in the pool's process."""
    return pool.submit(function, *arguments).result()


@cache
def loaded(folder: Path, for_peers: bool) -> Data:
    """The data that `training.save` saved."""
    data = Data(*(np.load(folder / f"{name}.npy") for name in Data._fields))
    return data.for_peers() if for_peers else data


def begin(contestant: str, settings: dict, folder: Path) -> None:
    """Make a new training ready."""
    global training
    training = iter(())  # the old one's memory goes first
    name, _, form = contestant.partition(": ")
    options = {"form": form} if form else {}
    is_peer = name != "handwritten"  # which keeps uint8 in memory
    data = loaded(folder, for_peers=is_peer)
    if is_peer:
        settings = settings | {"layer_dims": [data.train_x.shape[1], *settings["layer_dims"][1:]]}
    training = import_module(f"contestants.{name}").epochs(settings, data, **options)


def epoch() -> tuple[float, float | None, float | None]:
    """Seconds of one more epoch, and the accuracies (0 to 1) on dev and test after it."""
    return next(training)


def peak_memory(contestant: str, settings: dict, folder: Path) -> int | None:
    """Bytes that the process grew by while it trained and scored two epochs.

    Counted from when data and libraries are in memory, up to the greatest amount ever there.
    Linux alone can start that count anew; elsewhere None.
    """
    if not Path("/proc/self/clear_refs").exists():
        return None
    begin(contestant, settings, folder)
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    epoch(), epoch()
    return resident("VmHWM") - before


def resident(field: str) -> int:
    """Bytes of this process in memory: now (VmRSS) or at most (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith(f"{field}:")))
