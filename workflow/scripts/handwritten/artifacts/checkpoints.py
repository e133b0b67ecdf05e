"""How far a long job has come, kept so that an interrupted one goes on instead of starting anew."""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from handwritten.io.files import read_arrays, temporary, write_arrays

State = TypeVar("State")


class Checkpoint:
    """How far a long job has come, in a file beside its place that outlives the job's process.

    Its name holds the version, so it is never taken up by other code or settings. `seconds` is the
    time that earlier processes have spent.
    """

    def __init__(self, place: Path, log: logging.LoggerAdapter):
        self.path, self.log = place.with_name(f".{place.name}.checkpoint.npz"), log
        self.temporary = temporary(place, "checkpoint.npz")
        self.started, self.seconds = time.time(), 0.0

    def read(self, parse: Callable[[dict[str, np.ndarray]], State]) -> State | None:
        """What `parse` makes of the arrays last written; None where there are none, or none that
        can be read or that `parse` accepts: it raises ValueError for those."""
        try:
            arrays = read_arrays(self.path)
            seconds = float(arrays.pop("seconds"))
            state = parse(arrays)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as problem:
            self.log.warning("starts anew: %s cannot be used (%s)", self.path, problem)
            return None
        self.seconds = seconds
        return state

    def write(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace what was written before, in one move."""
        seconds = self.seconds + time.time() - self.started
        write_arrays(self.temporary, arrays | {"seconds": np.array(seconds)})
        os.replace(self.temporary, self.path)

    def remove(self) -> None:
        """The job is done and needs it no more."""
        self.path.unlink(missing_ok=True)
