"""A student's functions as if they were here: each call is made by a process apart (runner.py).

What comes back is data, never code, and is checked. So a student's code can do nothing to the check
but return something, raise something, or end its own process.
"""

import builtins
import json
import os
import pickle
import selectors
import signal
import struct
import subprocess
import sys
import time
from ast import literal_eval
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from inspect import Parameter, Signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from handwritten.exercises.calls import Place, StoppedError
from handwritten.exercises.exercise import Exercise
from handwritten.exercises.runner import LENGTH
from handwritten.exercises.verdicts import UnreadableError

RUNNER = Path(__file__).with_name("runner.py")
PROCESSOR = 1.5  # seconds of the processor for an exercise, of which a right answer takes a tenth
WALL = 10  # seconds until an exercise is ended that only waits, on a busy machine
START = 60  # seconds in which a process has to be there
LARGEST = 64_000_000  # bytes of an answer
NUMBERS = "biufc"  # kinds of arrays
NOT_AN_ANSWER: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
)
NOT_AN_ANSWER += (RecursionError, OverflowError, MemoryError, struct.error)
VARIABLES = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL", "VECLIB")}


class EndedError(Exception):
    """A student's code has ended its process, or has written into its answers."""


class Session:
    """The process of a student's files, which is started when it is needed, and again when it has
    ended. `folder` is a copy of the files that is this session's own."""

    def __init__(self, folder: Path):
        self.folder, self.number = folder.resolve(), 0
        self.process: subprocess.Popen | None = None
        self.tables: dict[str, dict[str, Any]] = {}  # of the functions of imported files
        self.failed: dict[str, Exception | StoppedError] = {}  # by file, why it is not imported
        self.used, self.left, self.ends = 0.0, PROCESSOR, time.monotonic() + WALL

    @contextmanager
    def limit(self) -> Iterator[None]:
        """The time of an exercise begins."""
        self.left, self.ends = PROCESSOR, time.monotonic() + WALL
        yield

    def function(self, folder: Path, exercise: Exercise) -> Callable[..., Any]:
        """A student's function. UnreadableError: it is not there. `folder` is the session's."""
        table = self.imported(exercise.file)
        if exercise.name not in table:
            name = f"{exercise.file}.py has no function {exercise.name} any more."
            raise UnreadableError(name)
        return RemoteFunction(self, exercise.file, exercise.name, table[exercise.name])

    def imported(self, file: str) -> dict[str, Any]:
        """The functions of a file, which is imported once."""
        if file in self.failed:
            raise self.failed[file]
        if self.process is None:
            self.tables.clear()
        if file not in self.tables:
            try:
                answer = self.ask({"file": file})
            except (StoppedError, EndedError) as problem:
                lines = [f"{file}.py cannot be read:", f"Its import {words(problem)}."]
                self.failed[file] = UnreadableError("\n".join(lines))
                raise self.failed[file] from None
            if "unreadable" in answer:
                lines = [f"{file}.py cannot be read:", *map(clean, answer["unreadable"])]
                self.failed[file] = UnreadableError("\n".join(lines))
                raise self.failed[file]
            self.tables[file] = answer["functions"]
        return self.tables[file]

    def call(self, file: str, name: str, arguments: tuple) -> Any:
        """What a function returns. Arguments that it changes are changed."""
        self.imported(file)
        answer = self.ask({"file": file, "call": name, "arguments": arguments})
        print(clean(answer.get("printed", "")), end="")
        if "arguments" in answer:
            with suppress(*NOT_AN_ANSWER, SyntaxError):
                for ours, theirs in zip(arguments, answer["arguments"], strict=True):
                    change(ours, theirs)
        return answer["result"]

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to a request. StoppedError, EndedError, or what the student's code raised."""
        if self.left <= 0:
            raise StoppedError
        self.number += 1
        try:
            self.send(request | {"id": self.number, "seconds": self.left})
            answer = read_answer(self.receive())
            if answer["id"] != self.number:
                raise ValueError("another answer")
        except StoppedError:
            self.close()
            raise
        except NOT_AN_ANSWER:
            self.close()
            raise EndedError("the code has ended its process, as os._exit does") from None
        used = answer["used"]
        self.left -= used - self.used
        self.used = used
        if "error" in answer:
            raise exception(answer["error"])
        return answer

    def send(self, request: dict[str, Any]) -> None:
        """Send a request to the process."""
        process = self.process or self.start()
        assert process.stdin
        data = pickle.dumps(request)
        process.stdin.write(LENGTH.pack(len(data)) + data)
        process.stdin.flush()

    def start(self) -> subprocess.Popen:
        """A new process, ready for requests."""
        packages = [str(Path(np.__file__).parents[1])]
        prefixes = {sys.prefix, sys.base_prefix, sys.exec_prefix, *packages}
        readable = sorted({os.path.realpath(path) for path in prefixes}) + ["/usr/lib", "/lib"]
        start = {"folder": str(self.folder), "packages": packages, "readable": readable}
        command = [sys.executable, "-I", "-S", str(RUNNER)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        pipes |= {"stderr": subprocess.DEVNULL, "cwd": self.folder, "start_new_session": True}
        self.process, self.used = subprocess.Popen(command, env=VARIABLES, **pipes), 0.0
        self.tables.clear()
        self.send(start)
        self.used = read_answer(self.receive(START))["used"]
        return self.process

    def receive(self, seconds: float = 0) -> bytes:
        """An answer's bytes. StoppedError: it takes too long."""
        (length,) = LENGTH.unpack(self.read(LENGTH.size, seconds))
        if length > LARGEST:
            raise ValueError("too long an answer")
        return self.read(length, seconds)

    def read(self, count: int, seconds: float) -> bytes:
        """So many bytes of the process's output."""
        assert self.process and self.process.stdout
        output, found = self.process.stdout.fileno(), b""
        ends = time.monotonic() + seconds if seconds else self.ends
        with selectors.DefaultSelector() as selector:
            selector.register(output, selectors.EVENT_READ)
            while len(found) < count:
                if not selector.select(max(0.0, ends - time.monotonic())):
                    raise StoppedError
                data = os.read(output, count - len(found))
                if not data:
                    raise EOFError
                found += data
        return found

    def close(self) -> None:
        """End the process, and all that it has started."""
        process, self.process = self.process, None
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.communicate()


class RemoteFunction:
    """A student's function, which is called where it is."""

    def __init__(self, session: Session, file: str, name: str, known: dict[str, Any]):
        self.session, self.file, self.name = session, file, name
        self.__code__ = SimpleNamespace(co_firstlineno=int(known["line"]))
        names = known["names"]
        if isinstance(names, list) and all(str(each).isidentifier() for each in names):
            kind = Parameter.POSITIONAL_OR_KEYWORD
            self.__signature__ = Signature([Parameter(each, kind) for each in names])

    def __call__(self, *arguments: Any) -> Any:
        return self.session.call(self.file, self.name, arguments)


def words(problem: BaseException) -> str:
    """How an import ended that gave no functions."""
    return "does not end" if isinstance(problem, StoppedError) else "ends the process"


def clean(text: Any) -> str:
    """A student's text as it can be shown and written to files."""
    text = str(text).encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def read_answer(data: bytes) -> dict[str, Any]:
    """An answer with its arrays. ValueError, KeyError, TypeError: it is none."""
    (length,) = LENGTH.unpack(data[: LENGTH.size])
    start = LENGTH.size + length
    answer = json.loads(data[LENGTH.size : start])
    parts = []
    for size in answer["parts"]:
        parts.append(data[start : start + int(size)])
        start += int(size)
    for key in ("result", "arguments"):
        if key in answer:
            answer[key] = decoded(answer[key], parts)
    answer["used"] = float(answer["used"])
    return answer


def decoded(value: dict[str, Any], parts: list[bytes]) -> Any:
    """A value that runner.py has encoded."""
    ((kind, content), *_) = value.items()
    if kind == "plain":
        return clean(content) if isinstance(content, str) else content
    if kind == "array":
        dtype = np.dtype(str(value["dtype"]))
        if dtype.kind not in NUMBERS:
            raise ValueError("not an array of numbers")
        return np.frombuffer(parts[content], dtype).reshape(value["shape"]).copy()
    if kind == "generator":
        return State(str(content))
    if kind in ("list", "tuple"):
        found = [decoded(each, parts) for each in content]
        return tuple(found) if kind == "tuple" else found
    name = str(value["other"])
    return type(name if name.isidentifier() else "object", (), {})()


class State(str):
    """The state of a random generator, as text."""


def change(ours: Any, theirs: Any) -> None:
    """Change an argument as the student's function has done."""
    if isinstance(ours, np.ndarray) and isinstance(theirs, np.ndarray):
        if ours.shape == theirs.shape:
            ours[...] = theirs
    elif isinstance(ours, np.random.Generator) and isinstance(theirs, State):
        ours.bit_generator.state = literal_eval(theirs)
    elif isinstance(ours, list | tuple) and isinstance(theirs, list | tuple):
        if isinstance(ours, list) and len(ours) != len(theirs):
            ours[:] = theirs
        for one, other in zip(ours, theirs, strict=False):
            change(one, other)


def exception(said: dict[str, Any]) -> BaseException:
    """What the student's code raised, as an exception that knows where."""
    kind, text = str(said["kind"]), clean(said["text"])
    known = getattr(builtins, kind, None)
    if kind == "StoppedError":
        error: BaseException = StoppedError()
    elif isinstance(known, type) and issubclass(known, Exception) and known is not OSError:
        error = Exception.__new__(known, text)
        error.args = (text,)
    else:
        error = type(kind if kind.isidentifier() else "Error", (Exception,), {})(text)
    shapes = said.get("shapes") or {}
    shapes = {clean(name): tuple(map(int, shape)) for name, shape in shapes.items()}
    where = clean(said["function"]), int(said["line"]), clean(said["code"])
    vars(error)["place"] = Place(*where, shapes)
    return error
