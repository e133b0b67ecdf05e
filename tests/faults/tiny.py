"""A tiny data set in place of a real one, and what a download of it gives or says."""

import gzip
import random
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from handwritten.data.datasets import DataSet, File
from handwritten.download import fetching

TIMEOUT = 0.5  # seconds
IMAGES = random.Random(1).randbytes(20_000)  # too long for one read, and nothing to pack
LABELS = bytes(range(10)) * 60


def packed_file(name: str, content: bytes) -> tuple[File, bytes]:
    """A registry entry for `content`, and its published packing."""
    packed = gzip.compress(content, compresslevel=9, mtime=1)
    digests = (sha256(packed).hexdigest(), sha256(content).hexdigest())
    return File(name, len(packed), len(content), *digests), packed


IMAGE_FILE, PACKED_IMAGES = packed_file("images-ubyte.gz", IMAGES)
LABEL_FILE, PACKED_LABELS = packed_file("labels-ubyte.gz", LABELS)
TINY = DataSet("tiny", "Tiny", "made up", ("0",), (IMAGE_FILE, LABEL_FILE), ("http://a/", "b"))
LARGE_FILE = replace(IMAGE_FILE, packed_bytes=10**8, unpacked_bytes=10**8)
REPACKED_IMAGES = gzip.compress(IMAGES, compresslevel=0, mtime=2)
CORRUPT_IMAGES = PACKED_IMAGES[:-8] + bytes(4) + PACKED_IMAGES[-4:]


def folder_with(path: Path, **files: bytes) -> str:
    """A folder at `path` that holds `files`; `_` in a name stands for `-`, `__` for `.`."""
    path.mkdir()
    for name, content in files.items():
        (path / name.replace("__", ".").replace("_", "-")).write_bytes(content)
    return str(path)


def fetch(sources_in_order: list[str], file: File = IMAGE_FILE, **options) -> tuple[str, bytes]:
    """`fetching.fetch` with the tests' time-out and no messages."""
    options = {"log": lambda message: None, **options}
    return fetching.fetch(file, sources_in_order, TIMEOUT, **options)


def fault(source: str, file: File = IMAGE_FILE, most_seconds=None) -> str:
    """Why `source` fails, having checked that it takes no longer than it may."""
    start = time.monotonic()
    with pytest.raises(fetching.SourcesExhausted) as failure:
        fetch([source], file)
    assert time.monotonic() - start < (most_seconds or TIMEOUT + file.packed_bytes / 65536 + 0.4)
    return failure.value.reasons[source]
