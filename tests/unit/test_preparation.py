import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from handwritten.data.preparation import normalise, stratified_split


def test_pixels_become_floats_from_0_to_1():
    images = np.array([[[0, 255], [51, 102]]], np.uint8)
    x = normalise(images)
    assert x.dtype == np.float32
    np.testing.assert_allclose(x, [[0, 1, 0.2, 0.4]], rtol=1e-6)
    assert normalise(np.full((1, 2, 2), 255, np.uint8)).max() == 1  # not a hair above


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
