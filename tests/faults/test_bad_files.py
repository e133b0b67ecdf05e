"""Models, checkpoints, tables and records that are damaged, mad or malicious: refused with a
reason, or read as they are."""

import io
import json
import logging
import struct
import zipfile
from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pytest
from clouds import SETTINGS, run
from fuzzing import many_times, mutated, patient, watched
from hypothesis import strategies as st

from handwritten.artifacts import provenance, sealed
from handwritten.artifacts.checkpoints import Checkpoint
from handwritten.io import files
from handwritten.io.files import read_arrays, write_arrays
from handwritten.learning import network
from handwritten.learning.state import State

pytestmark = pytest.mark.promise("bad input")


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


def test_a_zip_directory_that_hides_members(tmp_path):
    """The second entry claims a comment of 256 bytes, which are the entries after it."""
    data = bytearray(MODEL_FILE)
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 1)
    data[second + 33] = 1
    (tmp_path / "model.npz").write_bytes(data)
    with pytest.raises(ValueError, match="2 of its 4 members"):
        read_arrays(tmp_path / "model.npz")


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
    record = provenance.provenance({}, folder.name, folder, {})
    (folder / "provenance.json").write_text(sealed.as_text(record))

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
