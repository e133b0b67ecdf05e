"""Sources that are dead, slow, broken or lying: what a download makes of each.

The server is on this machine and ends with each test.
"""

import gzip
import io
import socket
import threading
import tracemalloc
from dataclasses import replace

import pytest
import requests
import server as web
from tiny import (
    CORRUPT_IMAGES,
    IMAGE_FILE,
    LARGE_FILE,
    PACKED_IMAGES,
    TIMEOUT,
    fault,
    fetch,
    folder_with,
)

from handwritten.download import transfer

pytestmark = pytest.mark.promise("download")

FAULTS = {
    "absent": (web.status(404), "HTTP 404"),
    "gone": (web.status(410), "HTTP 410"),
    "always stumbling": (web.status(500), "HTTP 500"),
    "half, announced whole": (
        web.cut_short(PACKED_IMAGES[:100], announce=len(PACKED_IMAGES)),
        "connection broken off midway",
    ),
    "half, unannounced": (web.cut_short(PACKED_IMAGES[:100], announce=None), "wrong content"),
    "empty": (web.whole(b""), "wrong content"),
    "wrong file of the right size": (web.whole(bytes(len(PACKED_IMAGES))), "wrong content"),
    "another gzip": (web.whole(gzip.compress(b"something else")), "wrong content"),
    "a gzip with a wrong sum": (web.whole(CORRUPT_IMAGES), "wrong content"),
    "a gzip of an unknown kind": (web.whole(b"\x1f\x8b" + bytes(20)), "wrong content"),
    "a gzip of nonsense": (web.whole(PACKED_IMAGES[:10] + b"\xff" * 50), "wrong content"),
    "a web page": (web.whole(b"<html>Please log in"), "wrong content"),
    "endless": (web.endless(), "wrong content: too long"),
    "endless, announced right": (
        web.endless(Content_Length=10**12),
        "wrong content: too long",
    ),
    "redirect to a file": (
        web.redirect("file:///etc/passwd"),
        "redirected to something other than http(s)",
    ),
    "redirect to ftp": (
        web.redirect("ftp://127.0.0.1/x"),
        "redirected to something other than http(s)",
    ),
    "redirect to itself": (web.redirect("images-ubyte.gz"), "redirected in circles"),
    "redirect to nonsense": (web.redirect("http://[/"), "not a usable answer"),
    "endless redirect": (
        web.endless(302, Location="file:///"),
        "redirected to something other than http(s)",
    ),
    "nonsense length": (
        web.cut_short(PACKED_IMAGES, announce="many"),
        "not a usable answer",
    ),
    "broken encoding": (
        web.whole(b"not gzip", Content_Encoding="gzip"),
        "not a usable answer",
    ),
    "not HTTP": (web.gibberish, "connection failed"),
    "hanging": (web.hang, "no answer within 0.5 s"),
    "trickling": (web.trickle(PACKED_IMAGES, 1, pause=0.1), "too slow: under 64 KiB/s"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_bad_source_is_named_and_costs_no_more_than_its_time(case, server):
    behaviour, reason = FAULTS[case]
    server.behaviours["/images-ubyte.gz"] = behaviour
    assert fault(server.url) == reason


def test_a_refused_connection(closed_port):
    assert fault(f"http://127.0.0.1:{closed_port}/") == "connection failed"


def test_an_address_that_does_not_speak_tls(server):
    reason = fault(server.url.replace("http:", "https:"))
    assert reason == "no secure connection: its certificate or TLS is not accepted"


def test_a_dead_proxy_is_told_from_a_dead_mirror(closed_port, monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port}")
    assert fault("http://mirror.invalid/") == "the proxy does not let it through"


def test_silence_costs_the_time_out_however_large_the_file(server):
    server.behaviours["/images-ubyte.gz"] = web.hang
    reason = fault(server.url, LARGE_FILE, most_seconds=2 * TIMEOUT)
    assert reason == "no answer within 0.5 s"


def test_silence_amid_the_file_costs_the_time_out_too(server):
    server.behaviours["/images-ubyte.gz"] = web.trickle(PACKED_IMAGES, 5000, pause=10)
    reason = fault(server.url, LARGE_FILE, most_seconds=2 * TIMEOUT)
    assert reason == "too slow: under 64 KiB/s"


def test_a_connection_that_nobody_takes_up_costs_the_time_out(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as busy:
        address = busy.getsockname()
        with socket.create_connection(address):
            url = f"http://127.0.0.1:{address[1]}"
            reason = fault(url, LARGE_FILE, most_seconds=2 * TIMEOUT)
    assert reason == "no answer within 0.5 s"


def test_a_gzip_bomb_takes_no_memory(tmp_path):
    bomb = folder_with(tmp_path / "bomb", images_ubyte__gz=gzip.compress(bytes(10**7)))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    assert fault(bomb) == "wrong content"
    most_bytes = tracemalloc.get_traced_memory()[1] - before
    tracemalloc.stop()
    assert most_bytes < 10**6


def transfers() -> list[threading.Thread]:
    """The downloads still under way in this program."""
    return [thread for thread in threading.enumerate() if thread.name == "download"]


def test_a_transfer_given_up_ends_by_itself(server):
    server.behaviours["/images-ubyte.gz"] = web.trickle(bytes(10**6), 1024, pause=0.1)
    file = replace(IMAGE_FILE, unpacked_bytes=10**6)
    assert fault(server.url, file) == "too slow: under 64 KiB/s"
    for thread in transfers():
        thread.join(timeout=2)
    assert transfers() == []


def test_a_transfer_that_cannot_be_ended_does_not_hold_up_the_program(server):
    server.behaviours["/images-ubyte.gz"] = web.trickle(PACKED_IMAGES, 1, pause=0.1)
    fault(server.url)
    assert [transfer.daemon for transfer in transfers()] == [True]
    server.ending.set()
    transfers()[0].join(timeout=2)


@pytest.mark.parametrize(
    "stumble",
    [web.status(500), web.status(503), web.cut_short(PACKED_IMAGES[:5000], announce=10_000)],
)
def test_a_passing_fault_is_asked_again_once(stumble, server):
    server.behaviours["/images-ubyte.gz"] = web.in_turn(stumble, web.whole(PACKED_IMAGES))
    assert fetch([server.url]) == (server.url, PACKED_IMAGES)
    assert len(server.asked) == 2


def test_a_lasting_fault_is_asked_twice_only(server):
    server.behaviours["/images-ubyte.gz"] = web.status(500)
    fault(server.url)
    assert server.asked == ["/images-ubyte.gz"] * 2


def test_a_good_source_is_taken_byte_for_byte(server):
    server.behaviours["/mirror/images-ubyte.gz"] = web.whole(PACKED_IMAGES)
    assert fetch([f"{server.url}/mirror/"]) == (f"{server.url}/mirror/", PACKED_IMAGES)


@pytest.mark.parametrize(
    ("target", "followed"),
    [
        ("https://b/x", True),
        ("/x", True),
        ("//b/x", True),
        ("http://b/x", False),
        ("ftp://b/x", False),
        ("file:///etc/passwd", False),
        ("HTTP://b/x", False),
    ],
)
def test_a_redirect_never_leaves_https(target, followed):
    response = requests.Response()
    response.url, response.status_code = "https://a/x", 302
    response.headers["location"], response.raw = target, io.BytesIO()
    body = transfer._Body(most_bytes=1)
    if followed:
        body.note_answer(response)
    else:
        with pytest.raises(transfer.UnusableSourceError, match="redirected from https"):
            body.note_answer(response)


def test_a_redirect_over_http_is_followed(server):
    server.behaviours["/images-ubyte.gz"] = web.redirect("/elsewhere")
    server.behaviours["/elsewhere"] = web.whole(PACKED_IMAGES)
    assert fetch([server.url])[1] == PACKED_IMAGES
