"""The same training in PyTorch: its autograd, its losses, its optimizers and schedules.

Start, order of the batches and masks of dropout are drawn as the library draws them, since they are
chance and no mathematics. All else is PyTorch's own, but for four things that it does differently:

- momentum: PyTorch's velocity is a sum of gradients, ours of steps, which differs as soon as the
  learning rate changes; so its velocity is rescaled by each change;
- clipping and max-norm: PyTorch adds 1e-6 and 1e-7 to the lengths it divides by;
- the one-cycle schedule: PyTorch's turns momentum as well.
"""

from functools import partial

import numpy as np
import torch
from torch.nn import functional

from handwritten.learning import schedules, training
from handwritten.learning.batches import rows_a_batch, shuffled
from handwritten.learning.dropout import Dropout
from handwritten.learning.network import views
from handwritten.randomness import generator

BENDS = {
    "relu": functional.relu,
    "leaky_relu": partial(functional.leaky_relu, negative_slope=0.01),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "gelu": partial(functional.gelu, approximate="tanh"),
}


class Twin:
    """A network and its training in PyTorch, in the float type of the images x (n, pixels)."""

    def __init__(self, x: np.ndarray, y: np.ndarray, settings: dict):
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y.astype(np.int64))
        self.settings, self.random = settings, partial(generator, settings["seed"])
        dims = settings["layer_dims"]
        start = training.initial_parameters(
            dims, settings["initialisation"], self.random("initialisation"), x.dtype
        )
        layers = views(start, dims)
        self.W = [torch.tensor(W, requires_grad=True) for W, _ in layers]
        self.b = [torch.tensor(b, requires_grad=True) for _, b in layers]
        self.size = rows_a_batch(settings["batch_size"], len(x))
        self.steps = -(-len(x) // self.size) * settings["epochs"]
        self.optimizer = self.new_optimizer()
        self.schedule = self.new_schedule()
        self.average = [array.detach().clone() for array in self.parameters]

    @property
    def parameters(self) -> list[torch.Tensor]:
        """All weights, then all biases."""
        return [*self.W, *self.b]

    def new_optimizer(self) -> torch.optim.Optimizer:
        """PyTorch's own; what keeps weights small is for the weights alone."""
        rate, name = self.settings["learning_rate"], self.settings["optimizer"]
        decay, l2 = self.settings["weight_decay"], self.settings["l2"]
        assert not (decay and (l2 or name != "adam")), "PyTorch has no such pair"
        groups = [{"params": self.W, "weight_decay": decay or l2}, {"params": self.b}]
        if name == "adam":
            kind = torch.optim.AdamW if decay else torch.optim.Adam
            return kind(groups, lr=rate, weight_decay=0)
        kept = 0 if name == "gradient_descent" else self.settings["momentum"]
        return torch.optim.SGD(groups, lr=rate, momentum=kept, nesterov=name == "nesterov")

    def new_schedule(self) -> torch.optim.lr_scheduler.LRScheduler:
        """PyTorch's own, one step of it a batch."""
        scheduler, n = torch.optim.lr_scheduler, self.steps
        kinds = {
            "constant": partial(scheduler.ConstantLR, factor=1, total_iters=0),
            "cosine": partial(scheduler.CosineAnnealingLR, T_max=n),
            "step": partial(scheduler.MultiStepLR, milestones=[-(-n // 2), -(-3 * n // 4)]),
            "exponential": partial(scheduler.ExponentialLR, gamma=0.01 ** (1 / n)),
            "one_cycle": partial(
                scheduler.LambdaLR, lr_lambda=lambda step: schedules.one_cycle(step / n)
            ),
        }
        return kinds[self.settings["schedule"]](self.optimizer)

    def train(self, on_step) -> None:
        """The whole training; after each step `on_step(number)`, counted from 1."""
        number, last = 0, None
        for epoch in range(self.settings["epochs"]):
            dropout = Dropout(self.settings["dropout"], self.size * max(self.layer_dims[1:]), float)
            pixels = Dropout(self.settings["input_dropout"], self.x[: self.size].numel(), float)
            dropout.rng = self.random("dropout", epoch)
            pixels.rng = self.random("input_dropout", epoch)
            for rows in shuffled(len(self.x), self.size, self.random("shuffling", epoch)):
                number += 1
                rate = self.schedule.get_last_lr()[0] * self.warmth(number)
                self.step(rows, rate, rate / last if last else 1.0, dropout, pixels)
                self.schedule.step()
                last = rate
                on_step(number)

    @property
    def layer_dims(self) -> list[int]:
        return self.settings["layer_dims"]

    def warmth(self, number: int) -> float:
        """How far the warm-up has come by this step."""
        share = self.settings["warmup"]
        return min(1.0, number / self.steps / share) if share else 1.0

    def step(self, rows, rate, change, dropout, pixels) -> None:
        """One step on these rows at this rate, which is `change` times the last one."""
        self.optimizer.zero_grad()
        x = masked(self.x[rows], pixels)
        loss = functional.cross_entropy(
            self.logits(x, dropout),
            self.y[rows],
            label_smoothing=self.settings["label_smoothing"],
        )
        loss.backward()
        self.clip()
        kept = [group["lr"] for group in self.optimizer.param_groups]
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        for state in self.optimizer.state.values():
            if state.get("momentum_buffer") is not None:
                state["momentum_buffer"] /= change
        self.optimizer.step()
        for group, lr in zip(self.optimizer.param_groups, kept, strict=True):
            group["lr"] = lr  # the schedule goes on from its own
        self.bound()
        for average, array in zip(self.average, self.parameters, strict=True):
            average.lerp_(array.detach(), 1 - self.settings["weight_average"])

    def logits(self, x: torch.Tensor, dropout: Dropout) -> torch.Tensor:
        """The forward pass."""
        for l, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            x = functional.linear(x, W.T, b)
            if l < len(self.W):
                x = masked(BENDS[self.settings["activation"]](x), dropout)
        return x

    def clip(self) -> None:
        """The whole gradient, no longer than `clip_norm`."""
        bound = self.settings["clip_norm"]
        length = torch.cat([array.grad.flatten() for array in self.parameters]).norm()
        if bound and length > bound:
            for array in self.parameters:
                array.grad *= bound / length

    def bound(self) -> None:
        """Each unit's incoming weights, no longer than `max_norm`."""
        bound = self.settings["max_norm"]
        for W in self.W if bound else []:
            with torch.no_grad():
                W *= bound / W.norm(dim=0).clamp(min=bound)

    def vector(self) -> np.ndarray:
        """All parameters to be measured, in the library's order."""
        parts = self.average if self.settings["weight_average"] else self.parameters
        return torch.cat([array.detach().flatten() for array in parts]).numpy()


def masked(x: torch.Tensor, dropout: Dropout) -> torch.Tensor:
    """x times the next mask that the library would draw."""
    if not dropout.share:
        return x
    mask = np.ones(x.shape)
    dropout(mask)
    return x * torch.from_numpy(mask)
