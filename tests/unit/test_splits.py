import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwritten.data import idx
from handwritten.data.splits import read_splits, stratified_split


def test_the_three_splits_hold_every_image_once_as_a_row_of_bytes(tmp_path):
    rng, paths, arrays = np.random.default_rng(1), [], []
    for count in (40, 10):
        images = rng.integers(0, 256, (count, 2, 3), np.uint8)
        arrays += [images, (np.arange(count) % 5).astype(np.uint8)]
    for i, array in enumerate(arrays):
        paths.append(tmp_path / f"{i}.idx")
        paths[-1].write_bytes(idx.encode(array))
    splits = read_splits(paths, 5, 10, np.random.default_rng(0))
    assert [len(splits[name]["y"]) for name in ("train", "dev", "test")] == [30, 10, 10]
    train, dev = stratified_split(arrays[1], 10, np.random.default_rng(0))
    for name, images, labels in (
        ("train", arrays[0][train], arrays[1][train]),
        ("dev", arrays[0][dev], arrays[1][dev]),
        ("test", *arrays[2:]),
    ):
        assert splits[name]["x"].dtype == splits[name]["y"].dtype == np.uint8
        np.testing.assert_array_equal(splits[name]["x"], images.reshape(len(images), 6))
        np.testing.assert_array_equal(splits[name]["y"], labels)


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=200),
    st.floats(0, 1),
    st.integers(0, 2**32),
)
def test_a_split_is_exact_disjoint_and_in_proportion(labels, share, seed):
    labels = np.array(labels, np.uint8)
    size = min(max(1, int(share * len(labels))), len(labels) - 1)
    train, dev = stratified_split(labels, size, np.random.default_rng(seed))
    assert len(dev) == size
    assert sorted([*train, *dev]) == list(range(len(labels)))
    for c in np.unique(labels):
        expected = size * (labels == c).mean()
        assert abs((labels[dev] == c).sum() - expected) < 1


def test_the_split_depends_on_the_seed_alone():
    labels = np.arange(100) % 10
    one, again, other = (
        stratified_split(labels, 20, np.random.default_rng(seed))[1].tolist() for seed in (1, 1, 2)
    )
    assert one == again != other


@pytest.mark.parametrize("size", [0, 4, 5])
def test_a_split_that_leaves_nothing_is_refused(size):
    with pytest.raises(ValueError, match=f"dev_size is {size}, but there are 4 training images"):
        stratified_split(np.array([0, 0, 1, 1]), size, np.random.default_rng(0))
