"""Pictures and paths that are damaged, mad or malicious: refused with a reason, or read as they
are."""

import multiprocessing
import os
import re
import resource
import socket
import struct
import time
import zlib
from contextlib import chdir, suppress
from pathlib import Path

import numpy as np
import pytest
from fuzzing import many_times, mutated, patient, within_a_second
from hypothesis import strategies as st
from PIL import Image

from handwritten import predict
from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.data import idx
from handwritten.download import fetching
from handwritten.io import reading
from handwritten.own_images import importing, own_data, own_pictures
from handwritten.pictures import pictures
from handwritten.plan.plan import Plan

pytestmark = pytest.mark.promise("bad input")

RUN = predict.Run("phase2", "mnist", ["zero", "one"], (28, 28), models=[])
REFUSALS = (predict.UnreadableError, reading.UnreadableFileError, idx.IDXError)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
ROWS = b"".join(b"\0" + bytes(x * y % 256 for x in range(28)) for y in range(28))


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file, its checksum right."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def header(width: int, height: int, depth: int = 8, colour: int = 0) -> bytes:
    """The data of a PNG file's first chunk."""
    return struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)


def png(*between: tuple[bytes, bytes], size=(28, 28), pixels: bytes | None = None) -> bytes:
    """A grey picture with these chunks between its header and its pixels."""
    pixels = zlib.compress(ROWS) if pixels is None else pixels
    parts = [(b"IHDR", header(*size)), *between, (b"IDAT", pixels), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(kind, data) for kind, data in parts)


