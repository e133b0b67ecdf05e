"""From one start and on the same batches: how far apart are PyTorch's parameters and ours?

In double precision, on a small network and images of random pixels, for everything that a run can
be set to. Whoever computes the same differs by rounding alone.
"""

from functools import partial

import numpy as np

from handwritten.learning import ideas, training
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import Samples
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES
from handwritten.randomness import generator
from handwritten.reference.pytorch import Reference

BOUND = 1e-10  # the largest difference of any parameter that rounding may explain
STEPS = (1, 10, 100)  # after which parameters are compared
SETTINGS = {
    "image_shape": [4, 9],
    "layer_dims": [36, 11, 7, 5],
    "activation": "tanh",
    "initialisation": "xavier",
    "batch_size": 20,
    "epochs": 10,
    "optimizer": "momentum",
    "learning_rate": 0.05,
    "schedule": "cosine",
    "warmup": 0.0,
    "l2": 0.0,
    "weight_decay": 0.0,
    "clip_grad_norm": 0.0,
    "max_norm": 0.0,
    "ema_decay": 0.0,
    "label_smoothing": 0.0,
    "dropout": 0.0,
    "input_dropout": 0.0,
    "rotation": 0.0,
    "scale": 0.0,
    "shear": 0.0,
    "shift": 0.0,
    "elastic": 0.0,
    "elastic_sigma": 5.0,
    "early_stopping": 0,
    "train_on": "train",
    "seed": 3,
} | {name: setting.default for name, setting in ideas.settings().items()}
ADAM = {"optimizer": "adam", "learning_rate": 0.01}
# What is changed, case by case, each under the heading that it belongs to.
CASES = {
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
    "distortion": [{"rotation": 10.0, "shift": 1.0}, {"elastic": 4.0}],
    "all at once": [
        {"l2": 0.001, "label_smoothing": 0.1, "dropout": 0.2, "warmup": 0.2, "clip_grad_norm": 0.5},
        {"l2": 0.001, "weight_decay": 0.1, "max_norm": 0.8, "ema_decay": 0.9} | ADAM,
    ],
}


class Disagreement(ArithmeticError):
    """PyTorch comes to other parameters than we do."""


def samples() -> Samples:
    """200 images of 36 random pixels, in double precision, and labels of five classes."""
    rng = np.random.default_rng(1)
    return Samples(rng.random((200, 36)), rng.integers(5, size=200))


def ours(samples: Samples, settings: dict) -> dict[int, np.ndarray]:
    """Our parameters after so many steps, at the end of each epoch."""
    found, steps = {}, -(-len(samples.x) // settings["batch_size"])

    def on_epoch(state):
        found[steps * len(state.history)] = state.current.copy()

    training.train(samples, samples, settings, partial(generator, settings["seed"]), on_epoch)
    return found


def theirs(samples: Samples, settings: dict) -> dict[int, np.ndarray]:
    """PyTorch's parameters after every step."""
    found, reference = {}, Reference(samples, settings)
    for epoch in range(settings["epochs"]):
        reference.epoch(epoch, lambda number: found.update({number: reference.vector().copy()}))
    return found


def compared(heading: str, changes: dict) -> dict:
    """One case: `apart` holds the largest difference of any parameter after each of STEPS, and
    `learnt` how far the farthest parameter has come from the first to the last of them."""
    images, settings = samples(), SETTINGS | changes
    one_step = settings | {"batch_size": len(images.x), "epochs": 1}
    pairs = {1: (ours(images, one_step)[1], theirs(images, one_step)[1])}
    found, expected = ours(images, settings), theirs(images, settings)
    pairs |= {steps: (found[steps], expected[steps]) for steps in STEPS[1:]}
    apart = {str(steps): float(np.abs(a - b).max()) for steps, (a, b) in pairs.items()}
    learnt = float(np.abs(found[STEPS[-1]] - found[STEPS[1]]).max())
    return {"heading": heading, "changes": changes, "apart": apart, "learnt": learnt}


def rows() -> list[dict]:
    """All cases, compared."""
    return [compared(heading, changes) for heading, each in CASES.items() for changes in each]


def demand(rows: list[dict]) -> None:
    """Disagreement where a case is not within BOUND, or NaN."""
    for row in rows:
        for steps, apart in row["apart"].items():
            if not apart <= BOUND:
                raise Disagreement(
                    f"with {row['changes']}, after {steps} steps, PyTorch's parameters are up to "
                    f"{apart:.1e} from ours, more than the {BOUND:.0e} that rounding may explain: "
                    "one of the two computes something else"
                )
