"""One run at a time in one folder.

Two runs at once would make everything twice, and each would remove the other's outputs. Snakemake's
own lock is a file that a killed run leaves behind and that has to be removed by hand. This lock is
held by the operating system, exactly as long as the process lives.
"""

import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import TextIO

if sys.platform != "win32":  # Windows has no such lock: two runs may disturb each other there
    import fcntl


class AlreadyRunningError(RuntimeError):
    """Another run is at work in this folder. Says which one, and what to do."""


HELD: list[TextIO] = []  # open files: closing one would release its lock


def take(path: Path) -> None:
    """Hold the lock until this process ends. AlreadyRunningError: another process holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            raise AlreadyRunningError(describe(file.read())) from None
    file.truncate(0)
    mine = {"process": os.getpid(), "host": platform.node(), "since": time.strftime("%H:%M:%S")}
    file.write(json.dumps(mine))
    file.flush()
    HELD.append(file)


def describe(content: str) -> str:
    """The message about the run that holds the lock; `content` is what it wrote into the file."""
    try:
        run = json.loads(content)
        who = f"process {run['process']} on {run['host']}, since {run['since']}"
    except (ValueError, KeyError, TypeError):  # it has the lock, but has written nothing yet
        who = "a process that has just begun"
    return (
        f"Another run is building in {Path.cwd()}: {who}. Wait until it has ended and run again; "
        "what it has made by then will not be made again. There is nothing to unlock."
    )
