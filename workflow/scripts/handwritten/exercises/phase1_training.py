"""Full-batch gradient descent with a learner's phase1.py, as train_phase1.py trains."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from handwritten.exercises.learner import Learner, NotFiniteError, not_finite
from handwritten.learning import snapshots
from handwritten.randomness import generator

FEW = 50  # images of a trial, which shows how long a step takes
LEAST, FACTOR = 60, 10  # seconds that a step may take, and in proportion to the trial
EVERY = 25  # steps between two rows of the history
Shapes = dict[str, tuple[int, ...]]
Samples = tuple[np.ndarray, np.ndarray]  # images, and labels


def train(
    learner: Learner,
    settings: dict[str, Any],
    train: Samples,
    dev: Samples,
    send: Callable[[dict[str, Any]], None],
) -> tuple[dict, dict]:
    """The learned arrays, and the first layer's weights after some steps. Sends every step."""
    x, d = train[0], train[0].shape[1]
    h, k, steps = settings["hidden_units"], settings["classes"], settings["steps"]
    y, dev_y = (one_hot(learner, labels, k) for _, labels in (train, dev))
    shapes = {"W1": (d, h), "b1": (h,), "W2": (h, k), "b2": (k,)}
    rng, most = generator(settings["seed"], "initialisation"), settings["initial_range"]
    parameters = [rng.uniform(-most, most, shape).astype(np.float32) for shape in shapes.values()]
    rate = settings["learning_rate"]
    send({"limit": set_limit(learner, (x, y, parameters, rate), steps, send)})
    kept = {0: parameters[0]}
    for step in range(1, steps + 1):
        before, parameters = parameters, stepped(learner, x, y, parameters, rate, shapes, step)
        message: dict[str, Any] = {"step": step}
        if step % EVERY == 0 or step == steps:
            scores = {"train": (x, y), "dev": (dev[0], dev_y)}
            row = {"step": step, "learning_rate": rate} | measured(learner, scores, parameters)
            message["row"] = row | norms(before, parameters, rate)
        send(message)
        if step in snapshots.epochs(steps):
            kept[step] = parameters[0]
    return dict(zip(shapes, parameters, strict=True)), weights_of(kept)


def one_hot(learner: Learner, labels: np.ndarray, classes: int) -> np.ndarray:
    """The learner's one-hot labels, which no function can change in place."""
    (y,) = learner.arrays("one_hot", {"y": (len(labels), classes)}, labels.copy(), classes)
    y.flags.writeable = False
    return y


def set_limit(learner: Learner, call: tuple, steps: int, send: Callable) -> float:
    """How long a call may take from now on, in seconds, by a trial with a few images."""
    x, y, parameters, rate = call
    trial = "step", x[:FEW], y[:FEW], *copies(parameters), rate
    learner(*trial)
    return limit(learner, len(x) / FEW, steps, trial, send)


def limit(learner: Learner, times: float, count: int, trial: tuple, send: Callable) -> float:
    """The limit of calls that do so many times what the last one did, which was `trial`. Says how
    long `count` of them may take, if that is long, and why."""
    each = learner.seconds * times
    learner.limit = max(LEAST, FACTOR * each)
    if each * count > FACTOR * LEAST:
        whole = in_words(each * count)
        slowest = learner.slowest(*trial)
        said = (
            f"one {trial[0]} may take {in_words(each)}, and all {count} of them {whole}. Most of "
        )
        said += (
            f"it is spent in {slowest}. A matrix product is much faster than a loop over images, "
        )
        send({"slow": said + "pixels or units. Ctrl+C ends it"})
    return learner.limit


def in_words(seconds: float) -> str:
    """A duration in words."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds > 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def copies(parameters: list[np.ndarray]) -> list[np.ndarray]:
    """Copies, since a step may change what it is given."""
    return [array.copy() for array in parameters]


def stepped(
    learner: Learner,
    x: np.ndarray,
    y: np.ndarray,
    parameters: list[np.ndarray],
    rate: float,
    shapes: Shapes,
    step: int,
) -> list[np.ndarray]:
    """The parameters after a step. ExerciseError: they are not finite, and why."""
    try:
        return learner.arrays("step", shapes, x, y, *copies(parameters), rate)
    except NotFiniteError as problem:
        call = x, y, *copies(parameters), rate
        raise not_finite(learner, problem, f"in step {step}", parameters, call) from None


def measured(learner: Learner, splits: dict, parameters: list[np.ndarray]) -> dict[str, float]:
    """The learner's own loss on both splits, and accuracy on dev."""
    row = {}
    for split, (x, y) in splits.items():
        sizes = {"a1": (len(x), len(parameters[1])), "p": y.shape}
        _, p = learner.arrays("forward", sizes, x, *copies(parameters))
        (loss,) = learner.arrays("cross_entropy", {"J": ()}, p, y)
        row[f"{split}_loss"] = float(loss)
    (share,) = learner.arrays("accuracy", {"share": ()}, p, y)
    return row | {"dev_accuracy": float(share)}


def norms(before: list[np.ndarray], after: list[np.ndarray], rate: float) -> dict[str, float]:
    """The norms of the weights, and of the gradients by which the last step went."""
    row = {}
    for l, i in ((1, 0), (2, 2)):
        gradient = (before[i] - after[i]).astype(np.float64) / rate
        row[f"weight_norm_{l}"] = math.sqrt(float((after[i].astype(np.float64) ** 2).sum()))
        row[f"gradient_norm_{l}"] = math.sqrt(float((gradient**2).sum()))
    return row


def weights_of(kept: dict[int, np.ndarray]) -> dict[str, np.ndarray]:
    """Weights W1 (pixels, units) by the number of the step or epoch after which they were taken, as
    snapshots.taken has them."""
    weights = np.stack([W1[:, : snapshots.UNITS] for W1 in kept.values()])
    return {"after": np.array(list(kept)), "W1": weights}
