"""One run at a time in one folder.

Two runs at once would make everything twice, and Snakemake removes a job's outputs before it
starts. Snakemake's own lock is a file that a killed run leaves behind, to be removed by hand. This
one is held by the operating system for as long as the process lives, and not a moment longer.
"""

import json
import os
import platform
import time
from pathlib import Path
from typing import TextIO

try:
    import fcntl
except ImportError:  # not on Windows: there two runs may get in each other's way
    fcntl = None


class Busy(RuntimeError):
    """Another run is at work in this folder: which, and what to do."""


HELD: list[TextIO] = []  # an open file is the lock: closing it would give the lock back


def take(path: Path) -> None:
    """Hold the lock until this process ends. Raises Busy where another one does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            raise Busy(busy(file.read())) from None
    file.truncate(0)
    mine = {"process": os.getpid(), "host": platform.node(), "since": time.strftime("%H:%M:%S")}
    file.write(json.dumps(mine))
    file.flush()
    HELD.append(file)


def busy(holder: str) -> str:
    """What to tell whoever comes second; `holder` is what the first has written."""
    try:
        facts = json.loads(holder)
        who = f"process {facts['process']} on {facts['host']}, since {facts['since']}"
    except (ValueError, KeyError, TypeError):  # caught between lock and writing
        who = "a process that has just begun"
    return (
        f"Another run is building in {Path.cwd()}: {who}. Wait for its end and run again: what it "
        "has made by then need not be made again. There is nothing to unlock."
    )
