"""Pictures that are damaged, mad or malicious: refused with a reason, or read as they are."""

import multiprocessing
import resource
import struct
import time
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from fuzzing import many_times, mutated, patient, within_a_second
from hypothesis import strategies as st
from PIL import Image

from handwritten import predict
from handwritten.data import idx
from handwritten.io import reading
from handwritten.own_images import own_pictures
from handwritten.pictures import pictures

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
TOO_MANY_PIXELS = " pixels; allowed: at most 50,000,000 in all: make it smaller"
PICTURES = {
    "sound": (png(), None),
    "international text": (png((b"iTXt", b"k\0\1\0\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "text": (png((b"zTXt", b"k\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "colour profile": (png((b"iCCP", b"k\0\0" + TEXT_BOMB)), TOO_MUCH_TEXT),
    "texts": (png(*[(b"zTXt", b"k\0\0" + zeros(10**6))] * 70), TOO_MUCH_TEXT),
    "13,000 x 13,000": (png(size=(13_000, 13_000), pixels=PIXEL_BOMB), TOO_MANY_PIXELS),
    "7,072 x 7,071": (png(size=(7072, 7071), pixels=PIXEL_BOMB), TOO_MANY_PIXELS),
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
