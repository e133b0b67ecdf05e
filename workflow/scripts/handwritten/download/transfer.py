"""Receiving a file from an address that may be dead, slow, broken or endless.

`pooch` makes the request and counts the progress. What it leaves open is closed here: its time-out
starts anew with every byte, it reads on for as long as bytes come, and it never hangs up.
"""

import io
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NoReturn
from urllib.parse import urljoin

import pooch
import requests
from tqdm import tqdm
from urllib3.exceptions import HTTPError as TransportError
from urllib3.exceptions import ReadTimeoutError

SLOWEST = 64 * 1024  # bytes a second
ABSENT = (403, 404)  # S3 answers 403 for a missing file where listing is not allowed

# The first kind that fits names the fault; no text holds an address, a port or a time, so that the
# same fault always reads the same.
FAULTS = (
    (requests.exceptions.SSLError, "no secure connection: its certificate or TLS is not accepted"),
    (requests.exceptions.ProxyError, "the proxy does not let it through"),
    (requests.exceptions.InvalidSchema, "redirected to something other than http(s)"),
    (requests.exceptions.TooManyRedirects, "redirected in circles"),
    (requests.exceptions.ChunkedEncodingError, "connection broken off midway"),
    (requests.exceptions.ConnectionError, "connection failed"),
    (Exception, "not a usable answer"),
)


class UnusableSourceError(Exception):
    """Why one source cannot serve one file, in words for the user."""


class _Body(io.BytesIO):
    """What an address has sent so far, in memory: a transfer given up leaves no file behind.

    Closing it makes the next `write` of that transfer fail, which is how its thread ends.
    """

    def __init__(self, most_bytes: int):
        super().__init__()
        self.most_bytes = most_bytes
        self.response: requests.Response | None = None

    def write(self, chunk: Any, /) -> int:
        """Append `chunk`. Raises UnusableSourceError past the most that an honest source sends."""
        if self.tell() + len(chunk) > self.most_bytes:
            raise UnusableSourceError("wrong content: too long")
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
            target = urljoin(response.url, response.headers["location"])
            if response.url.startswith("https:") and not target.startswith("https:"):
                raise UnusableSourceError("redirected from https to something else")

    def hang_up(self) -> None:
        """Close the connection, which pooch leaves to the garbage collector."""
        if self.response is not None:  # not its truth: an error's response is false
            self.response.close()


def download(urls: list[str], sizes: tuple[int, int], timeout: float, progress: bool) -> bytes:
    """What the first of `urls` that is not absent sends. Raises UnusableSourceError.

    `sizes` are the bytes to expect and the most to take; `timeout` is in seconds. A source costs at
    most that, plus the time that the bytes to expect take at 64 KiB/s.
    """
    expected, most = sizes
    body = _Body(most)
    bar = _bar(urls[0], expected) if progress else None
    downloader = pooch.HTTPDownloader(
        progressbar=bar,
        timeout=timeout,
        headers={"Accept-Encoding": "identity"},
        hooks={"response": body.note_answer},
    )
    try:
        _within(timeout + expected / SLOWEST, lambda: _receive(urls, downloader, body))
        return body.getvalue()
    except (OSError, ValueError, TransportError) as error:  # requests' errors are OSErrors
        _explain(error, timeout, answered=body.response is not None)
    finally:
        body.close()
        if bar is not None:
            bar.close()


def _bar(url: str, expected: int) -> tqdm:
    """A progress bar on standard error."""
    return tqdm(desc=url.rsplit("/", 1)[1], total=expected, unit="B", unit_scale=True)


def _within(seconds: float, work: Callable[[], None]) -> None:
    """Do `work` in at most `seconds`. Raises what it raises, or TimeoutError.

    A daemon thread does it, since a transfer can't be interrupted: one given up must not hold up
    the program's end.
    """
    done: Future[None] = Future()

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
    """Raise an UnusableSourceError that explains `error`.

    A source that has `answered` is slow; one that has not does not respond at all.
    """
    if _timed_out(error):
        text = "too slow: under 64 KiB/s" if answered else f"no answer within {timeout:g} s"
    elif isinstance(error, requests.HTTPError):
        text = f"HTTP {error.response.status_code}"
    else:
        text = next(words for kind, words in FAULTS if isinstance(error, kind))
    raise UnusableSourceError(text) from error
