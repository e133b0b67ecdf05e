"""The same training in PyTorch: its autograd, its losses, its optimizers and schedules.

Initial weights, the order of the batches, distortions and dropout masks are drawn as the library
draws them, since they are random: by the same workers, each for its part of a batch, slice by
slice. Everything else is PyTorch's own, or the declared formula where
PyTorch has no version of its own (`forms`), with these exceptions:

- momentum: PyTorch's velocity is a sum of gradients and ours of steps, which differ as soon as the
  learning rate changes; so its velocity is rescaled at every change;
- clipping and max-norm: PyTorch adds 1e-6 and 1e-7 to the norms that it divides by;
- decoupled weight decay: PyTorch has it for Adam alone.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.learning import batches
from handwritten.learning.dropout import Dropout
from handwritten.learning.network import views
from handwritten.learning.state import initial_state, inner_dims
from handwritten.learning.threads import ThreadPool, Worker
from handwritten.randomness import generator
from handwritten.reference import pytorch_version
from handwritten.settings import TrainingSettings

pytorch_version.require()

import torch  # noqa: E402  which is optional
from torch.nn import functional  # noqa: E402

from handwritten.reference import forms  # noqa: E402  which imports PyTorch


class Reference:
    """A network and its training in PyTorch, in the data set's `float_type`.

    As in the library, its inputs are the pixels that are nonzero in any image.
    """

    def __init__(self, dataset: batches.Dataset, settings: TrainingSettings, threads: int = 1):
        """`settings` are those of a run of phase 2 in config.yaml; the library's training has so
        many `threads`, among which it divides large batches."""
        self.settings, self.random = settings, partial(generator, settings.seed)
        self.nonzero = batches.nonzero_pixels(dataset.x, settings)
        self.layer_dims = inner_dims(self.nonzero, settings.layer_dims)
        start = initial_state(settings, self.random, self.nonzero, dataset.float_type).vector
        layers = views(start, self.layer_dims)
        self.W = [torch.tensor(W, requires_grad=True) for W, _ in layers]
        self.b = [torch.tensor(b, requires_grad=True) for _, b in layers]
        self.x = torch.from_numpy(normalise(dataset.x[:, self.nonzero]))
        self.y = torch.from_numpy(dataset.y.astype(np.int64))
        self.size = batches.rows_per_batch(settings.batch_size, len(dataset.x))
        self.steps = -(-len(dataset.x) // self.size) * settings.epochs
        self.optimizer = self.new_optimizer()
        self.schedule = forms.schedule(self.optimizer, settings, self.steps)
        self.activation = forms.activation(settings.activation)
        self.average = [torch.zeros_like(array) for array in self.parameters]
        self.number, self.last_rate = 0, 0.0  # of steps taken, and the rate of the last
        stored = batches.training_data(dataset, settings, self.nonzero)
        self.pool = ThreadPool(stored, layers, settings, self.size, threads)
        self.changes_images = bool(settings.input_dropout) or batches.is_distorted(settings)

    @property
    def parameters(self) -> list[torch.Tensor]:
        """All weights, then all biases."""
        return [*self.W, *self.b]

    def new_optimizer(self) -> torch.optim.Optimizer:
        """The run's optimizer; PyTorch's `weight_decay` is L2, which is for the weights alone."""
        groups: list[dict] = [
            {"params": self.W, "weight_decay": self.settings.l2},
            {"params": self.b},
        ]
        return forms.optimizer(groups, self.settings)

    def epoch(self, epoch: int, on_step: Callable[[int], None] = lambda number: None) -> None:
        """Train for an epoch, counted from 0; after each step `on_step(number)`, from 1."""
        self.pool.begin_epoch(self.random, epoch)
        for rows in batches.shuffled(len(self.x), self.size, self.random("shuffling", epoch)):
            self.number += 1
            self.step(rows)
            on_step(self.number)

    def slices(self, rows: np.ndarray) -> Iterator[tuple[Worker, np.ndarray]]:
        """The slices of a batch in the library's order, each with the worker that draws for it."""
        for worker, part in self.pool.parts(rows):
            for start in range(0, len(part), worker.slice_rows):
                yield worker, part[start : start + worker.slice_rows]

    def images(self, worker: Worker, rows: np.ndarray) -> torch.Tensor:
        """The images of these rows: as they are, or distorted and with pixels dropped."""
        return torch.tensor(worker.load(rows)[0]) if self.changes_images else self.x[rows]

    def warmup_factor(self) -> float:
        """The factor of the warm-up in this step."""
        warmup = self.settings.warmup
        return min(1.0, self.number / self.steps / warmup) if warmup else 1.0

    def loss(self, rows: np.ndarray) -> torch.Tensor:
        """The mean loss of a batch."""
        smoothing, total = self.settings.label_smoothing, torch.tensor(0.0)
        for worker, part in self.slices(rows):
            z = self.logits(self.images(worker, part), worker.drop)
            total = total + functional.cross_entropy(
                z, self.y[part], label_smoothing=smoothing, reduction="sum"
            )
        return total / len(rows)

    def step(self, rows: np.ndarray) -> None:
        """One step on a batch of these rows."""
        self.optimizer.zero_grad()
        self.loss(rows).backward()
        self.clip_grad_norm()
        self.update(self.schedule.get_last_lr()[0] * self.warmup_factor())
        self.schedule.step()
        self.max_norm_constraint()
        if self.settings.ema_decay:
            for average, array in zip(self.average, self.parameters, strict=True):
                average.lerp_(array.detach(), 1 - self.settings.ema_decay)

    def update(self, rate: float) -> None:
        """Take the optimizer's step at this rate; the schedule keeps its own."""
        scheduled = [group["lr"] for group in self.optimizer.param_groups]
        for state in self.optimizer.state.values():
            if state.get("momentum_buffer") is not None:
                state["momentum_buffer"] *= self.last_rate / rate
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        decay = self.settings.weight_decay
        before = [W.detach().clone() for W in self.W if decay]
        self.optimizer.step()
        with torch.no_grad():
            for W, old in zip(self.W if decay else [], before, strict=True):
                W -= rate * decay * old
        for group, lr in zip(self.optimizer.param_groups, scheduled, strict=True):
            group["lr"] = lr
        self.last_rate = rate

    def logits(self, x: torch.Tensor, drop: Dropout | None = None) -> torch.Tensor:
        """The forward pass."""
        for l, (W, b) in enumerate(zip(self.W, self.b, strict=True), 1):
            x = functional.linear(x, W.T, b)
            if l < len(self.W):
                x = masked(self.activation(x), drop)
        return x

    def clip_grad_norm(self) -> None:
        """Scale the gradient of all parameters down to the norm `clip_grad_norm`."""
        bound = self.settings.clip_grad_norm
        if not bound:
            return
        norm = torch.cat([array.grad.flatten() for array in self.parameters]).norm()
        if norm > bound:
            for array in self.parameters:
                array.grad *= bound / norm

    def max_norm_constraint(self) -> None:
        """Scale each unit's incoming weights down to the norm `max_norm`; in double precision, in
        which no square is 0."""
        bound = self.settings.max_norm
        for W in self.W if bound else []:
            with torch.no_grad():
                W *= bound / W.double().norm(dim=0).clamp(min=bound)

    def vector(self) -> np.ndarray:
        """All parameters to be measured, in the order in which the library keeps them."""
        parts, decay = self.parameters, self.settings.ema_decay
        if decay:  # which starts at 0, and so is too small by a factor that fades
            parts = [average / (1 - decay**self.number) for average in self.average]
        return torch.cat([array.detach().flatten() for array in parts]).numpy()


def masked(x: torch.Tensor, drop: Dropout | None) -> torch.Tensor:
    """x times the next mask that the library would draw."""
    if drop is None or not drop.rate:
        return x
    mask = np.ones(x.shape, drop.mask.dtype)
    drop(mask)
    return x * torch.from_numpy(mask)
