"""The complete IDX format, which MNIST and its relatives come in and NumPy cannot read.

An IDX file, plain or compressed with gzip, holds in this order, all of it big-endian

    00 00 TT RR          TT: element type, a key of `TYPES`; RR: rank, the number of dimensions
    RR times uint32      the dimensions, slowest first
    the elements         row-major, exactly as many as the dimensions say

Offsets in messages count the bytes of the uncompressed file, unless they say `packed byte`.
Sources: http://yann.lecun.com/exdb/mnist, "The IDX file format"; gzip is RFC 1952.
"""

import math
import struct
import sys
import zlib
from os import PathLike

import numpy as np

from handwritten.io import reading

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CODES = {np.dtype(name): code for code, name in TYPES.items()}
MAX_RANK = 64  # NumPy's own limit; the format's is 255
GZIP_MAGIC = b"\x1f\x8b"
GZIP_WBITS = 16 + zlib.MAX_WBITS  # zlib then checks gzip's header, CRC and length itself
MAX_RATIO = 1032  # deflate spends at least 2 bits on 258 bytes
CHUNK = 2**14  # packed bytes given to zlib at once
PIECE = 2**17  # unpacked bytes asked of zlib at once: small enough for the processor's cache
QMNIST_COLUMNS = 8  # class, series, writer and so on: https://github.com/facebookresearch/qmnist
AGAIN = "Download the file again."


class IDXError(ValueError):
    """A file or array that is not IDX: which, at which byte, what was found and expected."""


class _Plain:
    """The bytes of a plain file, from first to last, without copying them."""

    def __init__(self, data: bytes):
        self._rest, self.most = memoryview(data).toreadonly(), reading.MOST_DATA_BYTES

    def take(self, size: int) -> memoryview:
        """The next `size` bytes, fewer only at the end of the file."""
        taken, self._rest = self._rest[:size], self._rest[size:]
        return taken


class _Packed:
    """The unpacked bytes of a gzip file, from first to last, unpacking only what is asked for."""

    def __init__(self, data: bytes, name: str):
        self._data, self._name, self._at = memoryview(data), name, 0
        self._member = zlib.decompressobj(GZIP_WBITS)
        self.most = min(MAX_RATIO * len(data), reading.MOST_DATA_BYTES)

    def take(self, size: int) -> bytearray:
        """The next `size` bytes, fewer only at the end of the file. IDXError: damaged gzip."""
        taken = bytearray()  # grows with the data that is there, whatever the header says
        while len(taken) < size and (piece := self._piece(min(size - len(taken), PIECE))):
            taken += piece
        return taken

    def _piece(self, limit: int) -> bytes:
        """Between 1 and `limit` bytes, or none once the last gzip member has ended."""
        while chunk := self._data[self._at : self._at + CHUNK]:
            if self._member.eof:
                self._member = zlib.decompressobj(GZIP_WBITS)
            if piece := self._inflate(chunk, limit):
                return piece
        if not self._member.eof:
            where, expected = f"packed byte {self._at}", "the rest of the gzip data"
            raise _wrong(self._name, where, "the end of the file", expected, AGAIN)
        return b""

    def _inflate(self, chunk: memoryview, limit: int) -> bytes:
        """At most `limit` bytes unpacked from `chunk`; moves on by as much as zlib used of it."""
        try:
            piece = self._member.decompress(chunk, limit)
        except zlib.error as error:
            where, expected = f"packed byte {self._at} or soon after", "sound gzip data, or the end"
            raise _wrong(self._name, where, f"damage ({error})", expected, AGAIN) from None
        # At the end of a member both may hold what is left of the chunk.
        self._at += len(chunk) - len(self._member.unused_data or self._member.unconsumed_tail)
        return piece


def decode(data: bytes, name: str) -> np.ndarray:
    """The array in `data`, the bytes of an IDX file, in native byte order; `name` is for messages.

    It is read-only, since it may share the memory of `data`: copy it to change it. It takes little
    more memory than its elements. IDXError: `data` is anything but one complete IDX file.
    """
    source = _source(data, name)
    dtype, shape = _take_header(source, name)
    try:
        array = _take_array(source, dtype, shape, name)
    except MemoryError:
        raise _wrong(name, "byte 4", f"shape {shape}", "one that fits in memory") from None
    array.flags.writeable = False
    return array


def shape(beginning: bytes, size: int, name: str) -> tuple[int, ...]:
    """The shape of the array in an IDX file of `size` bytes, by its header, which is in the file's
    `beginning`. IDXError: as for `decode`."""
    source = _source(beginning, name)
    source.most = min(MAX_RATIO * size, reading.MOST_DATA_BYTES)
    return _take_header(source, name)[1]


def _source(data: bytes, name: str) -> "_Plain | _Packed":
    """The content of a file, packed or not."""
    return _Packed(data, name) if data[:2] == GZIP_MAGIC else _Plain(data)


def encode(array: np.ndarray) -> bytes:
    """Plain IDX bytes of `array`: the inverse of `decode`. IDXError: IDX has no such type."""
    big_endian = array.dtype.newbyteorder(">")
    if big_endian not in CODES:
        expected = ", ".join(dtype.name for dtype in CODES)
        raise _wrong("array", "its type", array.dtype, expected, "Convert it with `astype`.")
    if max(array.shape, default=0) >= 2**32:
        raise _wrong("array", "its shape", array.shape, f"at most {2**32 - 1} a dimension")
    header = struct.pack(f">HBB{array.ndim}I", 0, CODES[big_endian], array.ndim, *array.shape)
    return header + array.astype(big_endian, copy=False).tobytes()


