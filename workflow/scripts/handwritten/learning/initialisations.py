"""Where learning starts: the weights before the first step. Biases start at 0, except in `uniform`.

All zeros would leave the units of a layer equal for ever: equal weights receive equal gradients. So
weights are random; their size decides whether signals fade or explode on their way through layers.
"""

import numpy as np


def he(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W from a normal distribution of variance 2 / d_in: keeps ReLU signals' size layer by layer.

    He, Zhang, Ren and Sun 2015, "Delving deep into rectifiers", equation 10.
    """
    W[...] = rng.standard_normal(W.shape) * np.sqrt(2 / len(W))
    b[...] = 0


def xavier(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W from a normal distribution of variance 2 / (d_in + d_out): the same idea for tanh.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks", equation 12.
    """
    W[...] = rng.standard_normal(W.shape) * np.sqrt(2 / sum(W.shape))
    b[...] = 0


def uniform(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W and b evenly from [-0.5, 0.5), whatever the layer's size: the start of phase 1."""
    W[...] = rng.random(W.shape) - 0.5
    b[...] = rng.random(b.shape) - 0.5


def zeros(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """All 0, to see it fail: units that start alike are changed alike, so they stay one unit."""
    W[...] = 0
    b[...] = 0


INITIALISATIONS = {"he": he, "xavier": xavier, "uniform": uniform, "zeros": zeros}
