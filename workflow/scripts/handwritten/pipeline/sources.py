"""Fetching a data set's files from an ordered list of sources, of which any may fail or lie.

A dead mirror is the commonest complaint about MNIST loaders, so nothing a source does may cost
more than its time-out or end up under a final name unchecked. `pooch` makes the request and counts
the progress; what it leaves open is closed here: its time-out starts anew with every byte, it
reads on for as long as bytes come, and it knows one checksum a file where we accept two (the
published packing, or any packing of the same IDX).

A source is a folder, or an http(s) address to which a file's name is appended.
"""

import gzip
import io
import os
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import pooch
import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import ReadTimeoutError

from handwritten.data.datasets import DataSet, File

SLOWEST = 64 * 1024  # bytes a second
ABSENT = (403, 404)  # S3 answers 403 for a missing file where listing is not allowed
UNFIT_PACKING = (OSError, EOFError, zlib.error)  # what gzip raises for bytes that are none

# The first kind that fits names the fault; no text holds an address, a port or a time, so that the
# same fault always reads the same.
FAULTS = (
    (requests.exceptions.SSLError, "its certificate is not accepted"),
    (requests.exceptions.ProxyError, "the proxy does not let it through"),
    (requests.exceptions.InvalidSchema, "redirected to something other than http(s)"),
    (requests.exceptions.TooManyRedirects, "redirected in circles"),
    (requests.exceptions.ChunkedEncodingError, "connection broken off midway"),
    (requests.exceptions.ConnectionError, "connection failed"),
    (Exception, "not a usable answer"),
)


class Unusable(Exception):
    """Why one source cannot serve one file, in words for the user."""


class SourcesExhausted(RuntimeError):
    """No source could serve `what`; `reasons` maps each source, in order, to why it failed."""

    def __init__(self, what: str, reasons: dict[str, str]):
        self.reasons = reasons
        folders = [source for source in reasons if "://" not in source]
        super().__init__("\n".join([
            f"{what} could not be had from any source:",
            *(f"  {source}: {reason}" for source, reason in reasons.items()),
            "What you can do:",
            f"  - put the files, packed or not, into {(folders or ['resources/<data set>'])[0]}",
            "  - check the network and the proxy (HTTPS_PROXY), or try again later",
            "  - add a mirror of your own to `download: sources:` in config.yaml",
            "  - go on with digits drawn by this program: --config dataset=generated",
        ]))


def expand(sources: list[str], data_set: DataSet) -> list[str]:
    """The sources that the configuration names for `data_set`, in order and each once.

    `{dataset}` becomes the data set's name, the word `mirrors` its mirrors.
    """
    expanded = []
    for source in sources:
        named = source.replace("{dataset}", data_set.name)
        expanded += data_set.mirrors if source == "mirrors" else [named]
    return list(dict.fromkeys(expanded))


def fetch(
    file: File,
    sources: list[str],
    destination: Path,
    timeout: float,
    progress: bool = False,
    log: Callable[[str], None] = print,
) -> str:
    """The first of `sources` that could serve `file`, now checked, packed and in `destination`.

    `destination` is a folder. `timeout` is in seconds: a source costs at most that, plus the
    file's packed size at 64 KiB/s. Raises SourcesExhausted; then `destination` is as it was.
    """
    reasons = {}
    for source in sources:
        try:
            packed = _obtain(file, source, timeout, progress)
        except Unusable as reason:
            reasons[source] = str(reason)
            log(f"{file.name}: not from {source}: {reason}")
        else:
            _place(packed, Path(destination) / file.name)
            log(f"{file.name}: {len(packed):,} bytes from {source}, checksum verified")
            return source
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
    except Unusable as reason:
        return str(reason)
    return _smallest_fault(data_set, folder, timeout=0)


def _smallest_fault(data_set: DataSet, source: str, timeout: float) -> str:
    """Why `source` cannot serve the smallest file of `data_set`, or ""."""
    try:
        _obtain(min(data_set.files, key=lambda file: file.packed_bytes), source, timeout)
    except Unusable as reason:
        return str(reason)
    return ""


def _is_url(source: str) -> bool:
    """Whether `source` is an http(s) address; everything else is a folder."""
    return source.lower().startswith(("http://", "https://"))


def _obtain(file: File, source: str, timeout: float, progress: bool = False) -> bytes:
    """`file` from `source`, packed and checked. Raises Unusable."""
    if _is_url(source):
        return _download(file, source, timeout, progress)
    return _read(file, source)


