"""L2 regularisation: what is right, and what people get wrong."""

import numpy as np

from handwritten.exercises import networks
from handwritten.exercises.exercise import Arrays, Exercise, Functions, Probe, mistake
from handwritten.exercises.mistakes import common
from handwritten.exercises.unpacking import pairs
from handwritten.learning import regularisation

L2 = 0.05


def l2_probes(own: Functions) -> list[Probe]:
    """The gradients of a network, and its weights."""
    x, y, layers = networks.problem(6)
    gradients = networks.gradients(x, y, layers)
    values = networks.values(x, y, layers, l2=L2)
    right: Arrays = {}
    for l in (2, 1):
        dW, db = (array.copy() for array in gradients[l - 1])
        regularisation.add_l2_gradient(layers[l - 1][0], dW, L2, np.empty_like(dW))
        right |= {f"dW{l}": dW, f"db{l}": db}
    arguments = {"gradients": gradients, "layers": layers, "l2": L2}
    return [Probe("two layers", arguments, values, right)]


ADD_L2 = Exercise(
    file="phase2",
    name="add_l2",
    probes=l2_probes,
    unpack=lambda value, probe: pairs(value, 2, ("dW", "db"), probe),
    mistakes={
        "dW": [
            mistake(
                "L2 with a factor of 2",
                "{array} has twice the penalty's gradient, or half of it. What becomes of the 1/2 "
                "in l2/2 * W^2?",
                lambda v: v.dW[v.l] + 2 * v.l2 * v.W[v.l],
                lambda v: v.dW[v.l] + v.l2 / 2 * v.W[v.l],
            ),
            mistake(
                "L2 left out",
                "{array} is the gradient as it was, without the penalty's.",
                lambda v: v.dW[v.l],
            ),
            mistake(
                "sign",
                "The penalty's gradient is subtracted: weights would grow.",
                lambda v: v.dW[v.l] - v.l2 * v.W[v.l],
            ),
            mistake(
                "penalty for its derivative",
                "To {array} the penalty itself is added, not its derivative.",
                lambda v: v.dW[v.l] + v.l2 / 2 * v.W[v.l] ** 2,
                lambda v: v.dW[v.l] + v.l2 * v.W[v.l] ** 2,
                lambda v: v.dW[v.l] + v.l2 / 2 * (v.W[v.l] ** 2).sum(),
                lambda v: v.dW[v.l] + v.l2 * (v.W[v.l] ** 2).sum(),
                lambda v: v.dW[v.l] + v.l2 * v.W[v.l].sum(),
            ),
            mistake(
                "gradient of the loss left out",
                "{array} is the penalty's gradient alone: that of the loss is gone.",
                lambda v: v.l2 * v.W[v.l],
            ),
            mistake(
                "gradient scaled",
                "{array} is multiplied by l2; the penalty's gradient is made from weights.",
                lambda v: v.dW[v.l] * (1 + v.l2),
                lambda v: v.dW[v.l] * v.l2,
            ),
            mistake(
                "L1 for L2",
                "To {array} the signs of the weights are added: that is another penalty, L1.",
                lambda v: v.dW[v.l] + v.l2 * np.sign(v.W[v.l]),
            ),
            mistake(
                "absolute weights",
                "The penalty's gradient has lost the weights' signs.",
                lambda v: v.dW[v.l] + v.l2 * np.abs(v.W[v.l]),
            ),
            mistake(
                "weights for gradients",
                "{array} is made from weights where the gradient belongs.",
                lambda v: v.W[v.l] + v.l2 * v.dW[v.l],
                lambda v: v.W[v.l] * (1 + v.l2),
                lambda v: v.dW[v.l] + v.W[v.l],
            ),
            common.TRANSPOSED,
        ],
        "db": [
            mistake(
                "L2 on biases",
                "{array} has a penalty too. Only weights are penalised: a bias does not make the "
                "network more sensitive to its inputs.",
                lambda v: v.db[v.l] + v.l2 * v.b[v.l],
                lambda v: v.db[v.l] + 2 * v.l2 * v.b[v.l],
                lambda v: v.db[v.l] + v.l2 / 2 * v.b[v.l],
                lambda v: v.db[v.l] - v.l2 * v.b[v.l],
            ),
            mistake(
                "gradient of the loss left out",
                "{array} has lost the gradient of the loss.",
                lambda v: np.zeros_like(v.right),
                lambda v: v.l2 * v.b[v.l],
            ),
        ],
    },
    may_change=("gradients",),
)
