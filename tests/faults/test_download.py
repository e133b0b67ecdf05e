"""Sources that are dead, slow, broken or lying: what a download makes of each.

A tiny data set stands in for the real one; the server is on this machine and ends with each test.
"""

import gc
import gzip
import io
import random
import socket
import threading
import time
import tracemalloc
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import requests
import server as web

from handwritten.data.datasets import DATA_SETS, GENERATED, MNIST, DataSet, File
from handwritten.download import sources, transfer

pytestmark = pytest.mark.promise("download")
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


def folder_with(path: Path, **files: bytes) -> str:
    """A folder at `path` that holds `files`; `_` in a name stands for `-`, `__` for `.`."""
    path.mkdir()
    for name, content in files.items():
        (path / name.replace("__", ".").replace("_", "-")).write_bytes(content)
    return str(path)


def fetch(sources_in_order: list[str], file: File = IMAGE_FILE, **options) -> tuple[str, bytes]:
    """`sources.fetch` with the tests' time-out and no messages."""
    options = {"log": lambda message: None, **options}
    return sources.fetch(file, sources_in_order, TIMEOUT, **options)


def fault(source: str, file: File = IMAGE_FILE, most_seconds=None) -> str:
    """Why `source` fails, having checked that it takes no longer than it may."""
    start = time.monotonic()
    with pytest.raises(sources.SourcesExhausted) as failure:
        fetch([source], file)
    assert time.monotonic() - start < (most_seconds or TIMEOUT + file.packed_bytes / 65536 + 0.4)
    return failure.value.reasons[source]


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
        with pytest.raises(transfer.Unusable, match="redirected from https"):
            body.note_answer(response)


def test_every_mirror_is_https():
    mirrors = [mirror for data_set in DATA_SETS.values() for mirror in data_set.mirrors]
    assert len(mirrors) >= 5
    assert all(mirror.startswith("https://") for mirror in mirrors)


def test_a_redirect_over_http_is_followed(server):
    server.behaviours["/images-ubyte.gz"] = web.redirect("/elsewhere")
    server.behaviours["/elsewhere"] = web.whole(PACKED_IMAGES)
    assert fetch([server.url])[1] == PACKED_IMAGES


@pytest.mark.parametrize("absent", [403, 404])
def test_an_unpacked_file_is_fetched_and_packed_always_alike(absent, server):
    server.behaviours |= {
        "/images-ubyte.gz": web.status(absent), "/images-ubyte": web.whole(IMAGES),
    }  # fmt: skip
    packed = fetch([server.url])[1]
    assert gzip.decompress(packed) == IMAGES
    assert packed[4:8] == bytes(4)  # no time in the header
    assert server.asked == ["/images-ubyte.gz", "/images-ubyte"]


def test_a_server_that_unpacks_on_the_way(server):
    encoded = web.whole(PACKED_IMAGES, Content_Encoding="gzip")
    server.behaviours["/images-ubyte.gz"] = encoded
    assert gzip.decompress(fetch([server.url])[1]) == IMAGES


def test_local_files_packed_repacked_or_unpacked(tmp_path):
    for name, content in {"images_ubyte__gz": PACKED_IMAGES, "images_ubyte": IMAGES}.items():
        assert (
            gzip.decompress(fetch([folder_with(tmp_path / name, **{name: content})])[1]) == IMAGES
        )
    assert (
        fetch([folder_with(tmp_path / "repacked", images_ubyte__gz=REPACKED_IMAGES)])[1]
        == REPACKED_IMAGES
    )


def test_local_sources_are_never_changed(tmp_path, server):
    corrupt = folder_with(tmp_path / "corrupt", images_ubyte__gz=CORRUPT_IMAGES)
    server.behaviours["/images-ubyte.gz"] = web.whole(PACKED_IMAGES)
    messages = []
    assert fetch([corrupt, server.url], log=messages.append) == (server.url, PACKED_IMAGES)
    assert (Path(corrupt) / "images-ubyte.gz").read_bytes() == CORRUPT_IMAGES
    assert messages[0] == f"images-ubyte.gz: not from {corrupt}: wrong content"


def test_a_good_unpacked_file_beside_a_corrupt_packed_one(tmp_path):
    both = folder_with(tmp_path / "both", images_ubyte__gz=CORRUPT_IMAGES, images_ubyte=IMAGES)
    assert gzip.decompress(fetch([both])[1]) == IMAGES


def test_folders_that_cannot_serve(tmp_path):
    assert fault(str(tmp_path / "none")) == "no such folder"
    assert fault(str(tmp_path)) == "images-ubyte.gz is missing"
    assert fault("x" * 300) == "cannot be read: File name too long"
    half = folder_with(tmp_path / "half", images_ubyte__gz=PACKED_IMAGES[:100])
    assert fault(half) == "wrong content"


def test_without_a_checksum_of_the_inside_only_the_published_packing_will_do(tmp_path, server):
    file = replace(IMAGE_FILE, sha256_unpacked=None)
    for name, content in {"images_ubyte__gz": REPACKED_IMAGES, "images_ubyte": IMAGES}.items():
        reason = fault(folder_with(tmp_path / name, **{name: content}), file)
        assert reason == "wrong content (only the published .gz has a known checksum)"
    server.behaviours["/images-ubyte"] = web.whole(IMAGES)
    assert fault(server.url, file) == "HTTP 404"
    assert "/images-ubyte" not in server.asked


