"""Files that are damaged, mad or malicious: refused with a reason, or read as they are.

Mutations know the formats: they change header fields, lengths, types, dimensions and checksums, and
pack again what was inside, so that most of them come past the first check.
"""

import gzip
import io
import json
import logging
import math
import struct
import time
import tracemalloc
import zipfile
import zlib
from contextlib import contextmanager, nullcontext, suppress
from functools import wraps
from types import SimpleNamespace

import numpy as np
import pytest
from clouds import SETTINGS, run
from fuzzing import EDGES, many_times, many_times_on_two_cores, mutated
from hypothesis import strategies as st

from handwritten.artifacts import provenance
from handwritten.artifacts.checkpoints import Checkpoint
from handwritten.data import idx
from handwritten.io import files
from handwritten.io.files import read_arrays, write_arrays
from handwritten.learning import network
from handwritten.learning.state import State

pytestmark = pytest.mark.promise("bad input")
SECONDS = 1.0
SMALL_CHANGE = 2**19  # bytes that Python may need for itself


@st.composite
def idx_fields(draw) -> bytes:
    """An IDX file written field by field, of which any may lie."""
    shape = draw(st.lists(st.integers(0, 5), max_size=4))
    code = draw(st.sampled_from(list(idx.TYPES)))
    size = math.prod(shape) * np.dtype(idx.TYPES[code]).itemsize
    lie = draw(st.sampled_from(["none", "zeros", "code", "rank", "shape", "huge", "size"]))
    zeros = draw(st.sampled_from(EDGES)) % 2**16 if lie == "zeros" else 0
    code = draw(st.integers(0, 255)) if lie == "code" else code
    rank = draw(st.integers(0, 255)) if lie == "rank" else len(shape)
    if lie == "shape" and shape:
        shape[draw(st.integers(0, len(shape) - 1))] = draw(st.sampled_from(EDGES))
    if lie == "huge":
        shape = [draw(st.sampled_from(EDGES[8:])) for _ in range(draw(st.integers(1, 6)))]
        rank = len(shape)
    if lie == "size":
        size = max(0, size + draw(st.sampled_from([-8, -1, 1, 8, 4096])))
    body = bytes(i % 251 for i in range(min(size, 10_000)))
    return struct.pack(f">HBB{len(shape)}I", zeros, code, rank, *shape) + body


def repacked(data: bytes, flaw: int) -> bytes:
    """`data` as gzip, whole or with one field of its header or trailer wrong."""
    packed = bytearray(gzip.compress(data, mtime=0))
    if flaw == 1:
        packed[2] = 7  # method
    elif flaw == 2:
        packed[3] = 0xFF  # flags: name, comment, extra fields that are not there
    elif flaw == 3:
        packed[-8] ^= 1  # checksum
    elif flaw == 4:
        packed[-4:] = struct.pack("<I", 2**32 - 1)  # length
    elif flaw == 5:
        packed += bytes(packed)  # a second member
    elif flaw == 6:
        packed += b"\x1f\x8b"  # a second member that ends at once
    return bytes(packed)


def bomb(size: int, promise: int) -> bytes:
    """So many zeros in a thousandth of the space, behind a header that promises others."""
    return gzip.compress(struct.pack(">HBBI", 0, 8, 1, promise) + bytes(size), mtime=0)


BOMBS = [bomb(2_000_000, promise) for promise in (2**32 - 1, 1_999_999, 2_000_001, 10)]
WHOLE = idx.encode(np.arange(60, dtype=np.int16).reshape(3, 4, 5))
FILES = st.one_of(
    mutated(WHOLE),
    idx_fields(),
    st.builds(repacked, st.one_of(idx_fields(), mutated(WHOLE)), st.integers(0, 6)),
    mutated(gzip.compress(WHOLE, mtime=0)),
    st.binary(max_size=40),
)


def contents(data: bytes) -> bytes:
    """What is in a file, by other means than those under test, as far as it is sound."""
    if data[:2] != idx.GZIP_MAGIC:
        return data
    found, member = bytearray(), zlib.decompressobj(idx.GZIP_WBITS)
    while data:
        if member.eof:
            member = zlib.decompressobj(idx.GZIP_WBITS)
        few, data = data[:64], data[64:]
        try:
            found += member.decompress(few)
        except zlib.error:
            break
        data = member.unused_data + data
    return bytes(found)


class TooSlow(AssertionError):
    """What was watched has used too much of the processor's time."""


@contextmanager
def watched(room: int):
    """Allow a second of computing, and memory for three times so many bytes and a little more.

    A second of the processor, not of the clock: another process may keep this one waiting.
    """
    tracemalloc.start()
    started = time.process_time()
    try:
        yield
        seconds = time.process_time() - started
        if seconds > SECONDS:
            raise TooSlow(f"{seconds:.1f} s")
        assert tracemalloc.get_traced_memory()[1] < 3 * room + SMALL_CHANGE
    finally:
        tracemalloc.stop()


def patient(check):
    """The check with two more chances: a hang comes again, a pause of the machine does not."""

    @wraps(check)
    def tried(data: bytes):
        for _ in range(2):
            with suppress(TooSlow):
                return check(data)
        return check(data)

    return tried


