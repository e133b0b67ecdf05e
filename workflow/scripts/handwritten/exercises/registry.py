"""All exercises, in their order, and the library's own functions in the place of those that are not
written yet."""

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.exercise import Exercise, Functions
from handwritten.exercises.mistakes import (
    phase1_accuracy,
    phase1_forward,
    phase1_functions,
    phase1_gradients,
    phase1_loss,
    phase1_step,
    phase2_batches,
    phase2_epoch,
    phase2_he,
    phase2_l2,
    phase2_layers,
    phase2_momentum,
)
from handwritten.learning import losses

EXERCISES: list[Exercise] = [
    phase1_functions.ONE_HOT,
    phase1_functions.RELU,
    phase1_functions.SOFTMAX_EXERCISE,
    phase1_forward.FORWARD,
    phase1_loss.CROSS_ENTROPY,
    phase1_gradients.OUTPUT_ERROR,
    phase1_gradients.OUTPUT_GRADIENTS,
    phase1_gradients.HIDDEN_ERROR,
    phase1_gradients.HIDDEN_GRADIENTS,
    phase1_step.STEP_EXERCISE,
    phase1_accuracy.ACCURACY,
    phase2_he.HE,
    phase2_layers.FORWARD,
    phase2_layers.BACKWARD,
    phase2_batches.BATCHES,
    phase2_l2.ADD_L2,
    phase2_momentum.MOMENTUM_STEP,
    phase2_epoch.EPOCH,
]


def forward(
    x: np.ndarray, W1: np.ndarray, b1: np.ndarray, W2: np.ndarray, b2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """a1 and p."""
    (_, a1), p = networks.forward(x, [(W1, b1), (W2, b2)])
    return a1, p


def cross_entropy(p: np.ndarray, y: np.ndarray) -> float:
    """The mean loss."""
    return float(losses.cross_entropy(np.log(np.maximum(p, 1e-30)), y.argmax(1)).mean())


STAND_INS: Functions = {
    "phase1.relu": networks.relu,
    "phase1.softmax": losses.softmax,
    "phase1.forward": forward,
    "phase1.cross_entropy": cross_entropy,
    "phase1.output_error": lambda p, y: (p - y) / len(p),
    "phase2.forward": networks.forward,
    "phase2.batches": phase2_batches.batches,
}


def chosen(words: list[str]) -> list[Exercise]:
    """The exercises with these names, such as softmax, phase2 or phase2.forward; without names all.

    ValueError: there is no such exercise.
    """
    names = {word: [e for e in EXERCISES if word in (e.key, e.name, e.file)] for word in words}
    for word, found in names.items():
        if not found:
            known = ", ".join(exercise.key for exercise in EXERCISES)
            raise ValueError(f"no exercise {word!r}; there are {known}")
    wanted = [exercise.key for found in names.values() for exercise in found]
    return [exercise for exercise in EXERCISES if not words or exercise.key in wanted]
