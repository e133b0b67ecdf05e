"""IDX files that are damaged, mad or malicious: refused with a reason, or read as they are.

Mutations know the format: they change header fields, lengths, types, dimensions and checksums, and
pack again what was inside, so that most of them come past the first check.
"""

import gzip
import math
import struct
import zlib

import numpy as np
import pytest
from fuzzing import EDGES, many_times, many_times_on_two_cores, mutated, patient, watched
from hypothesis import strategies as st

from handwritten.data import idx

pytestmark = pytest.mark.promise("bad input")


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


def meaning(data: bytes) -> bytes | None:
    """The plain IDX bytes that `data` legally stands for, by other means, or None."""
    if data[:2] == b"\x1f\x8b":
        try:
            data = gzip.decompress(data)
        except (OSError, EOFError, gzip.zlib.error):
            return None
    sizes = {0x08: 1, 0x09: 1, 0x0B: 2, 0x0C: 4, 0x0D: 4, 0x0E: 8}
    if len(data) < 4 or data[:2] != b"\0\0" or data[2] not in sizes or data[3] > 64:
        return None
    start = 4 + 4 * data[3]
    if len(data) < start:
        return None
    lengths = [int.from_bytes(data[at : at + 4], "big") for at in range(4, start, 4)]
    room = sizes[data[2]] * math.prod(length or 1 for length in lengths)
    whole = len(data) == start + sizes[data[2]] * math.prod(lengths)
    return data if whole and room < 2**63 else None


def test_idx_files(tries):
    """Of a hundred files one is a bomb: they take as long as all the others."""

    @patient
    def check(data: bytes):
        found, wanted, said = contents(data), meaning(data), ""
        with watched(len(found) + len(data)):
            try:
                array = idx.decode(data, "some.idx")
            except idx.IDXError as error:
                said = str(error)
        if said:
            assert "some.idx" in said and "byte" in said
            # The one thing that others read and we do not: zeros that pad a gzip file.
            assert wanted is None or data.endswith(b"\0")
        else:
            assert idx.encode(array) == found == wanted

    count = tries(2_000, 102_000)
    many_times_on_two_cores(check, FILES, count - count // 100)
    many_times(check, st.sampled_from(BOMBS).flatmap(mutated), count // 100)