def test_idx_files(tries):
    """Of a hundred files one is a bomb: they take as long as all the others."""

    @patient
    def check(data: bytes):
        expected = contents(data)
        with watched(len(expected) + len(data)):
            try:
                array = idx.decode(data, "some.idx")
            except idx.IDXError as error:
                assert "some.idx" in str(error) and "byte" in str(error)
                return
        assert idx.encode(array) == expected

    count = tries(2_000, 102_000)
    many_times_on_two_cores(check, FILES, count - count // 100)
    many_times(check, st.sampled_from(BOMBS).flatmap(mutated), count // 100)


# Models, checkpoints, records


def stored(arrays: dict) -> bytes:
    """An .npz as the pipeline writes it."""
    out = io.BytesIO()
    write_arrays(out, arrays)
    return out.getvalue()


def npz(members: dict[str, bytes], packing=zipfile.ZIP_STORED) -> bytes:
    """A zip of raw members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def npy(header: str, body: bytes = b"", version: int = 1) -> bytes:
    """A .npy file with any header."""
    text = header.encode("latin1") + b"\n"
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H", len(text)) + text + body


HEADERS = [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 'x', }",
    "{'descr': '<f4', 'fortran_order': 7, 'shape': (1,), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "__import__('os').system('touch owned')",
    "{" * 500,
    "[]",
    "",
]
MODEL = network.named(network.views(np.linspace(-1, 1, 26, dtype=np.float32), [3, 4, 2]))
MODEL_FILE = stored(MODEL)
STATE = run(epochs=2, ema_decay=0.9)
STATE_SETTINGS = SETTINGS | {"epochs": 2, "ema_decay": 0.9}
STATE_FILE = stored(STATE.arrays() | {"seconds": np.array(1.0)})
HOSTILE = st.builds(
    lambda header, body, version, packing: npz({"W1.npy": npy(header, body, version)}, packing),
    st.sampled_from(HEADERS),
    st.binary(max_size=20),
    st.integers(0, 4),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
# A table as the pipeline writes it.
TABLE = b"epoch,train_loss,dev_accuracy\n" + b"".join(b"%d,0.25,1e-3\n" % i for i in range(9))
OBJECTS = io.BytesIO()
np.savez(OBJECTS, W1=np.array([{}], dtype=object))


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_model_files(tmp_path, tries):
    path = tmp_path / "model.npz"

    @patient
    def check(data: bytes):
        path.write_bytes(data)
        with watched(len(data)):
            try:
                layers = network.from_named(read_arrays(path))
            except ValueError as error:
                assert str(error)
                return
        # Zip and header may differ in what means nothing, but no number may.
        found = network.named(layers)
        assert set(found) == set(MODEL)
        assert all(np.array_equal(found[name], MODEL[name]) for name in MODEL)

    whole = st.sampled_from([MODEL_FILE, OBJECTS.getvalue()])
    many_times(check, st.one_of(mutated(MODEL_FILE), HOSTILE, whole), tries(1_000, 20_000))
    assert not (tmp_path / "owned").exists()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_checkpoints(tmp_path, tries):
    place = tmp_path / "0123456789"
    log = logging.LoggerAdapter(logging.getLogger("silent"))
    log.logger.disabled = True
    expected = stored(STATE.arrays())

    def parse(arrays):
        return State.from_arrays(arrays, STATE_SETTINGS)

    def check(data: bytes):
        checkpoint = Checkpoint(place, log)
        checkpoint.path.write_bytes(data)
        state = checkpoint.read(parse)
        assert state is None or stored(state.arrays()) == expected

    whole = st.just(STATE_FILE)
    many_times(check, st.one_of(mutated(STATE_FILE), HOSTILE, whole), tries(500, 10_000))


def test_tables(tmp_path, tries):
    """What is in a table is known by its hash alone; its reader refuses what is none."""
    folder = tmp_path / "0123456789"
    folder.mkdir()
    path = folder / "a.csv"
    path.write_bytes(TABLE)
    files.write_json(folder / "provenance.json", provenance.provenance({}, folder.name, folder, {}))

    @patient
    def check(data: bytes):
        path.write_bytes(data)
        damaged = pytest.raises(provenance.DamagedArtifactError, match=path.name)
        with nullcontext() if data == TABLE else damaged:
            provenance.input_sha256(path)
        with watched(len(data)):
            try:
                rows = files.read_table(path)
            except ValueError as error:
                assert str(path) in str(error)
            else:
                assert all(isinstance(x, float) for row in rows for x in row.values())

    many_times(check, st.one_of(st.just(TABLE), mutated(TABLE)), tries(500, 10_000))


def test_records(tmp_path, tries):
    folder = tmp_path / "0123456789"
    folder.mkdir()
    (folder / "a.json").write_text("{}")
    record = provenance.provenance({"step": "s"}, folder.name, folder, {})
    text = json.dumps(record).encode()
    job = SimpleNamespace(folder=folder)

    def check(data: bytes):
        (job.folder / "provenance.json").write_bytes(data)
        try:
            measured = provenance.input_sha256(folder / "a.json")
        except provenance.DamagedArtifactError as error:
            assert str(folder) in str(error) and "delete the folder" in str(error)
        else:
            assert measured == record["files"]["a.json"] == json.loads(data)["files"]["a.json"]

    many_times(check, st.one_of(mutated(text), st.binary(max_size=30)), tries(500, 10_000))
