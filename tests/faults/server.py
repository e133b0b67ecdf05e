"""A web server on this machine that misbehaves on request, for the tests of downloading.

Each path has a behaviour: a function of the request handler, which may answer as it likes.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Behaviour = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Notes what was asked and does what the server was told to do for that path."""

    def do_GET(self):
        """Answer one request; a client that hangs up early is no fault of ours."""
        self.server.asked.append(self.path)
        with suppress(ConnectionError):
            self.server.behaviours.get(self.path, status(404))(self)

    def log_message(self, *_):
        """Keep quiet."""

    def head(self, code: int, **headers: object) -> None:
        """Send the status line and headers; `_` in a name stands for `-`."""
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()


class Server(ThreadingHTTPServer):
    """Holds each path's behaviour, the paths asked for so far, and an event set at the end."""

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaviours: dict[str, Behaviour] = {}
        self.asked: list[str] = []
        self.ending = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


@contextmanager
def running() -> Iterator[Server]:
    """A server that answers for as long as the context lasts."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


def whole(body: bytes, **headers: object) -> Behaviour:
    """Answer 200 with `body`, as it should be."""

    def answer(handler: Handler):
        handler.head(200, Content_Length=len(body), **headers)
        handler.wfile.write(body)

    return answer


def status(code: int) -> Behaviour:
    """Answer with an error and no body."""
    return lambda handler: handler.head(code, Content_Length=0)


def cut_short(body: bytes, announce: int | None) -> Behaviour:
    """Send `body` and hang up, having announced `announce` bytes, or nothing when None."""

    def answer(handler: Handler):
        handler.head(200, **({} if announce is None else {"Content_Length": announce}))
        handler.wfile.write(body)

    return answer


def endless(code: int = 200, **headers: object) -> Behaviour:
    """Send zeros without end."""

    def answer(handler: Handler):
        handler.head(code, **headers)
        while not handler.server.ending.is_set():
            handler.wfile.write(bytes(65536))

    return answer


def redirect(target: str) -> Behaviour:
    """Point to `target`."""
    return lambda handler: handler.head(302, Location=target, Content_Length=0)


def hang(handler: Handler) -> None:
    """Accept the request and never answer."""
    handler.server.ending.wait(30)


def trickle(body: bytes, chunk_bytes: int, pause: float) -> Behaviour:
    """Send `body` in chunks with a pause in seconds after each: alive, but of no use."""

    def answer(handler: Handler):
        handler.head(200, Content_Length=len(body))
        for start in range(0, len(body), chunk_bytes):
            handler.wfile.write(body[start : start + chunk_bytes])
            if handler.server.ending.wait(pause):
                return

    return answer


def gibberish(handler: Handler) -> None:
    """Answer with something that is not HTTP."""
    handler.wfile.write(b"\x00\x01\x02 what?\r\n\r\n")


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """Do one thing at the first request, the next at the second, and so on."""
    remaining = iter(behaviours)
    return lambda handler: next(remaining)(handler)
