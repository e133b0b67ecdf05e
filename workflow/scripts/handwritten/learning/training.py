"""The loop: draw a batch, go forward, see how wrong, go backward, step; count, and repeat."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS, new_memory
from handwritten.learning.schedules import SCHEDULES, warmed_up


class Samples(NamedTuple):
    """Images x (n, pixels) of floats in [0, 1] and their labels y (n,) of integers."""

    x: np.ndarray
    y: np.ndarray


class Workspace:
    """Everything the hot loop writes into, made once. `slice_rows` rows are worked on at a time."""

    def __init__(self, layer_dims: list[int], slice_rows: int, dtype=np.float32):
        count = network.parameter_count(layer_dims)
        self.x = np.empty((slice_rows, layer_dims[0]), dtype)
        self.a = network.buffers(slice_rows, layer_dims, dtype)
        self.delta = network.buffers(slice_rows, layer_dims, dtype)
        self.gradient, self.part = np.zeros(count, dtype), np.zeros(count, dtype)
        self.gradient_layers = network.views(self.gradient, layer_dims)
        self.part_layers = network.views(self.part, layer_dims)


def initial_parameters(layer_dims: list[int], scheme: str, rng, dtype=np.float32) -> np.ndarray:
    """The vector of all weights and biases before the first step."""
    vector = np.zeros(network.parameter_count(layer_dims), dtype)
    for W, b in network.views(vector, layer_dims):
        INITIALISATIONS[scheme](W, b, rng)
    return vector


def batches(count: int, batch_size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Row numbers, batch by batch: every row once, in a new order; a batch of all needs none."""
    order = rng.permutation(count) if batch_size < count else np.arange(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def batch_gradient(
    train: Samples, rows: np.ndarray, layers, g, work: Workspace, smoothing: float = 0.0
) -> float:
    """The batch's mean loss (with label smoothing); fills `work.gradient` with its gradient.

    A batch larger than the workspace goes through in slices whose gradients add up: the gradient of
    a sum is the sum of the gradients, so this is the same mathematics in less memory.
    """
    loss, slice_rows = 0.0, len(work.x)
    for start in range(0, len(rows), slice_rows):
        part = rows[start : start + slice_rows]
        x = np.take(train.x, part, axis=0, out=work.x[: len(part)], mode="clip")
        a, delta = ([buffer[: len(part)] for buffer in each] for each in (work.a, work.delta))
        z = network.forward(x, layers, g, a)
        loss += losses.softmax_cross_entropy(z, train.y[part], delta[-1], smoothing)
        delta[-1] /= len(rows)
        target = work.part_layers if start else work.gradient_layers
        network.backward(x, layers, g, a, delta, target)
        if start:
            work.gradient += work.part
    return loss / len(rows)


def regularise(layers, work: Workspace, settings: dict, learning_rate: float) -> None:
    """What keeps weights or steps small, each where its setting is not 0."""
    if settings["l2"]:
        add_l2_gradient(layers, work.gradient_layers, settings["l2"])
    if settings["clip_norm"]:
        clip(work.gradient, settings["clip_norm"])
    if settings["weight_decay"]:
        decay_weights(layers, learning_rate * settings["weight_decay"])


def add_l2_gradient(layers, gradients, l2: float) -> None:
    """Add the gradient of the penalty l2/2 * sum of W^2, which is l2 * W. Biases go free."""
    for (W, _), (dW, _) in zip(layers, gradients, strict=True):
        dW += l2 * W


def decay_weights(layers, share: float) -> None:
    """Shrink every weight by `share` of itself, apart from any gradient. Biases go free.

    Loshchilov and Hutter 2019, "Decoupled weight decay regularization".
    """
    for W, _ in layers:
        W *= 1 - share


def clip(gradient: np.ndarray, norm: float) -> None:
    """Scale a gradient down to this length if it is longer: one bad batch cannot throw far.

    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    length = np.linalg.norm(gradient)
    if length > norm:
        gradient *= norm / length


def bound_norms(layers, bound: float) -> None:
    """Shorten each unit's incoming weights, a column of W, to this length where they are longer.

    Srivastava and others 2014, "Dropout", section 5.1 (max-norm).
    """
    for W, _ in layers:
        lengths = np.sqrt(np.einsum("ij,ij->j", W, W))
        W *= bound / np.maximum(lengths, bound)


def follow(average: np.ndarray, vector: np.ndarray, decay: float, scratch: np.ndarray) -> None:
    """average <- decay * average + (1 - decay) * vector: a mean over about 1 / (1 - decay) steps.

    Steps that go to and fro cancel out in it. Polyak and Juditsky 1992, with a fading mean.
    """
    np.subtract(vector, average, out=scratch)
    scratch *= 1 - decay
    average += scratch


def score(samples: Samples, layers, g) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy (0 to 1)."""
    z = network.logits(samples.x, layers, g)
    loss = losses.cross_entropy(z, samples.y).mean(dtype=np.float64)
    return float(loss), float((z.argmax(axis=1) == samples.y).mean())


def train(
    train: Samples,
    dev: Samples,
    settings: dict,
    initialisation: np.random.Generator,
    shuffling: np.random.Generator,
    on_epoch: Callable[[dict], None] = lambda row: None,
) -> tuple[np.ndarray, list[dict]]:
    """The trained parameter vector and the history, one row an epoch, also handed to `on_epoch`.

    `settings` are those of a run in config.yaml. The training loss of a row is the mean over the
    epoch's batches, each measured before its own step; dev is measured after the epoch.
    """
    layer_dims = settings["layer_dims"]
    g, optimizer = ACTIVATIONS[settings["activation"]], OPTIMIZERS[settings["optimizer"]]
    vector = initial_parameters(layer_dims, settings["initialisation"], initialisation)
    layers, memory = network.views(vector, layer_dims), new_memory(optimizer, vector)
    average = vector.copy() if settings["weight_average"] else vector
    size = rows_a_batch(settings["batch_size"], len(train.x))
    work = Workspace(layer_dims, min(size, network.SLICE))
    rates, history = enumerate(learning_rates(settings, -(-len(train.x) // size)), 1), []
    smoothing = settings["label_smoothing"]
    for epoch in range(1, settings["epochs"] + 1):
        loss = 0.0
        for rows in batches(len(train.x), size, shuffling):
            number, rate = next(rates)
            mean_loss = batch_gradient(train, rows, layers, g, work, smoothing)
            loss += mean_loss * len(rows) / len(train.x)
            regularise(layers, work, settings, rate)
            optimizer.step(vector, work.gradient, memory, rate, number, settings)
            if settings["max_norm"]:
                bound_norms(layers, settings["max_norm"])
            if settings["weight_average"]:
                follow(average, vector, settings["weight_average"], work.gradient)
        dev_loss, dev_accuracy = score(dev, network.views(average, layer_dims), g)
        row = {"epoch": epoch, "learning_rate": rate, "train_loss": loss}
        history.append(row | {"dev_loss": dev_loss, "dev_accuracy": dev_accuracy})
        check_finite(history[-1])
        on_epoch(history[-1])
    return average, history


def rows_a_batch(batch_size: int | str, count: int) -> int:
    """How many of `count` rows a batch has; "full" is all of them."""
    return count if batch_size == "full" else min(batch_size, count)


def learning_rates(settings: dict, steps_an_epoch: int) -> Iterator[float]:
    """The learning rate of every step, first to last."""
    steps, schedule = settings["epochs"] * steps_an_epoch, SCHEDULES[settings["schedule"]]
    for step in range(steps):
        ramp = warmed_up((step + 1) / steps, settings["warmup"])
        yield settings["learning_rate"] * ramp * schedule(step / steps)


def check_finite(row: dict) -> None:
    """FloatingPointError where training has left all bounds, naming the setting most likely why."""
    if not np.isfinite([row["train_loss"], row["dev_loss"]]).all():
        raise FloatingPointError(
            f"diverged in epoch {row['epoch']}: the training loss is {row['train_loss']}, on dev "
            f"{row['dev_loss']}. Lower the run's learning_rate, which was {row['learning_rate']:g}"
        )
