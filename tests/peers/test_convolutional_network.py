"""The convolutional network of the ablation study, on pictures that are easy to tell apart."""

import numpy as np

from handwritten.learning.batches import Dataset
from handwritten.reference import convolutional_network
from handwritten.settings import Settings

SETTINGS = Settings(
    image_shape=[8, 12],
    layer_dims=[96, 3],
    epochs=4,
    label_smoothing=0.1,
    input_dropout=0,
    rotation=0,
    scale=0,
    shear=0,
    shift=1,
    elastic=0,
    elastic_sigma=5,
    undistorted=0,
    seed=1,
)


def stripes(n):
    """Horizontal, vertical and diagonal stripes on 8 x 12 pixels."""
    row, column = np.indices((8, 12))
    y = np.arange(n) % 3
    patterns = (row, column, row + column)
    x = [((patterns[label] + i // 3) // 2 % 2).ravel() * 255 for i, label in enumerate(y)]
    return Dataset(np.array(x, np.uint8), y.astype(np.uint8))


def test_it_learns_and_twice_the_same():
    losses, found = [], []
    for _ in range(2):
        model = convolutional_network.train(
            stripes(600), SETTINGS, lambda epoch, loss: losses.append(loss)
        )
        found.append(convolutional_network.probabilities(model, stripes(60).x))
    assert found[0].tobytes() == found[1].tobytes()
    assert losses[3] < losses[0] and losses[:4] == losses[4:]
    assert (found[0].argmax(axis=1) == stripes(60).y).mean() > 0.9
    np.testing.assert_allclose(found[0].sum(axis=1), 1, rtol=1e-5)


def test_its_size_by_hand():
    """16 filters of 9 weights, 32 of 16 * 9, 32 * 2 * 3 numbers to 128 units, 3 classes; biases."""
    rng = np.random.default_rng(1)
    model = convolutional_network.network([8, 12], 3, rng)
    expected = 16 * 9 + 16 + 32 * 16 * 9 + 32 + 32 * 6 * 128 + 128 + 128 * 3 + 3
    assert convolutional_network.parameter_count(model) == expected
