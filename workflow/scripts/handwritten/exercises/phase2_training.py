"""Mini-batches, momentum and L2 with a learner's phase2.py, with the settings of phase 2 that its
exercises have."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from handwritten.exercises.learner import Learner, NotFiniteError, not_finite
from handwritten.exercises.phase1_training import Samples, limit, weights_of
from handwritten.learning import losses, network, snapshots
from handwritten.learning.schedules import SCHEDULES, warmed_up
from handwritten.randomness import generator

FEW = 2  # batches of a trial, which shows how long an epoch takes
PROBE = 512  # images whose gradient is measured after an epoch


def train(
    learner: Learner,
    settings: dict[str, Any],
    train: Samples,
    dev: Samples,
    send: Callable[[dict[str, Any]], None],
) -> tuple[dict, dict]:
    """The learned arrays, and the first layer's weights after some epochs. Sends every epoch."""
    x, dims, epochs = train[0], settings["layer_dims"], settings["epochs"]
    y = losses.targets(train[1], dims[-1], settings["label_smoothing"], np.float32)
    y.flags.writeable = False
    size = len(x) if settings["batch_size"] == "full" else settings["batch_size"]
    layers = first_layers(learner, dims, generator(settings["seed"], "initialisation"))
    v = [(np.zeros_like(W), np.zeros_like(b)) for W, b in layers]
    rest = settings["momentum"], settings["l2"]
    send({"limit": set_limit(learner, (x, y, layers, v, size, *rest), epochs, send)})
    kept = {0: layers[0][0]}
    for epoch in range(1, epochs + 1):
        rate = learning_rate(settings, epoch - 1)
        rng = generator(settings["seed"], "shuffling", epoch)
        call = x, y, layers, v, size, rate, *rest, rng
        layers, v = after_epoch(learner, call, dims, epoch)
        row = {"epoch": epoch, "learning_rate": rate}
        row |= {"train_loss": loss_of(learner, x, train[1], layers)[0]}
        row["dev_loss"], row["dev_accuracy"] = loss_of(learner, dev[0], dev[1], layers)
        send({"epoch": epoch, "row": row | norms(learner, x, y, layers)})
        if epoch in snapshots.epochs(epochs):
            kept[epoch] = layers[0][0]
    return network.named(layers), weights_of(kept)


def learning_rate(settings: dict[str, Any], epoch: int) -> float:
    """The learning rate of an epoch, counted from 0: that of the middle of it in the schedule."""
    schedule, epochs = SCHEDULES[settings["schedule"]], settings["epochs"]
    progress = (epoch + 0.5) / epochs
    factor = schedule(progress, **schedule.options(settings))
    return settings["learning_rate"] * warmed_up(progress, settings["warmup"]) * factor


def first_layers(learner: Learner, dims: list[int], rng: np.random.Generator) -> network.Layers:
    """The learner's first weights and biases."""
    found = []
    for inputs, units in pairwise(dims):
        W, b = learner.arrays("he", {"W": (inputs, units), "b": (units,)}, inputs, units, rng)
        found.append((W, b))
    return found


def copies(layers: network.Layers) -> network.Layers:
    """Copies, since an epoch may change what it is given."""
    return [(W.copy(), b.copy()) for W, b in layers]


def set_limit(learner: Learner, call: tuple, epochs: int, send: Callable) -> float:
    """How long a call may take from now on, in seconds, by a trial with a few batches."""
    x, y, layers, v, size, momentum, l2 = call
    few, rng = min(FEW * size, len(x)), np.random.default_rng(0)
    trial = x[:few], y[:few], copies(layers), copies(v), size, 0.0, momentum, l2, rng
    learner("epoch", *trial)
    return limit(learner, len(x) / few, epochs, ("epoch", *trial), send)


def after_epoch(learner: Learner, call: tuple, dims: list[int], epoch: int) -> tuple:
    """layers and v after an epoch. ExerciseError: they are not finite."""
    x, y, first, velocity, *rest = call
    result = learner("epoch", x, y, copies(first), copies(velocity), *rest)
    layers, v = learner.parts("epoch", result, ["layers", "v"])
    try:
        return learner.layers("epoch", layers, dims), learner.layers("epoch", v, dims)
    except NotFiniteError as problem:
        again = x, y, copies(first), copies(velocity), *rest
        parameters = [array for layer in first for array in layer]
        raise not_finite(learner, problem, f"in epoch {epoch}", parameters, again) from None


def probabilities(
    learner: Learner, x: np.ndarray, layers: network.Layers
) -> tuple[Any, np.ndarray]:
    """The inputs of all layers and the probabilities, by the learner's own pass forward."""
    a, p = learner.parts("forward", learner("forward", x, copies(layers)), ["a", "p"])
    (p,) = learner.checked("forward", p, {"p": (len(x), len(layers[-1][1]))})
    return a, p


def loss_of(
    learner: Learner, x: np.ndarray, labels: np.ndarray, layers: network.Layers
) -> tuple[float, float]:
    """The mean loss, with labels that are not smoothed, and the accuracy."""
    _, p = probabilities(learner, x, layers)
    right = np.maximum(p[np.arange(len(p)), labels], 1e-30)
    accuracy = (p.argmax(axis=1) == labels).mean()
    return float(-np.log(right).mean(dtype=np.float64)), float(accuracy)


def norms(
    learner: Learner, x: np.ndarray, y: np.ndarray, layers: network.Layers
) -> dict[str, float]:
    """The norms of the weights, and of the gradients for a part of the images."""
    a, p = probabilities(learner, x[:PROBE], layers)
    gradients = learner("backward", y[:PROBE], copies(layers), a, p)
    dims = [len(layers[0][0]), *(len(b) for _, b in layers)]
    row = {}
    pairs = zip(layers, learner.layers("backward", gradients, dims), strict=True)
    for l, ((W, _), (dW, _)) in enumerate(pairs, 1):
        row[f"weight_norm_{l}"] = float(np.linalg.norm(W))
        row[f"gradient_norm_{l}"] = float(np.linalg.norm(dW))
    return row
