"""Which source a file comes from, in which form, and what is said where none serves."""

import gzip
import time
from dataclasses import replace
from pathlib import Path

import pytest
import server as web
from tiny import (
    CORRUPT_IMAGES,
    IMAGE_FILE,
    IMAGES,
    LABEL_FILE,
    PACKED_IMAGES,
    PACKED_LABELS,
    REPACKED_IMAGES,
    TIMEOUT,
    TINY,
    fault,
    fetch,
    folder_with,
)

from handwritten.data.datasets import DATA_SETS, GENERATED, MNIST
from handwritten.download import fetching

pytestmark = pytest.mark.promise("download")


def test_every_mirror_is_https():
    mirrors = [mirror for data_set in DATA_SETS.values() for mirror in data_set.mirrors]
    assert len(mirrors) >= 5
    assert all(mirror.startswith("https://") for mirror in mirrors)


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
    with pytest.raises(fetching.SourcesExhausted) as failure:
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
    found = fetching.probe(TINY, list(expected), TIMEOUT)
    assert time.monotonic() - start < 2 * TIMEOUT
    assert list(found.items()) == list(expected.items())


def test_probe_asks_no_address_when_a_folder_serves(tmp_path, server):
    mixed = folder_with(tmp_path / "mixed", images_ubyte=IMAGES, labels_ubyte__gz=PACKED_LABELS)
    none = str(tmp_path / "none")
    found = fetching.probe(TINY, [none, server.url, mixed], TIMEOUT)
    assert found == {none: "no such folder", mixed: ""}
    assert server.asked == []


def test_probe_has_nothing_to_ask_where_nothing_is_downloaded():
    assert fetching.probe(GENERATED, ["resources/generated"], TIMEOUT) == {}


def test_files_of_any_name_are_known_by_their_checksums(tmp_path):
    """As those of Kaggle (train-images.idx3-ubyte), beside others of the same sizes."""
    (tmp_path / "any").mkdir()
    contents = {"images.ubyte": IMAGES, "labels": PACKED_LABELS, "a": bytes(len(IMAGES))}
    contents |= {"b.gz": REPACKED_IMAGES[:-20], "c.gz": b"\x1f\x8b", "readme": b"-", "d": b""}
    for name, content in contents.items():
        (tmp_path / "any" / name).write_bytes(content)
    folder = str(tmp_path / "any")
    assert gzip.decompress(fetch([folder])[1]) == IMAGES
    assert fetch([folder], LABEL_FILE)[1] == PACKED_LABELS
    assert fetching.probe(TINY, [folder], TIMEOUT) == {folder: ""}
    (tmp_path / "any/images.ubyte").rename(tmp_path / "images.ubyte")
    assert fault(folder) == "images-ubyte.gz is missing"
    (tmp_path / "any/mine.gz").write_bytes(REPACKED_IMAGES)
    assert fetch([folder])[1] == REPACKED_IMAGES


def test_folders_of_system_packages_come_before_the_mirrors():
    expanded = fetching.expand(["mirrors"], DATA_SETS["fashion-mnist"])
    assert expanded[0] == "/usr/share/datasets/fashion-mnist"
    assert tuple(expanded[1:]) == DATA_SETS["fashion-mnist"].mirrors


def test_expand_names_the_data_set_and_its_mirrors_once():
    configured = ["resources/{dataset}", "b", "mirrors", "https://own/{dataset}/"]
    assert fetching.expand(configured, TINY) == [
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
