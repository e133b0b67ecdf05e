"""Small problems to learn, and the settings to begin from, for the tests of learning."""

from functools import partial

import numpy as np

from handwritten.learning import batches, registries, training
from handwritten.randomness import generator
from handwritten.settings import TrainingSettings

SETTINGS = TrainingSettings(
    image_shape=[2, 2],
    layer_dims=[4, 8, 3],
    activation="relu",
    initialisation="he",
    batch_size=16,
    epochs=12,
    optimizer="momentum",
    learning_rate=0.1,
    schedule="cosine",
    l2=0.0,
    warmup=0.0,
    clip_grad_norm=0.0,
    label_smoothing=0.0,
    weight_decay=0.0,
    max_norm=0.0,
    ema_decay=0.0,
    dropout=0.0,
    input_dropout=0.0,
    rotation=0,
    scale=0,
    shear=0,
    shift=0,
    elastic=0,
    elastic_sigma=5,
    undistorted=0,
    early_stopping=0,
    train_on="train",
    **{name: setting.default for name, setting in registries.settings().items()},
)


def blobs(n, seed, dtype=np.float32):
    """Three clouds of points in four dimensions, far enough from each other to be separated."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, n)
    return batches.Dataset((np.eye(4)[y] + 0.2 * rng.standard_normal((n, 4))).astype(dtype), y)


def images(n, seed):
    """Images of 4 x 4 bytes and labels of three classes."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 256, (n, 16), dtype=np.uint8)
    return batches.Dataset(x, rng.integers(0, 3, n))


def run(seed=1, **changes):
    """The state after training on the clouds."""
    return training.train(blobs(200, 1), blobs(60, 2), SETTINGS | changes, partial(generator, seed))


def with_black_pixels(samples):
    """The same with a first and a third pixel that are black in all images."""
    x = np.insert(samples.x, [0, 1], 0, axis=1)
    return batches.Dataset(x, samples.y)
