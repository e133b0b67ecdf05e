"""How files are written and read: whole or not at all, in formats that need no pickle, and the same
bytes from every Python.

A file or folder that is being written has a name of its own beside its target. The name says on
which machine and by which process it is written, so that the next process to write there can tell
what a killed process has left behind from what another process is still writing.
"""

import csv
import hashlib
import io
import json
import math
import os
import platform
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np

UNKNOWN = "unknown"
END_RECORD = struct.Struct("<4s6xH8xH")  # of a zip: signature, members, length of a comment
HEADERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def temporary_path(target: Path, what: str) -> Path:
    """A path beside `target` for this process to write on, before it is moved to `target`."""
    process = os.getpid()
    return target.with_name(f"{_prefix(target)}{process}-{_start_time(process)}@{what}")


def remove_stale(target: Path) -> None:
    """Remove what processes of this machine that have ended left half-written beside `target`."""
    prefix = _prefix(target)
    for path in target.parent.iterdir():
        if not path.name.startswith(prefix):
            continue
        process, _, began = path.name.removeprefix(prefix).split("@")[0].partition("-")
        if int(process) != os.getpid() and is_running(int(process), began):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _prefix(target: Path) -> str:
    """How the names of this machine's temporary files for `target` begin; the process follows."""
    return f".{target.name}@{platform.node()}@"


# The number of a process does not identify it. Numbers are used again; and a killed process keeps
# its number, as a zombie, until its parent asks how it ended, which can take seconds.
def is_running(process: int, began: str) -> bool:
    """Whether the process of this number that began at this time is running on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # it belongs to another user
    return _start_time(process) in (began, UNKNOWN)


def _start_time(process: int) -> str:
    """When a process began, in clock ticks since the machine started; UNKNOWN where the system
    does not say, "" for a zombie. Source: the manual page proc_pid_stat(5), fields 3 and 22."""
    try:
        state, *fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return UNKNOWN
    return "" if state in "ZX" else fields[18]


def replace_file(target: Path, data: bytes) -> None:
    """Write data to a new file and rename it into place: a reader sees either the old file or the
    new one."""
    replace_files({target: data})


def replace_files(contents: dict[Path, bytes]) -> None:
    """Write all these contents to new files on disk, and then rename one after the other into its
    place. So none is replaced where one cannot be written."""
    new = {target: temporary_path(target, "new") for target in contents}
    try:
        for target, data in contents.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            remove_stale(target)
            write_durably(new[target], data)
        for target in contents:
            os.replace(new[target], target)
    finally:
        for path in new.values():
            path.unlink(missing_ok=True)


def write_durably(path: Path, data: bytes) -> None:
    """Write data, and return when they are on the disk, where a power cut cannot take them."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


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


def as_json(value) -> str:
    """The value as JSON that people can read. ValueError: it holds NaN or infinity."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(path: Path, value) -> None:
    """Write the value as JSON."""
    path.write_text(as_json(value), encoding="utf-8", newline="\n")


def read_json(path: str | Path) -> dict:
    """The value in a JSON file."""
    return json.loads(read_text(path))


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """The named arrays of an .npz as `write_arrays` writes it. ValueError: anything else.

    `numpy.load` allocates whatever a header asks for, even if the file is too short. Nothing is
    unpickled here.
    """
    with Path(path).open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                arrays = {}
                if len(archive.infolist()) != (count := _member_count(file)):
                    raise ValueError(f"{len(archive.infolist())} of its {count} members are listed")
                claimed = sum(member.file_size for member in archive.infolist())
                if claimed > os.fstat(file.fileno()).st_size:
                    raise ValueError(f"its members claim {claimed:,} bytes, more than it has")
                for member in archive.infolist():
                    name = _array_name(member)
                    if name in arrays:
                        raise ValueError(f"{name} occurs twice")
                    arrays[name] = _read_array(archive, member)
                return arrays
        except Exception as problem:  # zipfile and numpy raise many kinds for damaged files
            raise ValueError(f"{path} is not an .npz file of plain arrays: {problem}") from problem


def _member_count(file: io.BufferedReader) -> int:
    """How many members the record at a zip's end speaks of: a directory that is damaged can hide
    some of them from zipfile. ValueError: there is no such record."""
    file.seek(-END_RECORD.size, os.SEEK_END)
    signature, count, comment = END_RECORD.unpack(file.read(END_RECORD.size))
    if signature != b"PK\5\6" or comment:
        raise ValueError("it does not end as a zip does that has no comment")
    return count


def _array_name(member: zipfile.ZipInfo) -> str:
    """A member's name without .npy. ValueError: it has another suffix, or it is compressed."""
    if not member.filename.endswith(".npy") or member.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{member.filename!r} is not an uncompressed .npy")
    return member.filename.removesuffix(".npy")


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """A member's array. ValueError: its header does not describe exactly what follows it."""
    with archive.open(member) as stream:
        reader = HEADERS.get(np.lib.format.read_magic(stream))
        if reader is None:
            raise ValueError(f"{member.filename} has an unknown header")
        shape, _, dtype = reader(stream)
        rest = member.file_size - stream.tell()
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != rest or min(shape, default=0) < 0:
        raise ValueError(
            f"{member.filename} holds {rest} bytes, but its header says {shape} of {dtype}"
        )
    with archive.open(member) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)


def read_table(path: str | Path) -> list[dict[str, float]]:
    """The rows of a CSV file of numbers. ValueError: it is not one; says in which line."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        try:
            return [{key: float(value) for key, value in row.items()} for row in rows]
        except (csv.Error, TypeError, ValueError) as error:
            raise ValueError(
                f"{path} is not a table of numbers: line {rows.line_num}: {error}"
            ) from error


def read_text(path: str | Path) -> str:
    """The text of a file in UTF-8."""
    return Path(path).read_text(encoding="utf-8")
