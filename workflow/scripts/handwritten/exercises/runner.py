"""Runs a student's functions for a check that is in another process.

    python -I -S runner.py

The check sends calls, and is sent what they returned. What is right, and who decides about it, is
not in this process: a student's code can change only what its own functions return. Before it runs,
the process gives up writing any file, reading others than Python's own and the student's, starting
programs, and the network. This file imports nothing of the project, which that code cannot read.
"""

import ctypes
import io
import json
import os
import pickle
import resource
import signal
import struct
import sys
import traceback
import types
import warnings
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any, BinaryIO

LENGTH = struct.Struct("<Q")  # before each message
MEMORY = 2 << 30  # bytes
PRINTED, TEXT, LINES = 2000, 500, 20  # what is sent of prints, and of messages
DEPTH, NUMBERS = 6, 2_000_000  # of a result
PLAIN = "biufc"  # kinds of numbers, as NumPy calls them


class StoppedError(BaseException):
    """The time of a call is over. Not an Exception, so that `except Exception` lets it by."""


class Prints(io.StringIO):
    """Keeps the beginning of what is printed, however much it is."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED - self.tell())])
        return len(text)


class Encoder:
    """Turns results into JSON and bytes, so that who reads them runs no code."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.left = NUMBERS

    def encode(self, value: Any, depth: int = 0) -> Any:
        """A value as JSON; arrays are in `parts`. ValueError: there is too much of it."""
        import numpy as np

        self.left -= 1
        if self.left < 0 or depth > DEPTH:
            raise ValueError("the result is too large, or too deeply nested")
        if value is None or isinstance(value, bool | int | float):
            return {"plain": value if not isinstance(value, int) or abs(value) < 2**63 else 0.0}
        if isinstance(value, str):
            return {"plain": value[:TEXT]}
        if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in PLAIN:
            return self.array(np.asarray(value))
        if isinstance(value, np.random.Generator):
            return {"generator": repr(value.bit_generator.state)}
        if isinstance(value, list | tuple | types.GeneratorType | map | zip):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self.encode(each, depth + 1) for each in value]}
        return {"other": type(value).__name__[:60]}

    def array(self, array: Any) -> Any:
        """An array of numbers, in one of the usual sizes."""
        self.left -= array.size
        if self.left < 0:
            raise ValueError("the result is too large")
        if array.dtype.itemsize > 8 and array.dtype.kind != "c":
            array = array.astype(float)
        array = array.astype(array.dtype.newbyteorder("<"))
        self.parts.append(array.tobytes())
        return {"array": len(self.parts) - 1, "dtype": array.dtype.str, "shape": array.shape}


def message(content: dict[str, Any], parts: list[bytes]) -> bytes:
    """A message: the length of its JSON, this, and the arrays' bytes."""
    text = json.dumps(content | {"parts": [len(part) for part in parts]}).encode()
    body = LENGTH.pack(len(text)) + text + b"".join(parts)
    return LENGTH.pack(len(body)) + body


def encoded(value: Any) -> tuple[Any, list[bytes]]:
    """A value as JSON, and its arrays."""
    encoder = Encoder()
    return encoder.encode(value), encoder.parts


def last_frame(trace: types.TracebackType | None, folder: Path) -> Any:
    """The innermost part of a traceback that is in the student's folder."""
    last = None
    while trace is not None:
        if Path(trace.tb_frame.f_code.co_filename).parent == folder:
            last = trace
        trace = trace.tb_next
    return last


def described(error: BaseException, folder: Path) -> dict[str, Any]:
    """An exception, and the student's line that raised it."""
    import numpy as np

    kind, text = type(error).__name__, str(error)[:TEXT]
    found: dict[str, Any] = {"kind": kind, "text": text, "function": "", "line": 0, "code": ""}
    at = last_frame(error.__traceback__, folder)
    if at is not None:
        found["function"], found["line"] = at.tb_frame.f_code.co_name, at.tb_lineno
        found["code"] = (traceback.extract_tb(at, limit=1)[0].line or "").strip()[:TEXT]
        local = at.tb_frame.f_locals.items()
        found["shapes"] = {k: list(v.shape) for k, v in local if isinstance(v, np.ndarray)}
    return found


