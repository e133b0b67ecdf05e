"""The IDX reader must give exactly what a file says, or say exactly what is wrong with it."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from handwritten.data import idx
from handwritten.data.idx import IDXError, decode, encode, pack, read
from handwritten.io import reading

WRITTEN_OUT = {
    "uint8": ("00 00 08 01  00 00 00 03  00 7f ff", [0, 127, 255]),
    "int8": ("00 00 09 01  00 00 00 03  01 7f 80", [1, 127, -128]),
    "int16": ("00 00 0b 01  00 00 00 03  01 02 ff fe 80 00", [258, -2, -32768]),
    "int32": ("00 00 0c 01  00 00 00 02  00 01 00 02 ff ff ff fd", [65538, -3]),
    "float32": ("00 00 0d 01  00 00 00 02  3f c0 00 00 c0 00 00 00", [1.5, -2.0]),
    "float64": ("00 00 0e 01  00 00 00 01  bf e8 00 00 00 00 00 00", [-0.75]),
}
SMALL = bytes.fromhex("00 00 08 02  00 00 00 02  00 00 00 03  01 02 03 04 05 06")
WORDS = bytes.fromhex("00 00 0b 01  00 00 00 02  01 02 03 04")
SEVERAL_CHUNKS = encode(np.random.default_rng(0).integers(0, 256, (300, 900), np.uint8))
MEGABYTE = 2**20

both_ways = pytest.mark.parametrize("wrap", [bytes, pack], ids=["plain", "packed"])
arrays = st.sampled_from(["u1", "i1", "i2", "i4", "f4", "f8"]).flatmap(
    lambda letters: npst.arrays(
        st.sampled_from([np.dtype("<" + letters), np.dtype(">" + letters)]),
        npst.array_shapes(min_dims=0, max_dims=5, min_side=0, max_side=4),
    )
)


def header(code: int, *shape: int) -> bytes:
    return struct.pack(f">HBB{len(shape)}I", 0, code, len(shape), *shape)


def message_of(data: bytes) -> str:
    """What `decode` has to say against `data`."""
    with pytest.raises(IDXError) as error:
        decode(data, "some.idx")
    return str(error.value)


# Reading and writing


@both_ways
@pytest.mark.parametrize("dtype", WRITTEN_OUT)
def test_every_type_as_written_out(dtype, wrap):
    hexadecimal, values = WRITTEN_OUT[dtype]
    array = decode(wrap(bytes.fromhex(hexadecimal)), "some.idx")
    assert array.dtype == np.dtype(dtype) and array.dtype.isnative
    assert array.tolist() == values
    assert encode(array) == bytes.fromhex(hexadecimal)


def test_elements_are_row_major():
    assert decode(SMALL, "some.idx").tolist() == [[1, 2, 3], [4, 5, 6]]
    assert encode(np.array([[1, 4], [2, 5], [3, 6]], np.uint8).T) == SMALL


def test_rank_zero_is_one_element():
    array = decode(bytes.fromhex("00 00 0b 00  01 02"), "some.idx")
    assert array.shape == () and array == 258


@both_ways
def test_numpys_highest_rank(wrap):
    data = header(0x08, *[1] * 64) + b"\x07"
    assert decode(wrap(data), "some.idx").shape == (1,) * 64


@both_ways
def test_a_zero_beside_the_largest_dimension(wrap):
    data = header(0x08, 0, 2**32 - 1)
    assert encode(decode(data, "some.idx")) == data
    if wrap is pack:  # 30 packed bytes hold no 4 GiB, but they need not
        assert decode(pack(data), "some.idx").shape == (0, 2**32 - 1)


@both_ways
@given(array=arrays)
def test_round_trip(array, wrap):
    back = decode(wrap(encode(array)), "some.idx")
    assert back.dtype == array.dtype.newbyteorder("=") and back.dtype.isnative
    assert back.shape == array.shape
    assert back.tobytes() == array.astype(back.dtype).tobytes()  # bits, for NaNs' sake


@both_ways
@pytest.mark.parametrize("data", [SMALL, WORDS], ids=["bytes", "words"])
def test_arrays_are_read_only_and_aligned(data, wrap):
    array = decode(wrap(data), "some.idx")
    assert not array.flags.writeable and array.flags.aligned and array.flags.c_contiguous


def test_plain_bytes_are_not_copied():
    assert np.shares_memory(decode(SMALL, "some.idx"), np.frombuffer(SMALL, np.uint8))


def test_data_that_could_be_changed_is_not():
    data = bytearray(WORDS)
    assert decode(data, "some.idx").tolist() == [258, 772]
    assert data == WORDS


def test_pack_keeps_no_time_and_no_name(monkeypatch):
    first = pack(SMALL)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert pack(SMALL) == first and gzip.decompress(first) == SMALL
    assert first[3] == 0 and first[4:8] == bytes(4)  # no flags, hence no name; no time


def test_several_members_are_one_file():
    parts = SEVERAL_CHUNKS[:1], SEVERAL_CHUNKS[1:100_000], b"", SEVERAL_CHUNKS[100_000:], b""
    array = decode(b"".join(map(pack, parts)), "some.idx")
    assert encode(array) == SEVERAL_CHUNKS


def test_packing_is_known_by_its_bytes_not_by_its_name(tmp_path):
    path = tmp_path / "plain.gz"
    path.write_bytes(SMALL)
    assert read(path).shape == (2, 3)
    path.write_bytes(pack(SMALL))
    assert read(str(path)).shape == (2, 3)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(OSError, match=r"nothing\.idx cannot be read: No such file"):
        read(tmp_path / "nothing.idx")


# What `decode` refuses

REFUSED = {
    "empty": (b"", ["byte 0:", "the end of the file", "4 more bytes of magic number"]),
    "three bytes": (SMALL[:3], ["byte 3:", "1 more bytes of magic number"]),
    "no dimensions": (SMALL[:4], ["byte 4:", "8 more bytes of dimensions"]),
    "half the dimensions": (SMALL[:9], ["byte 9:", "3 more bytes of dimensions"]),
    "no elements": (SMALL[:12], ["byte 12:", "6 more bytes of elements"]),
    "an element short": (SMALL[:-1], ["byte 17:", "1 more bytes of elements"]),
    "a byte over": (SMALL + b"\0", ["byte 18:", "more bytes", "the end after 6 bytes", "(2, 3)"]),
    "a web page": (b"<!DOCTYPE html>", ["byte 0:", "found 3c 21", "expected 00 00", "web page"]),
    "second byte": (b"\0\1" + SMALL[2:], ["byte 0:", "found 00 01"]),
    "type": (b"\0\0\x0a" + SMALL[3:], ["byte 2:", "type 0a", "one of 08 09 0b 0c 0d 0e"]),
    "rank": (b"\0\0\x08\x41" + bytes(260), ["byte 3:", "rank 65", "at most 64"]),
    "terabytes": (header(0x08, 2**20, 2**20), ["byte 4:", "at most 1000000000 bytes"]),
    "a gigabyte of eight bytes each": (header(0x0E, 2**27), ["byte 4:", "bytes in all", "float64"]),
    "overflow": (header(0x0E, *[2**32 - 1] * 3), ["byte 4:", "4294967295", "float64"]),
    "overflow beside a zero": (header(0x08, 0, *[2**32 - 1] * 2), ["byte 4:", f"{2**63 - 1}"]),
}


@both_ways
@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, wrap):
    data, phrases = REFUSED[case]
    message = message_of(wrap(data))
    if (case, wrap) == ("terabytes", pack):
        phrases = ["byte 4:", "(1048576, 1048576)", f"at most {1032 * len(pack(data))} bytes"]
    assert all(phrase in message for phrase in ["some.idx", *phrases]), message


def test_no_more_is_unpacked_than_is_allowed(monkeypatch):
    packed = pack(encode(np.zeros(2000, np.uint8)))
    monkeypatch.setattr(reading, "MOST_DATA_BYTES", 1000)
    with pytest.raises(IDXError, match=r"byte 4: .*expected at most 1000 bytes in all"):
        decode(packed, "some.idx")


def test_elements_up_to_numpys_limit_beside_a_zero():
    data = header(0x08, 0, 2**31, 2**32 - 1)  # just under 2**63
    assert decode(data, "some.idx").size == 0


def test_two_zeros_make_nothing_as_one_does():
    assert decode(pack(header(0x08, 0, 0, 2**31)), "some.idx").shape == (0, 0, 2**31)


def test_gzip_may_look_back_as_far_as_deflate_can():
    array = np.tile(np.random.default_rng(1).integers(0, 256, 30_000, np.uint8), 2)
    assert np.array_equal(decode(gzip.compress(encode(array)), "some.idx"), array)


@pytest.mark.parametrize("length", [2, 9, 17, 100_000, -8, -1])
def test_refuses_gzip_cut_short(length):
    packed = pack(SEVERAL_CHUNKS)[:length]
    message = message_of(packed)
    assert f"packed byte {len(packed)}: found the end of the file" in message


def test_refuses_a_second_member_cut_short():
    packed = pack(SMALL) + pack(b"")[:-1]
    assert f"packed byte {len(packed)}: found the end of the file" in message_of(packed)


@pytest.mark.parametrize("garbage", [b"garbage", bytes(8)], ids=["text", "zeros"])
def test_refuses_garbage_after_gzip(garbage):
    packed = pack(SMALL)
    message = message_of(packed + garbage)
    assert f"packed byte {len(packed)} or soon after: found damage" in message


@pytest.mark.parametrize(
    "place, reason",
    [(2, "unknown compression method"), (-8, "incorrect data check"), (-1, "incorrect length")],
)
def test_refuses_damaged_gzip(place, reason):
    packed = bytearray(pack(SMALL))
    packed[place] ^= 0x10
    message = message_of(bytes(packed))
    assert "some.idx, packed byte" in message and reason in message


def test_refuses_bad_deflate_data_within_a_chunk_of_it():
    sound = pack(b"")[:10]
    message = message_of(sound + b"\x07" + bytes(20))  # a block of the type that is reserved
    assert "packed byte 0 or soon after" in message and "invalid block type" in message


def test_what_fits_in_no_memory(monkeypatch):
    take = idx._Packed.take

    def with_little_memory(source, size):
        if size > 1000:
            raise MemoryError
        return take(source, size)

    monkeypatch.setattr(idx._Packed, "take", with_little_memory)
    message = message_of(pack(header(0x08, 30, 40) + bytes(1200)))
    assert "byte 4: found shape (30, 40)" in message and "one that fits in memory" in message


# What `encode` refuses


@pytest.mark.parametrize("dtype", ["int64", "bool", "complex64", "float16", "uint16", "U3", "O"])
def test_refuses_types_that_idx_lacks(dtype):
    with pytest.raises(IDXError, match="uint8, int8, int16, int32, float32, float64") as error:
        encode(np.zeros(2, dtype))
    assert str(np.dtype(dtype)) in str(error.value)


@pytest.mark.parametrize("size", [2**32, 2**32 + 1])
def test_refuses_a_dimension_that_idx_lacks(size):
    with pytest.raises(IDXError, match=rf"\({size}, 0\).*at most 4294967295"):
        encode(np.empty((size, 0), np.uint8))


# Bombs: memory is bounded by the promise, and the promise by the packed size


def peak_while_refusing(data: bytes) -> int:
    tracemalloc.start()
    try:
        message_of(data)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("promised", [1, MEGABYTE])
def test_no_memory_for_more_than_was_promised(promised):
    bomb = pack(header(0x08, promised) + bytes(64 * MEGABYTE))
    assert f"byte {8 + promised}: found more bytes" in message_of(bomb)
    assert peak_while_refusing(bomb) < promised + MEGABYTE


def test_no_memory_for_a_promise_that_gzip_cannot_keep():
    bomb = pack(header(0x08, 64 * MEGABYTE) + bytes(100))
    assert peak_while_refusing(bomb) < MEGABYTE


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_no_second_copy_of_packed_elements(dtype):
    data = pack(encode(np.zeros(8 * MEGABYTE // np.dtype(dtype).itemsize, dtype)))
    tracemalloc.start()
    try:
        decode(data, "some.idx")
        assert tracemalloc.get_traced_memory()[1] < 9 * MEGABYTE
    finally:
        tracemalloc.stop()


def test_the_densest_gzip_is_not_taken_for_a_bomb():
    data = header(0x08, 16 * MEGABYTE) + bytes(16 * MEGABYTE)
    packed = gzip.compress(data, compresslevel=9)
    assert len(data) > 1000 * len(packed)
    assert not decode(packed, "some.idx").any()