def zeros(count: int) -> bytes:
    """So many zeros in a thousandth of the space."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(10**6)) for _ in range(count // 10**6)) + packer.flush()


TEXT_BOMB, PIXEL_BOMB = zeros(200 * 10**6), zeros(13_000 * 13_001)
TOO_MUCH_TEXT = "too much text beside its pixels; allowed: at most 1,048,576 bytes"
TOO_MANY_PIXELS = "too many pixels; allowed: at most 16,000,000: make it smaller"
PICTURES = {
    "sound": (png(), None),
    "international text": (png((b"iTXt", b"k\0\1\0\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "text": (png((b"zTXt", b"k\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "colour profile": (png((b"iCCP", b"k\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "texts": (png(*[(b"zTXt", b"k\0\0" + zeros(10**6))] * 70), TOO_MUCH_TEXT),
    "13,000 x 13,000": (png(size=(13_000, 13_000), pixels=PIXEL_BOMB), TOO_MANY_PIXELS),
    "4001 x 4000": (png(size=(4001, 4000), pixels=PIXEL_BOMB), TOO_MANY_PIXELS),
    "very large": (png(size=(2**31 - 1, 2**31 - 1)), TOO_MANY_PIXELS),
    "very wide": (png(size=(2**31 - 1, 1)), TOO_MANY_PIXELS),
    "no width": (png(size=(0, 28)), "not a readable picture: replace it"),
    "no height": (png(size=(28, 0)), "not a readable picture: replace it"),
    "too few pixels": (png(pixels=zlib.compress(ROWS[:99])), "image file is truncated"),
    "no pixels": (png(pixels=b""), "not a readable picture"),
    "cut": (png()[:-40], "image file is truncated"),
    "wrong checksum": (png()[:29] + b"1234" + png()[33:], "not a readable picture"),
    "animated": (png((b"acTL", struct.pack(">II", 2**31, 0))), None),
    "animated, damaged": (png((b"acTL", b"12")), "not a readable picture"),
    "transparent, damaged": (png((b"tRNS", b"")), "not a readable picture"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_bad_picture_is_refused_with_one_sentence_within_a_second(name, tmp_path):
    data, expected = PICTURES[name]
    path = tmp_path / "some.png"
    path.write_bytes(data)
    with within_a_second():
        for read in (
            lambda: predict.read_images(str(path), RUN).images,
            lambda: own_pictures.as_image(pictures.read(path), (28, 28), "resize"),
        ):
            try:
                assert read().dtype == np.uint8 and expected is None
            except (predict.UnreadableError, pictures.UnreadablePictureError) as refusal:
                said = str(refusal)
                assert said.startswith(f"{path} ") and expected and expected in said
                assert "\n" not in said and "0x" not in said


def growth(paths: list[Path], result) -> None:
    """Put into a queue by how many bytes this process has grown by reading the pictures."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in paths:
        with suppress(*REFUSALS):
            predict.read_images(str(path), RUN)
    result.put((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)


def test_bad_pictures_take_little_memory(tmp_path):
    """Pillow's memory is not Python's, so a process of its own is measured."""
    for name, (data, _) in PICTURES.items():
        (tmp_path / name).write_bytes(data)
    fork = multiprocessing.get_context("fork")
    result = fork.Queue()
    process = fork.Process(target=growth, args=(list(tmp_path.iterdir()), result))
    process.start()
    assert result.get(timeout=60) < 200 * 2**20  # Pillow's limit for all texts is 64 MiB
    process.join()


def test_the_largest_picture_takes_a_second_at_most(tmp_path):
    noisy = np.random.default_rng(0).integers(130, 256, (4000, 4000), np.uint8)
    noisy.reshape(8, 500, 8, 500)[:, 100:400, :, 200:250] //= 4
    Image.fromarray(noisy).save(tmp_path / "large.png", compress_level=0)
    started = time.process_time()
    assert len(predict.read_images(str(tmp_path / "large.png"), RUN).images) == 64
    assert time.process_time() - started < 2  # on a busy machine


PARTS = [(b"IHDR", header(28, 28)), (b"tRNS", b"\0\1"), (b"pHYs", struct.pack(">IIB", 1, 1, 1))]
PARTS += [(b"tEXt", b"k\0v"), (b"IDAT", zlib.compress(ROWS)), (b"IEND", b"")]


@st.composite
def pngs(draw) -> bytes:
    """A picture with bytes changed anywhere, or in one chunk whose checksum then is right again."""
    if draw(st.booleans()):
        return draw(mutated(png()))
    place = draw(st.integers(0, len(PARTS) - 1))
    changed = [
        (kind, draw(mutated(data))) if i == place else (kind, data)
        for i, (kind, data) in enumerate(PARTS)
    ]
    return SIGNATURE + b"".join(chunk(kind, data) for kind, data in changed)


def test_pictures(tmp_path, tries):
    path = tmp_path / "some.png"

    @patient
    def check(data: bytes):
        path.write_bytes(data)
        with within_a_second():
            try:
                images, _ = predict.read_images(str(path), RUN)
            except REFUSALS as refusal:
                assert str(refusal).startswith(str(path))
            else:
                assert images.shape[1:] == (28, 28) and images.dtype == np.uint8

    many_times(check, pngs(), tries(300, 20_000))


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Path:
    """A folder with things that are not files, and a small data set of pictures and IDX files."""
    folder = tmp_path_factory.mktemp("places")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "nowhere").symlink_to("nothing")
    (folder / "zeros").symlink_to("/dev/zero")
    (folder / "large").touch()
    os.truncate(folder / "large", 10**13)
    for split in ("train", "test"):
        labels = np.arange(40, dtype=np.uint8) % 2
        (folder / f"{split}.idx").write_bytes(idx.encode(np.zeros((40, 8, 8), np.uint8)))
        (folder / f"{split}-labels.idx").write_bytes(idx.encode(labels))
        for name in "ab":
            (folder / "pictures" / split / name).mkdir(parents=True)
            for i in range(8):
                Image.new("L", (8, 8)).save(folder / "pictures" / split / name / f"{i}.png")
    with chdir(folder):
        planned(PNG).steps.cache.save()
    return folder


IDX = {
    "name": "shapes",
    "images": ["train.idx", "test.idx"],
    "labels": ["train-labels.idx", "test-labels.idx"],
    "classes": ["a", "b"],
}
PNG = {"name": "shapes", "images": "pictures"}
KNOWN = Path("known.json")  # in the folder: what plans know of the code, which takes half a second
LONG, NOT_UTF_8 = "x" * 5000, os.fsdecode(b"\xff")
PLACES = [
    "pipe",
    "folder",
    "loop",
    "nowhere",
    "zeros",
    "/dev/full",
    "/proc/kmsg",
    "large",
    LONG,
    "a\0b",
    "a\nb",
]


