"""The loop: draw a batch, go forward, see how wrong, go backward, step; count, and repeat."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from handwritten.learning import divergence, losses, network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.backpropagation import Crew, Workspace
from handwritten.learning.batches import Samples, lit_pixels, rows_a_batch, shuffled, stored
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS, Optimizer
from handwritten.learning.regularisation import (
    add_l2_gradient,
    bound_norms,
    clip,
    decay_weights,
    follow,
)
from handwritten.learning.schedules import SCHEDULES, warmed_up

Random = Callable[..., np.random.Generator]
BLOCK = 65_536  # parameters: what an optimizer does to so many at a time stays in the cache
PROBE = 512  # rows: the gradient of so many is measured after an epoch
PICTURES, PICTURED_UNITS = 8, 32  # how often, and of how many units, the first weights are kept


@dataclass
class State:
    """All that one epoch hands on to the next: whoever keeps it can go on from there."""

    lit: np.ndarray  # (k,) the pixels that are learnt from
    vector: np.ndarray  # (parameters,) of a network with k inputs
    optimizer_state: np.ndarray  # (vectors, parameters)
    average: np.ndarray | None = None  # (parameters,) their fading mean, where there is one
    best: np.ndarray | None = None  # (parameters,) of the best epoch on dev, where that is wanted
    # (pictures, pixels, units) the first weights of the first units after each of pictured_epochs
    pictures: np.ndarray | None = None
    # A row an epoch: epoch (from 1), learning_rate (of its last step), train_loss (nats above the
    # least that smoothed labels allow), dev_loss (nats), dev_accuracy (0 to 1); and of each layer l
    # the Euclidean norm of its weights, weight_norm_l, and of their gradient, gradient_norm_l.
    history: list[dict] = field(default_factory=list)

    def arrays(self) -> dict[str, np.ndarray]:
        """The state as arrays, for a file; `from_arrays` makes the same state of them."""
        named = vars(self) | {"history": np.array(json.dumps(self.history))}
        return {name: array for name, array in named.items() if array is not None}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], settings: dict) -> "State":
        """The state that `arrays` gave. ValueError: not one of a training with these settings."""
        try:
            state = cls(**arrays | {"history": json.loads(str(arrays["history"]))})
            state.check(settings)
        except (TypeError, KeyError, AttributeError) as problem:
            raise ValueError(f"no state of a training: {problem}") from None
        return state

    def check(self, settings: dict) -> None:
        """ValueError where an array or the history cannot be that of a training with these
        settings."""
        count = network.parameter_count(with_inputs(self.lit, settings["layer_dims"]))
        vectors = OPTIMIZERS[settings["optimizer"]].vectors
        shapes = {"lit": (len(self.lit),), "vector": (count,), "optimizer_state": (vectors, count)}
        shapes["pictures"] = no_pictures(settings).shape
        for name, setting in (("average", "ema_decay"), ("best", "early_stopping")):
            if settings[setting]:
                shapes[name] = (count,)
        arrays = self.arrays()
        arrays.pop("history")
        found = {name: array.shape for name, array in arrays.items()}
        if found != shapes:
            raise ValueError(f"arrays of shapes {found}, expected {shapes}")
        if self.lit.dtype.kind != "i" or set(self.lit) - set(range(settings["layer_dims"][0])):
            raise ValueError("numbers of lit pixels that are none of the image's")
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("numbers that are not finite")
        epochs = [row["epoch"] for row in self.history]
        if epochs != list(range(1, len(epochs) + 1)) or len(epochs) > settings["epochs"]:
            raise ValueError(f"a history of epochs {epochs}, expected 1 to {settings['epochs']}")

    @property
    def current(self) -> np.ndarray:
        """The parameters to measure: their mean, where there is one."""
        return self.vector if self.average is None else self.average

    @property
    def model(self) -> np.ndarray:
        """The parameters to answer with in the end."""
        return self.current if self.best is None else self.best


def initial_parameters(layer_dims: list[int], scheme: str, rng, dtype=np.float32) -> np.ndarray:
    """The vector of all weights and biases before the first step."""
    vector = np.zeros(network.parameter_count(layer_dims), dtype)
    for W, b in network.views(vector, layer_dims):
        INITIALISATIONS[scheme](W, b, rng)
    return vector


class Updater:
    """Turns gradients into steps, block by block, so that a block is fetched from memory once."""

    def __init__(
        self, state: State, layers: network.Layers, work: Workspace, settings: dict, steps: int = 0
    ):
        """`steps` were taken before."""
        self.state, self.layers, self.work, self.settings = state, layers, work, settings
        self.kind = OPTIMIZERS[settings["optimizer"]]
        weights, count = sum(W.size for W, _ in layers), len(state.vector)
        self.weights = [self.block(start, weights, steps) for start in range(0, weights, BLOCK)]
        self.biases = [self.block(start, count, steps) for start in range(weights, count, BLOCK)]

    def block(self, start: int, end: int, steps: int) -> tuple[Optimizer, np.ndarray]:
        """An optimizer of the parameters from `start` on, at most BLOCK of them, and a view of
        their gradient."""
        part = slice(start, min(start + BLOCK, end))
        parameters, state = self.state.vector[part], self.state.optimizer_state[:, part]
        scratch = self.work.part[: len(parameters)]
        optimizer = self.kind(parameters, self.settings, state, scratch, steps)
        return optimizer, self.work.gradient[part]

    def scale(self, rate: float) -> float:
        """The factor that the optimizer wants the gradient, and all that joins it, to have."""
        return rate if self.kind.proportional else 1.0

    def __call__(self, rate: float) -> None:
        """One step at this learning rate. Only weights are kept small."""
        settings, scale = self.settings, self.scale(rate)
        if settings["clip_grad_norm"]:
            clip(self.work.gradient, scale * settings["clip_grad_norm"])
        for optimizer, gradient in self.weights:
            W = optimizer.parameters
            if settings["l2"]:
                add_l2_gradient(W, gradient, scale * settings["l2"], optimizer.scratch)
            if settings["weight_decay"]:
                decay_weights(W, rate * settings["weight_decay"])
            optimizer.update(gradient, rate)
        for optimizer, gradient in self.biases:
            optimizer.update(gradient, rate)
        if settings["max_norm"]:
            for W, _ in self.layers:
                bound_norms(W, settings["max_norm"])
        if settings["ema_decay"]:
            follow(self.state.average, self.state.vector, settings["ema_decay"], self.work.part)


def score(samples: Samples, layers, g) -> tuple[float, float]:
    """Mean cross-entropy (nats) and accuracy (0 to 1)."""
    z = network.logits(samples.x, layers, g)
    loss = losses.cross_entropy(z, samples.y).mean(dtype=np.float64)
    return float(loss), float((z.argmax(axis=1) == samples.y).mean())


def first_state(settings: dict, random: Random, lit: np.ndarray, dtype=np.float32) -> State:
    """The state before the first epoch. Weights are drawn for all pixels; those of `lit` stay."""
    dims, scheme = settings["layer_dims"], settings["initialisation"]
    drawn = initial_parameters(dims, scheme, random("initialisation"), dtype)
    (W1, b1), *above = network.views(drawn, dims)
    vector = network.as_vector([(W1[lit], b1), *above])
    return State(
        lit,
        vector,
        OPTIMIZERS[settings["optimizer"]].initial_state(vector),
        average=vector.copy() if settings["ema_decay"] else None,
        best=vector.copy() if settings["early_stopping"] else None,
        pictures=no_pictures(settings),
    )


def pictured_epochs(epochs: int) -> list[int]:
    """After which epochs the first weights are kept to be looked at: 0 is the start, before any.

    Most is learnt early, so they lie close together there.
    """
    spread = np.rint(np.geomspace(1, epochs, PICTURES - 1)).astype(int).tolist()
    return sorted({0, *spread})


def no_pictures(settings: dict) -> np.ndarray:
    """Room (pictures, pixels, units) for what `take_picture` keeps."""
    pixels, units = settings["layer_dims"][:2]
    count = len(pictured_epochs(settings["epochs"]))
    return np.zeros((count, pixels, min(units, PICTURED_UNITS)), np.float32)


def take_picture(state: State, settings: dict) -> None:
    """Keep the first layer's weights, if this is the epoch for it."""
    epochs = pictured_epochs(settings["epochs"])
    if len(state.history) in epochs:
        (W1, _), *_ = whole(state.current, state.lit, settings["layer_dims"])
        state.pictures[epochs.index(len(state.history))] = W1[:, : state.pictures.shape[2]]


