"""How files are written and read: whole or not at all, in formats that need no pickle, and the same
bytes from every Python.

What is half-written has a name of its own beside its place, which says on which machine and by
which process; so the next to write there can tell what a killed process has left from what another
is still writing.
"""

import csv
import hashlib
import io
import json
import math
import os
import platform
import shutil
import zipfile
from pathlib import Path

import numpy as np

HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def temporary(place: Path, what: str) -> Path:
    """A path beside `place` for this process to write on before it moves there."""
    return place.with_name(f"{_own_prefix(place)}{os.getpid()}@{what}")


def sweep(place: Path) -> None:
    """Remove what processes of this machine that are gone have left half-written beside `place`."""
    mine = _own_prefix(place)
    for left in place.parent.iterdir():
        if left.name.startswith(mine):
            process = int(left.name.removeprefix(mine).split("@")[0])
            if process != os.getpid() and is_running(process):
                continue
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _own_prefix(place: Path) -> str:
    """How the names of this machine's temporary files for `place` begin; the process follows."""
    return f".{place.name}@{platform.node()}@"


def is_running(process: int) -> bool:
    """Whether a process of this number exists on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def replace_file(target: Path, data: bytes) -> None:
    """Write a file's new content beside it and rename it into place: whoever is looking sees the
    old one or the new one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target)
    new = temporary(target, "new")
    try:
        new.write_bytes(data)
        os.replace(new, target)
    finally:
        new.unlink(missing_ok=True)


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays as an uncompressed .npz that needs no pickle to be read.

    `numpy.savez` would do, but for a header that differs from one Python release to the next.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for key, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{key}.npy"), content.getbuffer())


def sha256(path: Path) -> str:
    """A file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_json(facts) -> str:
    """Facts as JSON for people: indented, one line end."""
    return json.dumps(facts, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, facts) -> None:
    """Write facts as JSON."""
    path.write_text(as_json(facts), encoding="utf-8", newline="\n")


def read_json(path: str | Path) -> dict:
    """The facts in a JSON file."""
    return json.loads(read_text(path))


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The named arrays of an .npz as `write_arrays` leaves it. ValueError: anything else.

    `numpy.load` would do, but for files that promise more than they hold: it sets memory apart for
    the promise. Nothing here is ever unpickled.
    """
    with Path(path).open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = {}
                for member in archive.infolist():
                    name = _array_name(member)
                    if name in arrays:
                        raise ValueError(f"{name} stands there a second time")
                    arrays[name] = _read_array(archive, member)
                return arrays
        except Exception as problem:  # zipfile and numpy have many kinds for bytes that are none
            raise ValueError(f"{path} is no .npz file of plain arrays: {problem}") from problem


def _array_name(member: zipfile.ZipInfo) -> str:
    """A member's name without .npy. ValueError: it has another, or is packed."""
    if not member.filename.endswith(".npy") or member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename!r} is not an unpacked .npy")
    return member.filename.removesuffix(".npy")


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """A member's array, once its header promises just what follows it. ValueError: it does not."""
    with archive.open(member) as stream:
        reader = HEADERS.get(np.lib.format.read_magic(stream))
        if reader is None:
            raise ValueError(f"{member.filename} has an unknown header")
        shape, _, dtype = reader(stream)
        rest = member.file_size - stream.tell()
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != rest or min(shape, default=0) < 0:
        raise ValueError(f"{member.filename} promises {shape} of {dtype} and holds {rest} bytes")
    with archive.open(member) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)


def read_table(path: str | Path) -> list[dict[str, float]]:
    """The rows of a CSV of numbers. ValueError: it is none, with the line."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            return [{key: float(value) for key, value in row.items()} for row in rows]
        except (csv.Error, TypeError, ValueError) as error:
            raise ValueError(
                f"{path} is no table of numbers at line {rows.line_num}: {error}"
            ) from error


def read_text(path: str | Path) -> str:
    """The text of a file in UTF-8."""
    return Path(path).read_text(encoding="utf-8")