class Runner:
    """Answers requests, one after the other."""

    def __init__(self, folder: Path, answers: BinaryIO):
        self.folder, self.answers = folder, answers
        self.modules: dict[str, types.ModuleType] = {}

    def answer(self, request: dict[str, Any]) -> None:
        """Do what a request asks, and send what came of it."""
        prints, parts = Prints(), list[bytes]()
        content: dict[str, Any] = {"id": request["id"]}
        try:
            with redirect_stdout(prints), redirect_stderr(prints), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                signal.setitimer(signal.ITIMER_PROF, request["seconds"])
                found, parts = self.do(request)
                content |= found
        except BaseException as error:
            signal.setitimer(signal.ITIMER_PROF, 0)
            content["error"] = described(error, self.folder)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        self.send(content | {"printed": prints.getvalue()}, parts)

    def send(self, content: dict[str, Any], parts: list[bytes]) -> None:
        """Send an answer, and how much of the processor's time was used so far."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        content["used"] = used.ru_utime + used.ru_stime
        self.answers.write(message(content, parts))
        self.answers.flush()

    def do(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
        """Import a file, or call one of its functions."""
        if "call" not in request:
            return self.imported(request["file"]), []
        function = getattr(self.modules[request["file"]], request["call"])
        arguments = request["arguments"]
        before = encoded(arguments)
        result = function(*arguments)
        encoder = Encoder()
        found = {"result": encoder.encode(result)}
        if encoded(arguments) != before:
            found["arguments"] = encoder.encode(arguments)
        return found, encoder.parts

    def imported(self, file: str) -> dict[str, Any]:
        """The functions of a file: name, line, and parameters. Or why it cannot be imported."""
        try:
            if file == "phase1":
                import phase1 as module
            else:
                import phase2 as module
        except (Exception, SystemExit) as problem:
            return {"unreadable": self.why(problem)}
        self.modules[file] = module
        functions = {}
        for name, each in list(vars(module).items()):
            if callable(each) and not isinstance(each, type):
                code = getattr(each, "__code__", None)
                count = code.co_argcount if code else 0
                names = list(code.co_varnames[:count]) if code else None
                functions[name] = {"line": code.co_firstlineno if code else 0, "names": names}
        return {"functions": functions}

    def why(self, problem: BaseException) -> list[str]:
        """The exception, and the student's lines on its way."""
        lines = [line.rstrip() for line in traceback.format_exception_only(problem)]
        frames = traceback.extract_tb(problem.__traceback__)
        own = [frame for frame in frames if Path(frame.filename).parent == self.folder]
        lines += [f"line {each.lineno} of {Path(each.filename).name}: {each.line}" for each in own]
        return [line[:TEXT] for line in lines[:LINES]]


# What the process gives up. First by the system, where it is Linux from 5.13 on (Landlock):
CREATE, ADD, RESTRICT, NO_NEW_PRIVILEGES = 444, 445, 446, 38
READ = 1 << 2 | 1 << 3  # files, and folders
RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}  # how many rights on files there are from a version on
NETWORK, SCOPES = 0b11, 0b11  # binding and connecting; sockets and signals of other processes


def restrict_by_the_system(readable: list[str]) -> bool:
    """Let the system refuse everything but reading in these folders. False: it cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE, None, 0, 1) if sys.platform == "linux" else -1
    if version < 1:
        return False
    rights = (1 << max(count for least, count in RIGHTS.items() if version >= least)) - 1
    fields = [rights, *[NETWORK] * (version >= 4), *[SCOPES] * (version >= 6)]
    attributes = struct.pack(f"={len(fields)}Q", *fields)
    ruleset = libc.syscall(CREATE, attributes, len(attributes), 0)
    for path in readable:
        if os.path.isdir(path):
            descriptor = os.open(path, os.O_PATH)
            rule = struct.pack("=Qi", READ, descriptor)
            libc.syscall(ADD, ruleset, 1, rule, 0)
            os.close(descriptor)
    libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    restricted = libc.syscall(RESTRICT, ruleset, 0) == 0
    os.close(ruleset)
    return restricted


# Then by Python itself, on every system.
REFUSED: tuple[str, ...] = (
    "os.",
    "shutil.",
    "socket.",
    "subprocess.",
    "ctypes.",
    "fcntl.",
    "resource.",
    "pty.",
)
REFUSED += ("sqlite3.", "mmap.", "signal.", "syslog.", "webbrowser.", "code.__new__", "sys.set")
LISTING = ("os.listdir", "os.scandir")
HARMLESS = ("os.putenv", "os.unsetenv", "sys.setswitchinterval")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def restrict_by_python(readable: list[str]) -> None:
    """Let Python refuse the same, with an error that says so."""
    roots = tuple(os.path.join(os.path.realpath(path), "") for path in readable)
    realpath, join, fsdecode = os.path.realpath, os.path.join, os.fsdecode

    def allowed(path: Any) -> bool:
        return not isinstance(path, int) and join(realpath(fsdecode(path)), "").startswith(roots)

    def hook(event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & WRITING or not allowed(path):
                raise PermissionError("a submission may read and write no files")
        elif event in LISTING:
            if not allowed(arguments[0] if arguments[0] is not None else "."):
                raise PermissionError("a submission may list no folders")
        elif event.startswith(REFUSED) and event not in HARMLESS:
            raise PermissionError(f"a submission may not use {event}")

    sys.addaudithook(hook)


def restrict(readable: list[str]) -> None:
    """Give up what a student's code has no need of."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 120),
        (resource.RLIMIT_NPROC, 0),
    ):
        with suppress(ValueError, OSError):  # a system may know no such limit
            resource.setrlimit(limit, (most, most))
    restrict_by_the_system(readable)
    restrict_by_python(readable)


def stop(*_: Any) -> None:
    """End what is running: its time is over."""
    raise StoppedError


def main() -> None:
    """Answer requests until there are no more."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    for descriptor in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
    start = pickle.loads(requests.read(LENGTH.unpack(requests.read(LENGTH.size))[0]))
    folder = Path(start["folder"])
    sys.path += start["packages"]
    sys.dont_write_bytecode = True
    import numpy  # before anything is given up

    numpy.random.default_rng(0)
    sys.path.insert(0, str(folder))
    signal.signal(signal.SIGPROF, stop)
    restrict([str(folder), *start["readable"]])
    runner = Runner(folder, answers)
    runner.send({"id": 0}, [])
    while length := requests.read(LENGTH.size):
        runner.answer(pickle.loads(requests.read(LENGTH.unpack(length)[0])))


if __name__ == "__main__":
    main()
