"""The state of a training between two epochs: with it, training goes on as if never interrupted."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from handwritten.learning import network, snapshots
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.settings import TrainingSettings

# A generator for a purpose and, for what is drawn anew in every epoch, an epoch.
Random = Callable[..., np.random.Generator]


@dataclass
class State:
    """Everything that one epoch hands on to the next."""

    nonzero: np.ndarray  # (k,) the numbers of the pixels that are trained on
    vector: np.ndarray  # (parameters,) of a network with k inputs
    optimizer_state: np.ndarray  # (vectors, parameters)
    # (snapshots, pixels, units) of the first layer's weights, after each of snapshots.epochs
    snapshots: np.ndarray
    average: np.ndarray | None = None  # (parameters,) their moving average, with `ema_decay`
    best: np.ndarray | None = None  # (parameters,) of the best epoch on dev, with `early_stopping`
    # A row per epoch: epoch (from 1), learning_rate (of its last step), train_loss (nats above the
    # least that smoothed labels allow), dev_loss (nats), dev_accuracy (0 to 1); and for each layer
    # l the Euclidean norms of its weights, weight_norm_l, and of their gradient, gradient_norm_l.
    history: list[dict] = field(default_factory=list)

    def arrays(self) -> dict[str, np.ndarray]:
        """The state as arrays, for a file; `from_arrays` makes the same state of them."""
        named = vars(self) | {"history": np.array(json.dumps(self.history))}
        return {name: array for name, array in named.items() if array is not None}

    @classmethod
    def from_arrays(cls, arrays: dict[str, np.ndarray], settings: TrainingSettings) -> "State":
        """The state that gave these arrays. ValueError: not one of a training with these
        settings."""
        try:
            state = cls(**arrays | {"history": json.loads(str(arrays["history"]))})
            state.check(settings)
        except (TypeError, KeyError, AttributeError) as problem:
            raise ValueError(f"not the state of a training: {problem}") from None
        return state

    def check(self, settings: TrainingSettings) -> None:
        """ValueError: an array or the history cannot be that of a training with these settings."""
        arrays = self.arrays()
        del arrays["history"]
        shapes = {name: array.shape for name, array in arrays.items()}
        expected = self.shapes(settings)
        if shapes != expected:
            raise ValueError(f"arrays of shapes {shapes}, expected {expected}")
        pixels = settings.layer_dims[0]
        if self.nonzero.dtype.kind != "i" or set(self.nonzero) - set(range(pixels)):
            raise ValueError(f"nonzero pixels that are not numbers of pixels below {pixels}")
        if not all(np.isfinite(array).all() for array in arrays.values()):
            raise ValueError("numbers that are not finite")
        epochs = [row["epoch"] for row in self.history]
        if epochs != list(range(1, len(epochs) + 1)) or len(epochs) > settings.epochs:
            raise ValueError(f"a history of epochs {epochs}, expected 1 to {settings.epochs}")

    def shapes(self, settings: TrainingSettings) -> dict[str, tuple[int, ...]]:
        """The shapes that the arrays of a training with these settings have, by name."""
        count = network.parameter_count(inner_dims(self.nonzero, settings.layer_dims))
        shapes = {
            "nonzero": (len(self.nonzero),),
            "vector": (count,),
            "optimizer_state": (OPTIMIZERS[settings.optimizer].vectors, count),
            "snapshots": snapshots.empty(settings).shape,
        }
        for name, setting in (("average", "ema_decay"), ("best", "early_stopping")):
            if getattr(settings, setting):
                shapes[name] = (count,)
        return shapes

    @property
    def current(self) -> np.ndarray:
        """The parameters to measure: their moving average, where there is one."""
        return self.vector if self.average is None else self.average

    @property
    def model(self) -> np.ndarray:
        """The parameters that the trained network has in the end."""
        return self.current if self.best is None else self.best


def initial_state(
    settings: TrainingSettings, random: Random, nonzero: np.ndarray, dtype=np.float32
) -> State:
    """The state before the first epoch. Weights are drawn for all pixels, and kept for some."""
    drawn = initial_parameters(settings, random("initialisation"), dtype)
    (W1, b1), *above = network.views(drawn, settings.layer_dims)
    vector = network.as_vector([(W1[nonzero], b1), *above])
    return State(
        nonzero,
        vector,
        OPTIMIZERS[settings.optimizer].initial_state(vector),
        snapshots.empty(settings),
        average=vector.copy() if settings.ema_decay else None,
        best=vector.copy() if settings.early_stopping else None,
    )


def initial_parameters(
    settings: TrainingSettings, rng: np.random.Generator, dtype=np.float32
) -> np.ndarray:
    """The vector of all weights and biases before the first step."""
    dims, initialisation = settings.layer_dims, INITIALISATIONS[settings.initialisation]
    vector = np.zeros(network.parameter_count(dims), dtype)
    for W, b in network.views(vector, dims):
        initialisation(W, b, rng, **initialisation.options(vars(settings)))
    return vector


def inner_dims(nonzero: np.ndarray, layer_dims: list[int]) -> list[int]:
    """The units of every layer of the network that is trained, whose only inputs are the nonzero
    pixels."""
    return [len(nonzero), *layer_dims[1:]]


def full_network(vector: np.ndarray, nonzero: np.ndarray, layer_dims: list[int]) -> network.Layers:
    """The network with all its inputs; the weights of pixels that are always 0 are 0."""
    (inner_W1, b1), *above = network.views(vector, inner_dims(nonzero, layer_dims))
    W1 = np.zeros((layer_dims[0], layer_dims[1]), vector.dtype)
    W1[nonzero] = inner_W1
    return [(W1, b1), *above]


def trained_network(state: State, settings: TrainingSettings) -> network.Layers:
    """The network that training has ended with."""
    return full_network(state.model, state.nonzero, settings.layer_dims)
