"""How files that come from outside are read: only regular files, and no more than is sensible.

A configuration, a picture or an IDX file may come from a stranger. A path may lead to a device that
never ends, to a pipe that nobody writes to, or to a file that is larger than the memory. The limits
of all of them are declared here.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

MOST_CONFIGURATION_BYTES = 200_000
MOST_PICTURE_BYTES = 64_000_000
MOST_PICTURE_PIXELS = 50_000_000  # which take 200 MB while a picture is unpacked
MOST_JPEG_PIXELS = 200_000_000  # if it can be made smaller while it is unpacked
MANY_PIXELS = 16_000_000  # a JPEG with more is made smaller
MOST_DATA_BYTES = 1_000_000_000  # of an IDX file, packed and unpacked, and of a split's pictures


class UnreadableFileError(OSError):
    """A file or folder that cannot be read, or is too large: which, why, and what is allowed."""


def shown(path: str | os.PathLike) -> str:
    """The path as messages name it: on one line, whatever characters it has, cut short."""
    text = str(path)
    text = text if text.isprintable() else repr(text)
    return text if len(text) <= 300 else text[:300] + "…"


@contextmanager
def opened(path: str | os.PathLike, most: int) -> Iterator[BufferedReader]:
    """The regular file, open for reading bytes. UnreadableFileError: it cannot be read, is a
    device, a pipe or a folder, or has more than `most` bytes."""
    with named(path):
        # A pipe that nobody writes to would otherwise be waited for.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with named(path, opening=False), open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise UnreadableFileError(f"{shown(path)} is not a regular file; expected one")
        if status.st_size > most:
            raise too_large(path, status.st_size, most)
        yield file


@contextmanager
def named(path: str | os.PathLike, opening: bool = True) -> Iterator[None]:
    """Errors of the system as sentences that name the file or folder."""
    try:
        yield
    except OSError as error:
        if error.strerror is None:
            raise
        raise UnreadableFileError(f"{shown(path)} cannot be read: {error.strerror}") from None
    except ValueError:  # a null character or half a surrogate pair
        if not opening:
            raise
        problem = "cannot be read: no file has such a name"
        raise UnreadableFileError(f"{shown(path)} {problem}") from None


def too_large(path: str | os.PathLike, size: int, most: int) -> UnreadableFileError:
    """The file has more bytes than are read."""
    return UnreadableFileError(f"{shown(path)} has {size:,} bytes; allowed: at most {most:,}")


def read(path: str | os.PathLike, most: int, count: int | None = None) -> bytes:
    """The bytes of a regular file, or the first `count`. UnreadableFileError: as for `opened`."""
    with opened(path, most) as file:
        # Some files of the system say that they have 0 bytes.
        data = file.read(most + 1 if count is None else count)
    if data is None:  # or have none for now
        raise UnreadableFileError(f"{shown(path)} is not a regular file; expected one")
    if len(data) > most:
        raise too_large(path, len(data), most)
    return data


def sha256(path: str | os.PathLike, most: int) -> str:
    """The SHA-256 of a regular file in hexadecimal. UnreadableFileError: as for `read`."""
    return hashlib.sha256(read(path, most)).hexdigest()


def entries(folder: str | os.PathLike) -> list[Path]:
    """What is in a folder, by name. UnreadableFileError: it is not a folder, or is closed."""
    with named(folder):
        return sorted(Path(folder).iterdir())
