"""Worker processes: one a contestant, started with its number of threads, asked one at a time."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cases import PEERS

HERE = Path(__file__).resolve().parent
PEERS_PYTHON = HERE.parent / ".venv-bench" / "bin" / "python"
LIBRARY = str(HERE.parent / "workflow" / "scripts")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")  # PyTorch reads the first


class Failed(RuntimeError):
    """A contestant could not do what it was asked for; the message is its own."""


class Member:
    """One contestant's process."""

    def __init__(self, contestant: str, threads: int, folder: Path):
        python = PEERS_PYTHON if contestant in PEERS else sys.executable
        self._process = subprocess.Popen(
            [python, HERE / "worker.py", contestant, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | dict.fromkeys(THREADS, str(threads)) | {"PYTHONPATH": LIBRARY},
        )

    def ask(self, order: str, **arguments):
        """The answer to an order, waited for. Failed: the contestant's error, or its end."""
        try:
            print(json.dumps([order, arguments]), file=self._process.stdin, flush=True)
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        answer = json.loads(line) if line else {"error": "its process ended; see its output above"}
        if "error" in answer:
            raise Failed(answer["error"])
        return answer["result"]

    def dismiss(self) -> None:
        """End the process and wait until its memory is free."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def crew(contestants, threads: int, folder: Path) -> Iterator[dict[str, Member]]:
    """A member for each of the contestants, all dismissed at the end, come what may."""
    members = {}
    try:
        for contestant in contestants:
            members[contestant] = Member(contestant, threads, folder)
        yield members
    finally:
        for member in members.values():
            member.dismiss()