def _most_bytes(file: File) -> int:
    """The most that any honest form of `file` takes: gzip adds under 1% to what it can't shrink."""
    return max(file.packed_bytes, file.unpacked_bytes + file.unpacked_bytes // 100 + 1024)


# From a folder


def _copies(file: File, folder: str) -> list[Path]:
    """The files in `folder` that may be `file`, packed first. Raises Unusable if there is none."""
    root = Path(folder).expanduser()
    try:
        if not root.is_dir():
            raise Unusable("no such folder")
        names = (file.name, file.unpacked_name)
        found = [root / name for name in names if (root / name).is_file()]
    except OSError as error:
        raise Unusable(f"cannot be read: {error.strerror}") from error
    if not found:
        raise Unusable(f"{file.name} is missing")
    return found


def _read(file: File, folder: str) -> bytes:
    """`file` from the first good copy in `folder`, packed and checked. Raises Unusable."""
    faults = []
    for path in _copies(file, folder):
        try:
            with path.open("rb") as stream:
                return _checked(stream.read(_most_bytes(file) + 1), file)
        except Unusable as reason:
            faults.append(reason)
        except OSError as error:
            faults.append(Unusable(f"cannot be read: {error.strerror}"))
    raise faults[0]


# From an address


class _Body(io.BytesIO):
    """What an address has sent so far, in memory: a transfer given up leaves no file behind.

    Closing it makes the next `write` of that transfer fail, which is how its thread ends.
    """

    def __init__(self, most_bytes: int):
        super().__init__()
        self.most_bytes = most_bytes
        self.response: requests.Response | None = None

    def write(self, chunk: bytes) -> int:
        """Append `chunk`. Raises Unusable past the most that an honest source sends."""
        if self.tell() + len(chunk) > self.most_bytes:
            raise Unusable("wrong content: too long")
        return super().write(chunk)

    def restart(self) -> None:
        """Forget what came, for another try."""
        self.hang_up()
        self.seek(0)
        self.truncate()

    def note_answer(self, response: requests.Response, **_) -> None:
        """Called by requests with every response before its body is read."""
        self.response = response
        if response.is_redirect:
            response.close()  # requests would read its body to the end, however long

    def hang_up(self) -> None:
        """Close the connection, which pooch leaves to the garbage collector."""
        if self.response is not None:  # not its truth: an error's response is false
            self.response.close()


def _download(file: File, source: str, timeout: float, progress: bool) -> bytes:
    """`file` from the address `source`, packed and checked. Raises Unusable."""
    names = [file.name] + [file.unpacked_name] * (file.sha256_unpacked is not None)
    urls = [source.rstrip("/") + "/" + name for name in names]
    body = _Body(_most_bytes(file))
    bar = _bar(file) if progress else None
    downloader = pooch.HTTPDownloader(
        progressbar=bar,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},
        hooks={"response": body.note_answer},
    )
    try:
        deadline = timeout + file.packed_bytes / SLOWEST
        _within(deadline, lambda: _receive(urls, downloader, body))
        return _checked(body.getvalue(), file)
    except (OSError, ValueError, TransportError) as error:  # requests' errors are OSErrors
        _explain(error, timeout, answered=body.response is not None)
    finally:
        body.close()
        if bar is not None:
            bar.close()


def _bar(file: File) -> tqdm:
    """A progress bar on standard error."""
    return tqdm(desc=file.name, total=file.packed_bytes, unit="B", unit_scale=True)


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do `work` in at most `seconds`. Raises what it raises, or TimeoutError.

    A daemon thread does it, since a transfer can't be interrupted: one given up must not hold up
    the program's end.
    """
    done = Future()

    def run():
        try:
            done.set_result(work())
        except Exception as error:
            done.set_exception(error)

    threading.Thread(target=run, name="download", daemon=True).start()
    done.result(timeout=seconds)


def _receive(urls: list[str], downloader: pooch.HTTPDownloader, body: _Body) -> None:
    """Fill `body` from the first of `urls` that is not absent."""
    url, *others = urls
    try:
        _ask(url, downloader, body)
    except requests.HTTPError as error:
        if not others or error.response.status_code not in ABSENT:
            raise
        _receive(others, downloader, body)


def _ask(url: str, downloader: pooch.HTTPDownloader, body: _Body, tries: int = 2) -> None:
    """Fill `body` from `url`, asking once more after a fault that may pass."""
    try:
        downloader(url, body, pooch=None)
    except requests.RequestException as error:
        if tries == 1 or not _may_pass(error):
            raise
        body.restart()
        _ask(url, downloader, body, tries - 1)
    finally:
        body.hang_up()


def _may_pass(error: requests.RequestException) -> bool:
    """Whether asking again is worth it: the server stumbled, or the connection broke."""
    if isinstance(error, requests.HTTPError):
        return error.response.status_code >= 500
    broken = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, broken) and not _timed_out(error)


def _timed_out(error: Exception) -> bool:
    """Whether `error` means too long a wait; requests wraps one amid a body as a broken link."""
    waits = (requests.Timeout, TimeoutError, ReadTimeoutError)
    return isinstance(error, waits) or any(isinstance(cause, waits) for cause in error.args)


def _explain(error: Exception, timeout: float, answered: bool) -> NoReturn:
    """Raise Unusable with `error` in words; `answered` tells a slow source from a silent one."""
    if _timed_out(error):
        text = "too slow: under 64 KiB/s" if answered else f"no answer within {timeout:g} s"
    elif isinstance(error, requests.HTTPError):
        text = f"HTTP {error.response.status_code}"
    else:
        text = next(words for kind, words in FAULTS if isinstance(error, kind))
    raise Unusable(text) from error


# Checking and keeping


def _checked(content: bytes, file: File) -> bytes:
    """`content` packed, once its SHA-256, or that of the IDX in it, is right. Raises Unusable."""
    if sha256(content).hexdigest() == file.sha256_packed:
        return content
    if file.sha256_unpacked is None:
        raise Unusable("wrong content (only the published .gz has a known checksum)")
    packed = content.startswith(b"\x1f\x8b")  # some servers unpack on the way, whatever the name
    if sha256(_inside(content, file) if packed else content).hexdigest() != file.sha256_unpacked:
        raise Unusable("wrong content")
    return content if packed else gzip.compress(content, compresslevel=6, mtime=0)


def _inside(packed: bytes, file: File) -> bytes:
    """What is in `packed`, up to one byte more than right. Raises Unusable when it is no gzip."""
    try:
        with gzip.open(io.BytesIO(packed)) as stream:
            return stream.read(file.unpacked_bytes + 1)
    except UNFIT_PACKING as error:
        raise Unusable("wrong content") from error


def _place(packed: bytes, target: Path) -> None:
    """Write `packed` to `target`, which appears whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as stream:
            stream.write(packed)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
