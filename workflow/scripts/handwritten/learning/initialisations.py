"""Where learning starts: the weights before the first step. Biases start at 0, except in `uniform`.

All zeros would leave the units of a layer equal for ever: equal weights receive equal gradients. So
weights are random; their size decides whether signals fade or explode on their way through layers.

An initialisation fills the weights W (inputs, units) and the biases b (units,) of a layer in place.
Its formula draws from `normal(mean, deviation)` and `uniform(low, high)`. Its JavaScript form gives
one weight, and draws from `normal()` (mean 0, deviation 1) and `uniform()` (0 to 1).
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from handwritten.learning.declaration import Declaration, declare


@dataclass(frozen=True, kw_only=True)
class Initialisation(Declaration):
    """An initialisation, called with W, b and a random generator."""

    javascript: str | None = None


INITIALISATIONS: dict[str, Initialisation] = {}
initialisation = partial(declare, INITIALISATIONS, Initialisation)


@initialisation(
    formula="W = normal(0, np.sqrt(2 / inputs))\nb = 0",
    javascript="Math.sqrt(2 / inputs) * normal()",
)
def he(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W from a normal distribution of variance 2 / inputs: keeps ReLU signals' size layer by layer.

    He, Zhang, Ren and Sun 2015, "Delving deep into rectifiers", equation 10.
    """
    W[...] = rng.standard_normal(W.shape) * np.sqrt(2 / len(W))
    b[...] = 0


@initialisation(
    formula="W = normal(0, np.sqrt(2 / (inputs + units)))\nb = 0",
    javascript="Math.sqrt(2 / (inputs + units)) * normal()",
)
def xavier(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W from a normal distribution of variance 2 / (inputs + units): the same principle for tanh.

    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks", equation 12.
    """
    W[...] = rng.standard_normal(W.shape) * np.sqrt(2 / sum(W.shape))
    b[...] = 0


@initialisation(
    formula="W = uniform(-0.5, 0.5)\nb = uniform(-0.5, 0.5)", javascript="uniform() - 0.5"
)
def uniform(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """W and b evenly from [-0.5, 0.5), whatever the layer's size: the start of phase 1."""
    W[...] = rng.random(W.shape) - 0.5
    b[...] = rng.random(b.shape) - 0.5


@initialisation(formula="W = 0\nb = 0", javascript="0")
def zeros(W: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> None:
    """All 0, to see it fail: units that start alike are changed alike, so they stay one unit."""
    W[...] = 0
    b[...] = 0
