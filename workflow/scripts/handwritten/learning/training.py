"""The training loop: draw a batch, go forward, compute the loss, go backward, take a step."""

from collections.abc import Callable

import numpy as np

from handwritten.learning import divergence, losses, network, snapshots
from handwritten.learning.activations import ACTIVATIONS, Activation
from handwritten.learning.batches import (
    Dataset,
    nonzero_pixels,
    rows_per_batch,
    shuffled,
    training_data,
)
from handwritten.learning.schedules import SCHEDULES, warmed_up
from handwritten.learning.state import Random, State, full_network, initial_state, inner_dims
from handwritten.learning.threads import ThreadPool
from handwritten.learning.updates import Updater
from handwritten.settings import TrainingSettings

PROBE = 512  # rows of the last batch whose gradient is measured after an epoch


def train(
    train: Dataset,
    dev: Dataset,
    settings: TrainingSettings,
    random: Random,
    on_epoch: Callable[[State], None] = lambda state: None,
    state: State | None = None,
    threads: int = 1,
) -> State:
    """The state after the last epoch; `state.trained_network` gives its network.

    `settings` are those of a run in config.yaml. After every epoch `on_epoch` is called with the
    state; given such a `state`, training goes on from there and ends with the same bytes as if it
    had never stopped. The training loss in a row of history is the mean over the epoch's batches,
    each measured before its own step; dev is measured after the epoch, and so is the gradient, of
    up to PROBE rows of its last batch. Everything is computed in `train.float_type`. The last bits
    of the result depend on how many processor `threads` share the work.
    """
    state = state or initial_state(
        settings, random, nonzero_pixels(train.x, settings), train.float_type
    )
    layers = network.views(state.vector, inner_dims(state.nonzero, settings.layer_dims))
    data = training_data(train, settings, state.nonzero)
    size = rows_per_batch(settings.batch_size, len(train.x))
    keep_snapshot(state, settings)
    with ThreadPool(data, layers, settings, size, threads) as pool:
        loop = Loop(state, layers, settings, random, pool, len(train.x), size)
        while not finished(state.history, settings):
            row = loop.epoch(len(state.history))
            measure(state, dev, settings, row)
            state.history[-1] |= loop.norms()
            keep_snapshot(state, settings)
            on_epoch(state)
    return state


class Loop:
    """The steps of a training, epoch by epoch."""

    def __init__(
        self,
        state: State,
        layers: network.Layers,
        settings: TrainingSettings,
        random: Random,
        pool: ThreadPool,
        count: int,
        size: int,
    ):
        """A batch has `size` of the `count` rows."""
        self.layers, self.settings, self.random, self.pool = layers, settings, random, pool
        self.count, self.size, self.steps = count, size, -(-count // size)  # steps per epoch
        done = len(state.history) * self.steps
        self.update = Updater(state, layers, pool.work, settings, done)

    def epoch(self, epoch: int) -> dict[str, float]:
        """Train for an epoch, counted from 0; the learning rate of its last step and its loss."""
        self.pool.begin_epoch(self.random, epoch)
        order = shuffled(self.count, self.size, self.random("shuffling", epoch))
        loss, steps = 0.0, self.steps * self.settings.epochs
        for step, rows in enumerate(order, epoch * self.steps):
            rate = learning_rate(self.settings, step, steps)
            loss += self.pool.gradient(rows, self.update.scale(rate)) * len(rows) / self.count
            self.update(rate)
        self.last_rows = rows
        loss -= losses.least_loss(self.settings.layer_dims[-1], self.settings.label_smoothing)
        return {"learning_rate": rate, "train_loss": loss}

    def norms(self) -> dict[str, float]:
        """Every layer's Euclidean norm of its weights and of their gradient, by name."""
        self.pool.gradient(self.last_rows[:PROBE], 1.0)
        norms = {}
        both = zip(self.layers, self.pool.work.gradient_layers, strict=True)
        for l, ((W, _), (dW, _)) in enumerate(both, 1):
            norms[f"weight_norm_{l}"] = float(np.linalg.norm(W))
            norms[f"gradient_norm_{l}"] = float(np.linalg.norm(dW))
        return norms


def learning_rate(settings: TrainingSettings, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0, out of so many."""
    schedule = SCHEDULES[settings.schedule]
    factor = schedule(step / steps, **schedule.options(vars(settings)))
    return settings.learning_rate * warmed_up((step + 1) / steps, settings.warmup) * factor


def finished(history: list[dict], settings: TrainingSettings) -> bool:
    """Whether the last epoch is done, or training stops early."""
    patience = settings.early_stopping
    stopped = patience and epochs_without_improvement(history) >= patience
    return len(history) >= settings.epochs or bool(stopped)


def epochs_without_improvement(history: list[dict]) -> int:
    """The number of epochs since the one with the lowest loss on dev so far."""
    losses_on_dev = [row["dev_loss"] for row in history]
    return len(history) - 1 - losses_on_dev.index(min(losses_on_dev)) if history else 0


def measure(state: State, dev: Dataset, settings: TrainingSettings, row: dict) -> None:
    """Add the epoch's row to the history, and keep the parameters if they are the best so far."""
    layers = full_network(state.current, state.nonzero, settings.layer_dims)
    loss, accuracy = score(dev, layers, ACTIVATIONS[settings.activation])
    epoch = {"epoch": len(state.history) + 1}
    state.history.append(epoch | row | {"dev_loss": loss, "dev_accuracy": accuracy})
    divergence.check(state.history, settings)
    if state.best is not None and epochs_without_improvement(state.history) == 0:
        state.best[...] = state.current


def score(dataset: Dataset, layers: network.Layers, g: Activation) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy (0 to 1)."""
    z = network.logits(dataset.x, layers, g)
    loss = losses.cross_entropy(z, dataset.y).mean(dtype=np.float64)
    return float(loss), float((z.argmax(axis=1) == dataset.y).mean())


def keep_snapshot(state: State, settings: TrainingSettings) -> None:
    """Keep the first layer's weights, if this is one of the epochs for it."""
    (W1, _), *_ = full_network(state.current, state.nonzero, settings.layer_dims)
    snapshots.keep(state.snapshots, W1, len(state.history), settings.epochs)
