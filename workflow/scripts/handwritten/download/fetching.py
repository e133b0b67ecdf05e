"""Where a data set's files come from: an ordered list of sources.

Any of them may fail or serve wrong data. A dead mirror is the commonest complaint about MNIST
loaders, so nothing that a source does may cost more than its time-out, and nothing that it sends is
used unchecked. Two checksums are known for each file: that of the published packing, and that of
the IDX inside, whoever packed it.

A source is a folder, or an http(s) address to which a file's name is appended.
"""

import gzip
import io
import os
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from handwritten.data import idx
from handwritten.data.datasets import DataSet, File
from handwritten.download.transfer import UnusableSourceError, download
from handwritten.io import reading

UNFIT_PACKING = (OSError, EOFError, zlib.error)  # what gzip raises for bytes that are not gzip data


class SourcesExhausted(RuntimeError):
    """No source could serve `what`; `reasons` maps each source, in order, to why it failed."""

    def __init__(self, what: str, reasons: dict[str, str]):
        self.reasons = reasons
        folders = [source for source in reasons if "://" not in source]
        folder = (folders or ["resources/<data set>"])[0]
        super().__init__(
            "\n".join(
                [
                    f"{what} could not be obtained from any source:",
                    *(f"  {source}: {reason}" for source, reason in reasons.items()),
                    "What you can do:",
                    f"  - put the files, packed or not, into {folder}",
                    "  - check the network and the proxy (HTTPS_PROXY), or try again later",
                    "  - add a mirror of your own to `download: sources:` in config.yaml",
                    "  - go on with digits drawn by this program: --config dataset=generated",
                ]
            )
        )


def expand(sources: list[str], data_set: DataSet) -> list[str]:
    """The sources that the configuration names for `data_set`, in order and each once.

    `{dataset}` becomes the data set's name, the word `mirrors` its mirrors, after the folders where
    packages of the operating system install it.
    """
    expanded: list[str] = []
    for source in sources:
        named = source.replace("{dataset}", data_set.name)
        expanded += [*data_set.folders, *data_set.mirrors] if source == "mirrors" else [named]
    return list(dict.fromkeys(expanded))


def fetch(
    file: File,
    sources: list[str],
    timeout: float,
    progress: bool = False,
    log: Callable[[str], None] = print,
) -> tuple[str, bytes]:
    """The first of `sources` that could serve `file`, and the file's bytes, checked and packed.

    `timeout` is in seconds: a source costs at most that, plus the file's packed size at 64 KiB/s.
    Raises SourcesExhausted.
    """
    reasons = {}
    for source in sources:
        try:
            packed = _obtain(file, source, timeout, progress)
        except UnusableSourceError as reason:
            reasons[source] = str(reason)
            log(f"{file.name}: not from {source}: {reason}")
        else:
            log(f"{file.name}: {len(packed):,} bytes from {source}, checksum verified")
            return source, packed
    raise SourcesExhausted(file.name, reasons)


def probe(data_set: DataSet, sources: list[str], timeout: float) -> dict[str, str]:
    """Why each source cannot serve `data_set`, or "" where it looks usable, in the given order.

    The smallest file is really fetched and checked; a folder must also hold the others. Addresses
    are asked all at once, in `timeout` seconds, and left out where a folder already serves.
    """
    if not data_set.files:
        return {}
    reasons = {source: _folder_fault(data_set, source) for source in sources if not _is_url(source)}
    if "" in reasons.values():
        return reasons
    urls = [source for source in sources if _is_url(source)]
    with ThreadPoolExecutor(max_workers=max(1, len(urls))) as pool:
        faults = pool.map(lambda url: _smallest_fault(data_set, url, timeout), urls)
        reasons.update(zip(urls, faults, strict=True))
    return {source: reasons[source] for source in sources}


def _folder_fault(data_set: DataSet, folder: str) -> str:
    """Why `folder` cannot serve every file of `data_set`, or ""."""
    try:
        for file in data_set.files:
            _copies(file, folder)
    except UnusableSourceError as reason:
        return str(reason)
    return _smallest_fault(data_set, folder, timeout=0)


