import numpy as np
import pytest
from clouds import SETTINGS, blobs, images

from handwritten.data.preparation import normalise
from handwritten.learning import batches
from handwritten.learning.augmentation import Augmentation
from handwritten.randomness import generator


def random(epoch):
    return lambda purpose: generator(1, purpose, epoch)


def gatherer(samples, rows=4, **changes):
    pixels = samples.x.shape[1]
    settings = SETTINGS | {"layer_dims": [pixels, 3], "image_shape": [4, pixels // 4]} | changes
    stored = batches.training_data(samples, settings, np.arange(samples.x.shape[1]))
    load = batches.BatchLoader(stored, settings, rows)
    load.begin_epoch(random(0), 0)
    return load


def test_bytes_are_gathered_as_floats_from_0_to_1():
    images = np.arange(256, dtype=np.uint8).reshape(16, 16)
    gathered, _ = gatherer(batches.Dataset(images, np.zeros(16, int)), 16)(np.arange(16))
    assert gathered.tobytes() == (images / np.float32(255)).tobytes()


@pytest.mark.parametrize("samples", [images(30, 1), blobs(30, 1)], ids=["bytes", "floats"])
def test_rows_come_in_the_order_asked_for_with_their_labels(samples):
    rows = np.array([7, 0, 29])
    x, y = gatherer(samples)(rows)
    np.testing.assert_array_equal(x, normalise(samples.x[rows]))
    np.testing.assert_array_equal(y, np.eye(3)[samples.y[rows]])


@pytest.mark.parametrize("key", ["shift", "input_dropout", "elastic"])
def test_alterations_leave_the_stored_images_alone_and_repeat_with_the_epoch(key):
    samples, rows = images(30, 2), np.arange(4)
    kept, load = samples.x.copy(), gatherer(samples, **{key: 0.5})
    first = load(rows)[0].copy()
    second = load(rows)[0].copy()
    load.begin_epoch(random(1), 1)
    other_epoch = load(rows)[0].copy()
    load.begin_epoch(random(0), 0)
    again = load(rows)[0]
    assert samples.x.tobytes() == kept.tobytes()
    assert len({each.tobytes() for each in (normalise(kept[:4]), first, second, other_epoch)}) == 4
    assert again.tobytes() == first.tobytes()


def test_pixels_that_are_black_in_all_images_are_left_out_unless_images_are_distorted():
    x = np.array([[0, 0, 0.5, 0], [0, 1, 0, 0]], np.float32)
    assert batches.nonzero_pixels(x, SETTINGS).tolist() == [1, 2]
    assert batches.nonzero_pixels(x, SETTINGS | {"shift": 1}).tolist() == [0, 1, 2, 3]
    assert batches.nonzero_pixels(0 * x, SETTINGS).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("epochs", "share", "first"),
    [(8, 0.25, 6), (8, 0, 8), (8, 1, 0), (3, 0.4, 2), (100, 0.29, 71), (2, 0.25, 1)],
)
def test_the_last_epochs_learn_from_images_as_they_are(epochs, share, first):
    samples, rows = images(30, 2), np.arange(4)
    load = gatherer(samples, shift=1, epochs=epochs, undistorted=share)
    plain = normalise(samples.x[rows]).tobytes()
    loaded = []
    for epoch in range(epochs):
        load.begin_epoch(random(epoch), epoch)
        loaded.append(load(rows)[0].tobytes() == plain)
    assert loaded == [epoch >= first for epoch in range(epochs)]


def test_images_are_distorted_by_their_rows_and_columns():
    """One nonzero pixel of 4 x 6, rotated, lands in another place than one of 6 x 4."""
    samples = batches.Dataset(np.eye(24, dtype=np.float32)[7:8], np.zeros(1, int))
    found = []
    for shape in ([4, 6], [6, 4]):
        turned = gatherer(samples, rotation=90, image_shape=shape)(np.arange(1))[0]
        settings, expected = SETTINGS | {"rotation": 90}, np.empty_like(turned)
        Augmentation(settings, shape).distort(samples.x, random(0)("augmentation"), expected)
        np.testing.assert_array_equal(turned, expected)
        found.append(turned.tobytes())
    assert found[0] != found[1]


def test_joined_holds_all():
    one, two = images(3, 1), images(2, 2)
    both = batches.joined(one, two)
    np.testing.assert_array_equal(both.x, np.concatenate([one.x, two.x]))
    np.testing.assert_array_equal(both.y, np.concatenate([one.y, two.y]))


def test_batches_hold_every_row_once_and_in_a_new_order():
    rng = np.random.default_rng(5)
    first, second = (list(batches.shuffled(10, 4, rng)) for _ in range(2))
    assert [len(rows) for rows in first] == [4, 4, 2]
    assert sorted(np.concatenate(first)) == list(range(10))
    assert np.concatenate(first).tolist() != np.concatenate(second).tolist()
    (whole,) = batches.shuffled(10, 10, rng)
    assert whole.tolist() == list(range(10))
