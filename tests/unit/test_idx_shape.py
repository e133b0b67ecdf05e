"""The shape of an IDX file, read from its beginning."""

import numpy as np
import pytest

from handwritten.data import idx
from handwritten.data.idx import encode, pack


@pytest.mark.parametrize("wrap", [bytes, pack], ids=["plain", "packed"])
def test_the_shape_is_read_from_the_beginning_alone(wrap):
    data = wrap(encode(np.random.default_rng(0).integers(0, 256, (200, 1000), np.uint8)))
    assert idx.shape(data[: 2**16], len(data), "some.idx") == (200, 1000)
    with pytest.raises(idx.IDXError, match="the end of the file"):
        idx.shape(data[:5], len(data), "some.idx")


def test_the_shape_is_bounded_by_the_packed_size():
    dense = pack(encode(np.zeros((1000, 1000), np.uint8)))
    assert idx.shape(dense[:100], len(dense), "some.idx") == (1000, 1000)
    with pytest.raises(idx.IDXError, match=f"at most {1032 * 100} bytes in all"):
        idx.shape(dense[:100], 100, "some.idx")