def first_layer(state: State, settings: dict) -> dict[str, np.ndarray]:
    """How the first weights came about: W1 (k, pixels, units) after so many epochs (k,)."""
    epochs = [e for e in pictured_epochs(settings["epochs"]) if e <= len(state.history)]
    return {"after": np.array(epochs), "W1": state.pictures[: len(epochs)]}


def norms(layers: network.Layers, gradients: network.Layers) -> dict[str, float]:
    """Every layer's Euclidean norm of its weights and of their gradient, by name."""
    found = {}
    for l, ((W, _), (dW, _)) in enumerate(zip(layers, gradients, strict=True), 1):
        found[f"weight_norm_{l}"] = float(np.linalg.norm(W))
        found[f"gradient_norm_{l}"] = float(np.linalg.norm(dW))
    return found


def with_inputs(lit: np.ndarray, layer_dims: list[int]) -> list[int]:
    """The network that the loop works on: it has the lit pixels alone as inputs."""
    return [len(lit), *layer_dims[1:]]


def whole(vector: np.ndarray, lit: np.ndarray, layer_dims: list[int]) -> network.Layers:
    """The network with all its inputs; pixels that are not `lit` have weights 0."""
    (lit_W1, b1), *above = network.views(vector, with_inputs(lit, layer_dims))
    W1 = np.zeros((layer_dims[0], layer_dims[1]), vector.dtype)
    W1[lit] = lit_W1
    return [(W1, b1), *above]


