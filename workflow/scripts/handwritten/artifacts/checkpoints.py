"""How far a long job has come, so that an interrupted one continues instead of starting again."""

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from handwritten.io.files import read_arrays, temporary_path, write_arrays

State = TypeVar("State")


class Checkpoint:
    """How far a long job has come, in a file beside its output folder that outlives its process.

    The file's name holds the version, so it is never read by other code or for other settings.
    `seconds` is the time that earlier processes have spent.
    """

    def __init__(self, output_dir: Path, log: logging.LoggerAdapter):
        self.path, self.log = output_dir.with_name(f".{output_dir.name}.checkpoint.npz"), log
        self.temporary = temporary_path(output_dir, "checkpoint.npz")
        self.started, self.seconds = time.time(), 0.0

    def read(self, parse: Callable[[dict[str, np.ndarray]], State]) -> State | None:
        """The state that `parse` makes of the arrays last written.

        None if there are no arrays, if they cannot be read, or if `parse` raises ValueError.
        """
        try:
            arrays = read_arrays(self.path)
            seconds = float(arrays.pop("seconds"))
            state = parse(arrays)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as problem:
            self.log.warning("starts from scratch: %s cannot be used (%s)", self.path, problem)
            return None
        self.seconds = seconds
        return state

    def write(self, arrays: dict[str, np.ndarray]) -> None:
        """Replace the arrays that were written before, in one move."""
        seconds = self.seconds + time.time() - self.started
        write_arrays(self.temporary, arrays | {"seconds": np.array(seconds)})
        os.replace(self.temporary, self.path)

    def remove(self) -> None:
        """Delete the checkpoint, once the job is done."""
        self.path.unlink(missing_ok=True)