def pack(data: bytes) -> bytes:
    """`data` as gzip without time or name, so that the same data gives the same bytes.

    `gzip.compress` writes a header that differs from one Python release to the next.
    """
    return zlib.compress(data, level=6, wbits=GZIP_WBITS)


def read(path: str | PathLike) -> np.ndarray:
    """The read-only array in the IDX file `path`. IDXError: as for `decode`; OSError: no access."""
    return decode(reading.read(path, reading.MOST_DATA_BYTES), reading.shown(path))


def read_labelled_images(
    images_path: str | PathLike, labels_path: str | PathLike, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, rows, columns), uint8, and their labels (n,), 0 to `classes` - 1, as `narrowed`.

    IDXError: as for `decode`, or another type or rank, counts that differ, a label out of range.
    """
    images, stored = read_images(images_path), read_labels(labels_path)
    require_one_each(images, stored, images_path, labels_path)
    labels = stored.astype(np.uint64)  # in which negative numbers are very large
    for first in np.flatnonzero(labels >= classes)[:1]:
        where, expected = f"byte {8 + first * stored.itemsize}", f"a label from 0 to {classes - 1}"
        raise _wrong(labels_path, where, f"label {stored[first]}", expected)  # 8: the header
    return images, narrowed(labels, classes)


def require_one_each(images, labels, images_path, labels_path) -> None:
    """IDXError: there are more images or more labels."""
    if len(labels) != len(images):
        expected = f"{len(images)}, one for each image in {images_path}"
        raise _wrong(labels_path, "byte 4", f"{len(labels)} labels", expected)


def read_images(path: str | PathLike) -> np.ndarray:
    """Images (n, rows, columns), read-only uint8. IDXError: as for `decode`, or not that."""
    images = read(path)
    if images.dtype != np.uint8:
        advice = "" if images.dtype.kind != "f" else "Scale the grey levels to 0 to 255."
        raise _wrong(path, "byte 2", f"elements of {images.dtype}", "uint8", advice)
    return _of_rank(images, 3, path)


def read_labels(path: str | PathLike) -> np.ndarray:
    """Labels (n,), read-only integers. In QMNIST's files the label is the first of 8 numbers.
    IDXError: as for `decode`, or not that."""
    labels = read(path)
    if labels.dtype.kind == "f":
        raise _wrong(path, "byte 2", f"elements of {labels.dtype}", "whole numbers")
    if labels.ndim == 2 and labels.shape[1] == QMNIST_COLUMNS:
        return labels[:, 0]
    return _of_rank(labels, 1, path)


def narrowed(labels: np.ndarray, classes: int) -> np.ndarray:
    """The labels as the smallest unsigned integers that can count the classes."""
    return labels.astype(np.min_scalar_type(classes - 1), copy=False)


def _take_header(source: _Plain | _Packed, name: str) -> tuple[np.dtype, tuple[int, ...]]:
    """Big-endian dtype and shape. IDXError: not there, or not within what can be."""
    zeros, code, rank = struct.unpack(">HBB", _take(source, 4, 0, "magic number", name))
    if zeros:
        advice = "This is not an IDX file; a web page saved under its name is a usual cause."
        raise _wrong(name, "byte 0", zeros.to_bytes(2).hex(" "), "00 00", advice)
    if code not in TYPES:
        raise _wrong(name, "byte 2", f"type {code:02x}", f"one of {bytes(TYPES).hex(' ')}")
    if rank > MAX_RANK:
        raise _wrong(name, "byte 3", f"rank {rank}", f"at most {MAX_RANK}, NumPy's limit")
    shape = struct.unpack(f">{rank}I", _take(source, 4 * rank, 4, "dimensions", name))
    dtype = np.dtype(TYPES[code])
    # NumPy wants the dimensions beside a zero to have a product in range as well.
    for least, most in (0, source.most), (1, sys.maxsize):
        if dtype.itemsize * math.prod(n or least for n in shape) > most:
            found, expected = f"shape {shape} of {dtype.name}", f"at most {most} bytes in all"
            raise _wrong(name, "byte 4", found, expected, AGAIN)
    return dtype, shape


def _take_array(source: _Plain | _Packed, dtype: np.dtype, shape: tuple, name: str) -> np.ndarray:
    """The elements, up to the end of `source`, in native byte order. IDXError: too few or many."""
    start, size = 4 + 4 * len(shape), math.prod(shape) * dtype.itemsize
    array = np.ndarray(shape, dtype, buffer=_take(source, size, start, "elements", name))
    if source.take(1):
        expected = f"the end after {size} bytes of elements, shape {shape} of {dtype.name}"
        raise _wrong(name, f"byte {start + size}", "more bytes", expected, AGAIN)
    native = dtype.newbyteorder("=")
    if array.flags.writeable and dtype != native:  # then its memory is ours: no second copy
        return array.byteswap(inplace=True).view(native)
    return array.astype(native, copy=False)


def _take(source: _Plain | _Packed, size: int, start: int, what: str, name: str):
    """The next `size` bytes of `source`, which is at byte `start`. IDXError: fewer are left."""
    part = source.take(size)
    if len(part) < size:
        where, expected = f"byte {start + len(part)}", f"{size - len(part)} more bytes of {what}"
        raise _wrong(name, where, "the end of the file", expected, AGAIN)
    return part


def _of_rank(array: np.ndarray, rank: int, path: str | PathLike) -> np.ndarray:
    """The array. IDXError: it has another rank."""
    if array.ndim != rank:
        advice = "Images have rank 3 and labels 1: have two files changed places?"
        raise _wrong(path, "byte 3", f"rank {array.ndim}", f"rank {rank}", advice)
    return array


def _wrong(name, where: str, found, expected: str, advice: str = "") -> IDXError:
    return IDXError(f"{name}, {where}: found {found}, expected {expected}. {advice}".rstrip())