def trained(state: State, settings: dict) -> network.Layers:
    """The network that training has ended with."""
    return whole(state.model, state.lit, settings["layer_dims"])


def train(
    train: Samples,
    dev: Samples,
    settings: dict,
    random: Random,
    on_epoch: Callable[[State], None] = lambda state: None,
    state: State | None = None,
    threads: int = 1,
) -> State:
    """The state after the last epoch, of which `trained` makes the network.

    `settings` are those of a run in config.yaml. `random` gives a generator for a purpose and, for
    what is drawn anew in every epoch, an epoch (handwritten.randomness). After every epoch
    `on_epoch` is handed the state; given such a `state`, training goes on from there and ends where
    it would have ended, bit for bit. The training loss of a row of history is the mean over the
    epoch's batches, each measured before its own step; dev is measured after the epoch, and so is
    the gradient, of up to PROBE rows of its last batch. All is computed in `train.float_type`.
    Processor `threads` share the work; another number of them changes the last bits.
    """
    lit = lit_pixels(train.x, settings)
    state = state or first_state(settings, random, lit, train.float_type)
    layers = network.views(state.vector, with_inputs(state.lit, settings["layer_dims"]))
    count, size = len(train.x), rows_a_batch(settings["batch_size"], len(train.x))
    steps = -(-count // size)  # an epoch
    with Crew(stored(train, settings, state.lit), layers, settings, size, threads) as crew:
        update = Updater(state, layers, crew.work, settings, steps * len(state.history))
        take_picture(state, settings)
        for epoch in range(len(state.history), settings["epochs"]):
            if settings["early_stopping"] and waited(state.history) >= settings["early_stopping"]:
                break
            crew.begin(random, epoch)
            loss = 0.0
            order = shuffled(count, size, random("shuffling", epoch))
            for step, rows in enumerate(order, epoch * steps):
                rate = learning_rate(settings, step, steps * settings["epochs"])
                loss += crew.gradient(rows, update.scale(rate)) * len(rows) / count
                update(rate)
            loss -= losses.least_loss(settings["layer_dims"][-1], settings["label_smoothing"])
            measure(state, dev, settings, {"learning_rate": rate, "train_loss": loss})
            crew.gradient(rows[:PROBE], 1.0)
            state.history[-1] |= norms(layers, crew.work.gradient_layers)
            take_picture(state, settings)
            on_epoch(state)
    return state


def learning_rate(settings: dict, step: int, steps: int) -> float:
    """The learning rate of a step, counted from 0, out of so many."""
    ramp = warmed_up((step + 1) / steps, settings["warmup"])
    schedule = SCHEDULES[settings["schedule"]]
    factor = schedule(step / steps, **schedule.options(settings))
    return settings["learning_rate"] * ramp * factor


def measure(state: State, dev: Samples, settings: dict, row: dict) -> None:
    """Complete an epoch's row of history by what dev says, and keep the model if it is the best."""
    layers = whole(state.current, state.lit, settings["layer_dims"])
    loss, accuracy = score(dev, layers, ACTIVATIONS[settings["activation"]])
    epoch = {"epoch": len(state.history) + 1}
    state.history.append(epoch | row | {"dev_loss": loss, "dev_accuracy": accuracy})
    divergence.check(state.history, settings)
    if state.best is not None and waited(state.history) == 0:
        state.best[...] = state.current


def waited(history: list[dict]) -> int:
    """For how many epochs the loss on dev has not been lower than ever before."""
    losses_on_dev = [row["dev_loss"] for row in history]
    return len(history) - 1 - losses_on_dev.index(min(losses_on_dev)) if history else 0
