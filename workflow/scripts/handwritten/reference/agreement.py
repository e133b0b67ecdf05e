"""Do PyTorch's parameters and ours agree, from the same start and on the same batches?

The comparison is in double precision, on a small network and images of random pixels, for every
setting of a run. If both compute the same, they differ by rounding alone.
"""

from functools import partial

import numpy as np

from handwritten.learning import registries, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Dataset
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES
from handwritten.randomness import generator
from handwritten.reference.pytorch import Reference
from handwritten.settings import TrainingSettings

BOUND = 1e-10  # the largest difference of any parameter that rounding may explain
STEPS = (1, 10, 100)  # after so many, parameters are compared
SETTINGS = TrainingSettings(
    image_shape=[4, 9],
    layer_dims=[36, 11, 7, 5],
    activation="tanh",
    initialisation="xavier",
    batch_size=20,
    epochs=10,
    optimizer="momentum",
    learning_rate=0.05,
    schedule="cosine",
    warmup=0.0,
    l2=0.0,
    weight_decay=0.0,
    clip_grad_norm=0.0,
    max_norm=0.0,
    ema_decay=0.0,
    label_smoothing=0.0,
    dropout=0.0,
    input_dropout=0.0,
    rotation=0.0,
    scale=0.0,
    shear=0.0,
    shift=0.0,
    elastic=0.0,
    elastic_sigma=5.0,
    undistorted=0.0,
    early_stopping=0,
    train_on="train",
    seed=3,
    **{name: setting.default for name, setting in registries.settings().items()},
)
ADAM = {"optimizer": "adam", "learning_rate": 0.01}
# The settings that are changed, case by case, under a heading each.
CASES: dict[str, list[dict]] = {
    "optimizer": [{"optimizer": name} for name in OPTIMIZERS],
    "schedule": [
        *({"schedule": name} for name in SCHEDULES),
        *({"schedule": name} | ADAM for name in SCHEDULES),
        *({"warmup": 0.3, "optimizer": name} for name in OPTIMIZERS),
    ],
    "regulariser": [
        *({"l2": 0.01, "optimizer": name} for name in OPTIMIZERS),
        *({"weight_decay": 0.1, "optimizer": name} for name in OPTIMIZERS),
        {"clip_grad_norm": 0.2},
        {"max_norm": 0.8},
        {"ema_decay": 0.9},
        {"label_smoothing": 0.1},
        {"dropout": 0.3},
        {"input_dropout": 0.2},
    ],
    "activation": [{"activation": name} for name in ACTIVATIONS],
    "start": [{"initialisation": name} for name in INITIALISATIONS],
    "distortion": [
        {"rotation": 10.0, "shift": 1.0},
        {"elastic": 4.0},
        {"shift": 1.0, "undistorted": 0.5},
    ],
    "all at once": [
        {"l2": 0.001, "label_smoothing": 0.1, "dropout": 0.2, "warmup": 0.2, "clip_grad_norm": 0.5},
        {"l2": 0.001, "weight_decay": 0.1, "max_norm": 0.8, "ema_decay": 0.9} | ADAM,
    ],
}


class DisagreementError(ArithmeticError):
    """PyTorch's parameters are not ours."""


def dataset() -> Dataset:
    """200 images of 36 random pixels, in double precision, and labels of five classes."""
    rng = np.random.default_rng(1)
    return Dataset(rng.random((200, 36)), rng.integers(5, size=200))


def ours(dataset: Dataset, settings: TrainingSettings, threads: int = 1) -> dict[int, np.ndarray]:
    """Our parameters at the end of each epoch, by the number of steps until then."""
    parameters, steps = {}, -(-len(dataset.x) // int(settings.batch_size))

    def on_epoch(state):
        parameters[steps * len(state.history)] = state.current.copy()

    random = partial(generator, settings.seed)
    training.train(dataset, dataset, settings, random, on_epoch, threads=threads)
    return parameters


def theirs(dataset: Dataset, settings: TrainingSettings, threads: int = 1) -> dict[int, np.ndarray]:
    """PyTorch's parameters after each step."""
    parameters, reference = {}, Reference(dataset, settings, threads)
    for epoch in range(settings.epochs):
        reference.epoch(epoch, lambda n: parameters.update({n: reference.vector().copy()}))
    return parameters


def compared(heading: str, changes: dict) -> dict:
    """One case: `differences` has the largest difference of any parameter after each of STEPS, and
    `learnt` the largest change of any parameter between the second and the last of them."""
    images, settings = dataset(), SETTINGS | changes
    one_step = settings | {"batch_size": len(images.x), "epochs": 1}
    pairs = {1: (ours(images, one_step)[1], theirs(images, one_step)[1])}
    our, their = ours(images, settings), theirs(images, settings)
    pairs |= {steps: (our[steps], their[steps]) for steps in STEPS[1:]}
    differences = {str(steps): float(np.abs(a - b).max()) for steps, (a, b) in pairs.items()}
    learnt = float(np.abs(our[STEPS[-1]] - our[STEPS[1]]).max())
    return {"heading": heading, "changes": changes, "differences": differences, "learnt": learnt}


def rows() -> list[dict]:
    """All cases, compared."""
    return [compared(heading, changes) for heading, each in CASES.items() for changes in each]


def require(rows: list[dict]) -> None:
    """DisagreementError where a difference is above BOUND, or NaN."""
    for row in rows:
        for steps, difference in row["differences"].items():
            if not difference <= BOUND:
                raise DisagreementError(
                    f"with {row['changes']}, after {steps} steps, PyTorch's parameters differ from "
                    f"ours by up to {difference:.1e}, more than the {BOUND:.0e} that rounding may "
                    "explain: one of the two computes something else"
                )
