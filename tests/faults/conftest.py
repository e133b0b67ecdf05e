"""A server that misbehaves, and a port where there is none."""

import gc
import socket

import pytest
import server as web


@pytest.fixture
def server(monkeypatch):
    """A misbehaving server, reached without any proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with web.running() as running:
        yield running
    gc.collect()  # a connection left open is reported now, in the test that left it


@pytest.fixture
def closed_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