def planned(data_set: dict) -> Plan:
    """The plan of a configuration with this data set."""
    runs = {"phase1": {"trainer": "phase1"}}
    config = {"dataset": data_set, "dev_size": 10, "runs": runs, "report": ["phase1"]}
    return Plan(configuration.validated(config), cache=KNOWN)


@pytest.mark.parametrize("place", PLACES)
def test_a_path_to_anything_but_a_sound_file_is_refused(place, places, monkeypatch):
    monkeypatch.chdir(places)
    with within_a_second():
        for data_set in (
            IDX | {"images": ["train.idx", place]},
            IDX | {"labels": [place, "test-labels.idx"]},
            PNG | {"images": place},
            PNG | {"classes": ["a", place]},
        ):
            with pytest.raises(ConfigurationError) as refused:
                planned(data_set)
            assert re.match(r"config: dataset.{1,900}\Z", str(refused.value))
        with pytest.raises(REFUSALS):
            predict.read_images(place, RUN)
        with pytest.raises(fetching.UnusableSourceError):
            fetching._copies(fetching.File("a.gz", 1, 1, "", None), place)


def test_a_socket_is_refused(places, monkeypatch):
    monkeypatch.chdir(places)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(reading.UnreadableFileError, match="socket cannot be read"):
            predict.read_images("socket", RUN)


@pytest.mark.parametrize("name", ["0.png", "last.png"])
@pytest.mark.parametrize("place", ["pipe", "folder", "loop", "nowhere", "zeros", "large"])
def test_a_picture_that_is_not_one_is_named_by_the_plan(place, name, places, monkeypatch):
    """One that is too large is refused, and whatever is not a file is left out."""
    monkeypatch.chdir(places)
    path = Path("pictures/train/b", name)
    whole = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    path.symlink_to(places / place)
    try:
        with within_a_second():
            if place == "large":
                with pytest.raises(ConfigurationError, match=f"dataset: {path} has 10,000,000,"):
                    planned(PNG)
            else:
                ((left_out, why),) = own_data.listing(PNG)["left_out"]
                assert f"pictures/{left_out}" == str(path)
                links = ("a link to a folder", "a link to nothing", "not a file")
                assert why in links and planned(PNG)
    finally:
        path.unlink()
        if whole:
            path.write_bytes(whole)


@pytest.mark.parametrize("name", ["a\nb.png", NOT_UTF_8 + ".png", "n" * 250 + ".png", "A.PNG"])
def test_pictures_may_have_any_name(name, places, monkeypatch):
    monkeypatch.chdir(places)
    path = Path("pictures/train/b", name)
    Image.new("L", (8, 8), 9).save(path, format="PNG")
    try:
        assert own_data.contents(PNG)["train"]
        assert len(importing.import_all(PNG, {}).images["train"]) == 17
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["a\nb", NOT_UTF_8, "n" * 41])
def test_folders_of_classes_have_names_that_can_be_shown(name, places, monkeypatch):
    monkeypatch.chdir(places)
    folder = Path("pictures/train", name)
    folder.mkdir()
    try:
        with pytest.raises(ConfigurationError, match="at most 40 printable characters"):
            planned(PNG)
    finally:
        folder.rmdir()


def test_one_folder_is_not_two_classes(places, monkeypatch):
    """As for classes A and a where the system does not tell upper from lower case."""
    monkeypatch.chdir(places)
    with pytest.raises(ConfigurationError, match="a and pictures/train/a are one folder"):
        planned(PNG | {"classes": ["a", "./a"]})


def test_more_pixels_than_the_limit_are_refused_before_they_are_read(places, monkeypatch):
    monkeypatch.chdir(places)
    monkeypatch.setattr(reading, "MOST_DATA_BYTES", 100)
    with pytest.raises(ConfigurationError, match=r"16 images of 8 x 8 .* allowed: at most 100 "):
        planned(PNG)
    with pytest.raises(ConfigurationError, match="has 2,576 bytes; allowed: at most 100"):
        planned(IDX)