def test_the_first_source_that_serves_is_the_only_one_asked(tmp_path, server):
    server.behaviours["/second/images-ubyte.gz"] = web.whole(PACKED_IMAGES)
    server.behaviours["/third/images-ubyte.gz"] = web.whole(PACKED_IMAGES)
    order = [str(tmp_path / "none"), *(f"{server.url}/{n}/" for n in ("first", "second", "third"))]
    assert fetch(order)[0] == f"{server.url}/second/"
    assert [path.split("/")[1] for path in server.asked] == ["first", "first", "second"]


def test_when_all_fail_every_source_and_a_way_out_is_named(server, closed_port):
    server.behaviours["/hanging/images-ubyte.gz"] = web.hang
    order = [
        "resources/nowhere", f"{server.url}/absent/", f"{server.url}/hanging/",
        f"http://127.0.0.1:{closed_port}/",
    ]  # fmt: skip
    with pytest.raises(sources.SourcesExhausted) as failure:
        fetch(order)
    reasons = ["no such folder", "HTTP 404", "no answer within 0.5 s", "connection failed"]
    assert failure.value.reasons == dict(zip(order, reasons, strict=True))
    message = str(failure.value)
    for source, reason in zip(order, reasons, strict=True):
        assert f"  {source}: {reason}\n" in message
    for advice in ("into resources/nowhere", "HTTPS_PROXY", "`download: sources:`",
                   "--config dataset=generated"):  # fmt: skip
        assert advice in message


def test_progress_is_shown_only_when_asked_for(server, capsys):
    server.behaviours["/images-ubyte.gz"] = web.whole(PACKED_IMAGES)
    fetch([server.url], progress=False)
    assert capsys.readouterr().err == ""
    fetch([server.url], progress=True)
    assert "images-ubyte.gz: 100%" in capsys.readouterr().err


def test_probe_gives_a_reason_a_source_in_the_time_of_one(tmp_path, server, closed_port):
    server.behaviours |= {
        "/good/labels-ubyte.gz": web.whole(PACKED_LABELS),
        "/lying/labels-ubyte.gz": web.whole(b"<html>Welcome"),
        "/hanging/labels-ubyte.gz": web.hang,
        "/hanging-too/labels-ubyte.gz": web.hang,
        "/trickling/labels-ubyte.gz": web.trickle(PACKED_LABELS, 1, pause=0.1),
    }
    incomplete = folder_with(tmp_path / "incomplete", images_ubyte__gz=PACKED_IMAGES)
    labels_only = folder_with(tmp_path / "labels", labels_ubyte__gz=PACKED_LABELS)
    corrupt = folder_with(
        tmp_path / "corrupt", images_ubyte__gz=PACKED_IMAGES, labels_ubyte__gz=b"?"
    )
    expected = {
        f"{server.url}/hanging/": "no answer within 0.5 s",
        str(tmp_path / "none"): "no such folder",
        incomplete: "labels-ubyte.gz is missing",
        labels_only: "images-ubyte.gz is missing",
        corrupt: "wrong content",
        f"{server.url}/absent": "HTTP 404",
        f"{server.url}/hanging-too/": "no answer within 0.5 s",
        f"{server.url}/lying/": "wrong content",
        f"{server.url}/trickling/": "too slow: under 64 KiB/s",
        f"http://127.0.0.1:{closed_port}": "connection failed",
        f"{server.url}/good/": "",
    }
    start = time.monotonic()
    found = sources.probe(TINY, list(expected), TIMEOUT)
    assert time.monotonic() - start < 2 * TIMEOUT
    assert list(found.items()) == list(expected.items())


def test_probe_asks_no_address_when_a_folder_serves(tmp_path, server):
    mixed = folder_with(tmp_path / "mixed", images_ubyte=IMAGES, labels_ubyte__gz=PACKED_LABELS)
    none = str(tmp_path / "none")
    found = sources.probe(TINY, [none, server.url, mixed], TIMEOUT)
    assert found == {none: "no such folder", mixed: ""}
    assert server.asked == []


def test_probe_has_nothing_to_ask_where_nothing_is_downloaded():
    assert sources.probe(GENERATED, ["resources/generated"], TIMEOUT) == {}


def test_expand_names_the_data_set_and_its_mirrors_once():
    configured = ["resources/{dataset}", "b", "mirrors", "https://own/{dataset}/"]
    assert sources.expand(configured, TINY) == [
        "resources/tiny", "b", "http://a/", "https://own/tiny/",
    ]  # fmt: skip


@pytest.mark.parametrize("name", DATA_SETS)
def test_the_registry_is_consistent(name):
    data_set = DATA_SETS[name]
    assert data_set.name == name and len(data_set.classes) == 10
    digests = [file.sha256_packed for file in data_set.files]
    digests += [file.sha256_unpacked for file in data_set.files if file.sha256_unpacked]
    assert all(len(digest) == 64 and set(digest) <= set("0123456789abcdef") for digest in digests)
    assert len(set(digests)) == len(digests)
    assert [file.name for file in data_set.files] in ([], [file.name for file in MNIST.files])
    assert all(mirror.endswith("/") for mirror in data_set.mirrors)
