"""How a gradient becomes a step. All work in place on the one vector of parameters.

An optimizer is `step(parameters, gradient, memory, learning_rate, settings)`; `memory` is an array
(memories, parameters) that starts at zero and belongs to the optimizer, `gradient` may be spent.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Optimizer(NamedTuple):
    """A `step` function and how many vectors of memory it needs."""

    step: Callable[..., None]
    memories: int


def gradient_descent(parameters, gradient, memory, learning_rate, settings) -> None:
    """w <- w - learning_rate * dJ/dw."""
    gradient *= learning_rate
    parameters -= gradient


def momentum(parameters, gradient, memory, learning_rate, settings) -> None:
    """v <- momentum * v + learning_rate * dJ/dw;  w <- w - v: a heavy ball rolling downhill.

    Polyak 1964; in this form, with the rate inside v, Sutskever and others 2013, equation 1.
    """
    (velocity,) = memory
    velocity *= settings["momentum"]
    gradient *= learning_rate
    velocity += gradient
    parameters -= velocity


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, memories=0),
    "momentum": Optimizer(momentum, memories=1),
}


def new_memory(optimizer: Optimizer, parameters: np.ndarray) -> np.ndarray:
    """The memory an optimizer starts with: zeros (memories, parameters)."""
    return np.zeros((optimizer.memories, len(parameters)), parameters.dtype)
