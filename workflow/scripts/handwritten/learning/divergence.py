"""Divergence: a loss that has grown without bound does not come back, so training stops."""

import math

import numpy as np

from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.settings import TrainingSettings

FAR = 10  # times the loss of guessing, and times the least loss so far: past both is divergence


def check(history: list[dict], settings: TrainingSettings) -> None:
    """FloatingPointError if the losses in the last row of `history` are NaN, infinite, or far above
    both guessing and the lowest so far. It names the setting that is most likely the cause."""
    *before, row = history
    guessing = math.log(settings.layer_dims[-1])
    least = min(map(worse, before), default=math.inf)
    if math.isfinite(worse(row)) and worse(row) <= FAR * max(guessing, least):
        return
    raise FloatingPointError(
        f"diverged in epoch {row['epoch']}: the loss is {row['train_loss']:.4g} in training and "
        f"{row['dev_loss']:.4g} on dev; guessing would give {guessing:.2f}. "
        f"{suspect(settings)}"
    )


def worse(row: dict) -> float:
    """The higher loss of training and dev; NaN where one of them is."""
    return float(np.maximum(row["train_loss"], row["dev_loss"]))


def suspect(settings: TrainingSettings) -> str:
    """The most likely cause, and what to do.

    It is sought at the run's learning rate, of which schedules take at most all: an epoch that ends
    with a small rate may have diverged at a large one.

    A penalty multiplies the weights by 1 - rate * penalty in every step: if that is below -1, they
    grow from step to step, whatever the gradient is. Momentum of m moves the bound to
    -1 - 2 m (Polyak 1964). Steps like Adam's do not grow with the gradient.
    """
    optimizer, rate = OPTIMIZERS[settings.optimizer], settings.learning_rate
    momentum = vars(settings)["momentum"] if "momentum" in optimizer.settings else 0
    if rate * settings.weight_decay > 2:
        return f"Lower the run's weight_decay, which is {settings.weight_decay:g}."
    if optimizer.proportional and rate * settings.l2 > 2 * (1 + momentum):
        return f"Lower the run's l2, which is {settings.l2:g}."
    faster = f", and momentum makes it {rate / (1 - momentum):g} in effect" if momentum else ""
    return f"Lower the run's learning_rate, which is {rate:g}{faster}."
