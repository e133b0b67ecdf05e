"""One step of training, once the gradient is known: regularisation and the optimizer, in place."""

import numpy as np

from handwritten.learning import network, regularisation
from handwritten.learning.optimizers import OPTIMIZERS, Optimizer
from handwritten.learning.slices import Workspace
from handwritten.learning.state import State
from handwritten.settings import TrainingSettings

BLOCK = 65_536  # parameters: so many at a time stay in the processor's cache


class Updater:
    """Turns gradients into steps, in place.

    Parameters are updated in blocks, so that each is read from memory once a step. The weights, to
    which alone penalties and bounds apply, come before the biases.
    """

    def __init__(
        self,
        state: State,
        layers: network.Layers,
        work: Workspace,
        settings: TrainingSettings,
        steps: int = 0,
    ):
        """`steps` were taken before."""
        self.state, self.layers, self.work, self.settings = state, layers, work, settings
        self.kind, self.steps = OPTIMIZERS[settings.optimizer], steps
        weights, count = sum(W.size for W, _ in layers), len(state.vector)
        self.weights = [self.block(start, weights, steps) for start in range(0, weights, BLOCK)]
        self.biases = [self.block(start, count, steps) for start in range(weights, count, BLOCK)]

    def block(self, start: int, end: int, steps: int) -> tuple[Optimizer, np.ndarray]:
        """An optimizer of the parameters from `start` on, at most BLOCK of them, and a view of
        their gradient."""
        part = slice(start, min(start + BLOCK, end))
        parameters, state = self.state.vector[part], self.state.optimizer_state[:, part]
        scratch = self.work.slice_gradient[: len(parameters)]
        optimizer = self.kind(parameters, vars(self.settings), state, scratch, steps)
        return optimizer, self.work.gradient[part]

    def scale(self, rate: float) -> float:
        """The factor by which the gradient, and whatever is added to it, has to be multiplied."""
        return rate if self.kind.proportional else 1.0

    def __call__(self, rate: float) -> None:
        """Take one step at this learning rate. Penalties and bounds are for the weights alone."""
        settings, scale = self.settings, self.scale(rate)
        if settings.clip_grad_norm:
            regularisation.clip_grad_norm(self.work.gradient, scale * settings.clip_grad_norm)
        for optimizer, gradient in self.weights:
            W = optimizer.parameters
            if settings.l2:
                regularisation.add_l2_gradient(W, gradient, scale * settings.l2, optimizer.scratch)
            if settings.weight_decay:
                regularisation.decay_weights(W, rate * settings.weight_decay)
            optimizer.update(gradient, rate)
        for optimizer, gradient in self.biases:
            optimizer.update(gradient, rate)
        if settings.max_norm:
            for W, _ in self.layers:
                regularisation.max_norm_constraint(W, settings.max_norm)
        self.steps += 1
        if self.state.average is not None:
            regularisation.update_average(
                self.state.average,
                self.state.vector,
                settings.ema_decay,
                self.steps,
                self.work.slice_gradient,
            )
