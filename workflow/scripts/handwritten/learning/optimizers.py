"""How a gradient becomes a step. All work in place on the one vector of parameters.

An optimizer is `step(parameters, gradient, memory, scratch, learning_rate, number, settings)`;
`memory` (memories, parameters) starts at zero and belongs to the optimizer, `scratch` (parameters,)
is free to be written into, `number` counts steps from 1, and `gradient` may be spent.

Where steps are proportional to the gradient, the learning rate is folded into the error signal
before the products: `gradient` is then learning_rate * dJ/dw already, which saves multiplying every
parameter by it.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Optimizer(NamedTuple):
    """A `step` function, how many vectors of memory it needs, and what gradient it expects."""

    step: Callable[..., None]
    memories: int
    folded: bool  # whether the gradient comes times the learning rate


def gradient_descent(
    parameters, gradient, memory, scratch, learning_rate, number, settings
) -> None:
    """w <- w - learning_rate * dJ/dw."""
    parameters -= gradient


def momentum(parameters, gradient, memory, scratch, learning_rate, number, settings) -> None:
    """v <- momentum * v + learning_rate * dJ/dw;  w <- w - v: a heavy ball rolling downhill.

    Polyak 1964; in this form, with the rate inside v, Sutskever and others 2013, equation 1.
    """
    (velocity,) = memory
    velocity *= settings["momentum"]
    velocity += gradient
    parameters -= velocity


def nesterov(parameters, gradient, memory, scratch, learning_rate, number, settings) -> None:
    """v <- momentum * v + learning_rate * dJ/dw;  w <- w - momentum * v - learning_rate * dJ/dw.

    Momentum that looks ahead: w is kept where the ball will be, and the gradient is taken there.
    Nesterov 1983; in these variables Bengio, Boulanger-Lewandowski and Pascanu 2012, equation 7.
    """
    (velocity,) = memory
    velocity *= settings["momentum"]
    velocity += gradient
    parameters -= gradient
    np.multiply(velocity, settings["momentum"], out=gradient)
    parameters -= gradient


BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # as Adam's authors advise


def adam(parameters, gradient, memory, scratch, learning_rate, number, settings) -> None:
    """m <- fading mean of dJ/dw,  s <- of its square;  w <- w - learning_rate * m / sqrt(s).

    Every weight gets steps of about the same size, however steep the loss is along it. Early means
    are divided by how far they have come from their start at 0. Kingma and Ba 2015, algorithm 1.
    With `weight_decay` beside it, it is AdamW.
    """
    mean, square = memory
    np.multiply(gradient, gradient, out=scratch)
    scratch *= 1 - BETA2
    square *= BETA2
    square += scratch
    gradient *= 1 - BETA1
    mean *= BETA1
    mean += gradient
    np.divide(square, 1 - BETA2**number, out=scratch)
    np.sqrt(scratch, out=scratch)
    scratch += EPSILON
    np.divide(mean, scratch, out=scratch)
    scratch *= learning_rate / (1 - BETA1**number)
    parameters -= scratch


OPTIMIZERS = {
    "gradient_descent": Optimizer(gradient_descent, memories=0, folded=True),
    "momentum": Optimizer(momentum, memories=1, folded=True),
    "nesterov": Optimizer(nesterov, memories=1, folded=True),
    "adam": Optimizer(adam, memories=2, folded=False),
}


def new_memory(optimizer: Optimizer, parameters: np.ndarray) -> np.ndarray:
    """The memory an optimizer starts with: zeros (memories, parameters)."""
    return np.zeros((optimizer.memories, len(parameters)), parameters.dtype)