def _smallest_fault(data_set: DataSet, source: str, timeout: float) -> str:
    """Why `source` cannot serve the smallest file of `data_set`, or ""."""
    try:
        _obtain(min(data_set.files, key=lambda file: file.packed_bytes), source, timeout)
    except UnusableSourceError as reason:
        return str(reason)
    return ""


def _is_url(source: str) -> bool:
    """Whether `source` is an http(s) address; everything else is a folder."""
    return source.lower().startswith(("http://", "https://"))


def _obtain(file: File, source: str, timeout: float, progress: bool = False) -> bytes:
    """`file` from `source`, packed and checked. UnusableSourceError: it cannot serve it."""
    if not _is_url(source):
        return _read(file, source)
    names = [file.name] + [file.unpacked_name] * (file.sha256_unpacked is not None)
    urls = [source.rstrip("/") + "/" + name for name in names]
    sizes = file.packed_bytes, _most_bytes(file)
    return _checked(download(urls, sizes, timeout, progress), file)


def _most_bytes(file: File) -> int:
    """The most that any honest form of `file` takes: gzip adds under 1% to what it can't shrink."""
    return max(file.packed_bytes, file.unpacked_bytes + file.unpacked_bytes // 100 + 1024)


# From a folder


def _copies(file: File, folder: str) -> list[Path]:
    """The files in `folder` that may be `file`, those of its name first, packed before unpacked.
    UnusableSourceError: none is."""
    root = Path(os.path.expanduser(folder))
    try:
        if not root.is_dir():
            raise UnusableSourceError("no such folder")
        names = (file.name, file.unpacked_name)
        found = [root / name for name in names if (root / name).is_file()]
        found += [path for path in sorted(root.iterdir()) if _alike(path, file, names)]
    except OSError as error:
        raise UnusableSourceError(f"cannot be read: {error.strerror or error}") from error
    if not found:
        raise UnusableSourceError(f"{file.name} is missing")
    return found


def _alike(path: Path, file: File, names: tuple[str, str]) -> bool:
    """Whether a file of another name may be `file`, by its size, or what gzip says is inside."""
    if path.name in names or not path.is_file():
        return False
    size = path.stat().st_size
    if size in (file.packed_bytes, file.unpacked_bytes):
        return True
    if not 18 <= size <= _most_bytes(file):  # gzip's head and foot have 18 bytes
        return False
    with reading.opened(path, size) as stream:
        packed = stream.read(2) == idx.GZIP_MAGIC
        stream.seek(-4, os.SEEK_END)
        return packed and int.from_bytes(stream.read(4), "little") == file.unpacked_bytes


def _read(file: File, folder: str) -> bytes:
    """`file` from the first good copy in `folder`, packed. UnusableSourceError: none is good."""
    faults = []
    for path in (copies := _copies(file, folder)):
        try:
            return _checked(reading.read(path, _most_bytes(file)), file)
        except UnusableSourceError as reason:
            faults.append(reason)
        except reading.UnreadableFileError as reason:
            faults.append(UnusableSourceError(str(reason)))
    if copies[0].name not in (file.name, file.unpacked_name):
        raise UnusableSourceError(f"{file.name} is missing")
    raise faults[0]


# Checking


def _checked(content: bytes, file: File) -> bytes:
    """`content` packed. UnusableSourceError: neither its SHA-256 nor that of its IDX is right."""
    if sha256(content).hexdigest() == file.sha256_packed:
        return content
    if file.sha256_unpacked is None:
        raise UnusableSourceError("wrong content (only the published .gz has a known checksum)")
    packed = content.startswith(b"\x1f\x8b")  # some servers unpack on the way, whatever the name
    if sha256(_inside(content, file) if packed else content).hexdigest() != file.sha256_unpacked:
        raise UnusableSourceError("wrong content")
    return content if packed else idx.pack(content)


def _inside(packed: bytes, file: File) -> bytes:
    """What is in `packed`, up to one byte more than right. UnusableSourceError: it is not gzip."""
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            return stream.read(file.unpacked_bytes + 1)
    except UNFIT_PACKING as error:
        raise UnusableSourceError("wrong content") from error
