"""What keeps weights and steps small, so that the network learns digits and not single images."""

import numpy as np


def add_l2_gradient(W: np.ndarray, dW: np.ndarray, l2: float, scratch: np.ndarray) -> None:
    """Add the gradient of the penalty l2/2 * sum of W^2, which is l2 * W."""
    dW += np.multiply(W, l2, out=scratch)


def decay_weights(W: np.ndarray, share: float) -> None:
    """Shrink every weight by `share` of itself, apart from any gradient.

    Loshchilov and Hutter 2019, "Decoupled weight decay regularization".
    """
    W *= 1 - share


def clip(gradient: np.ndarray, norm: float) -> None:
    """Scale a gradient down to this length if it is longer: one bad batch cannot throw far.

    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    length = np.linalg.norm(gradient)
    if length > norm:
        gradient *= norm / length


def bound_norms(W: np.ndarray, bound: float) -> None:
    """Shorten each unit's incoming weights, a column of W, to this length where they are longer.

    Srivastava and others 2014, "Dropout", section 5.1 (max-norm).
    """
    lengths = np.sqrt(np.einsum("ij,ij->j", W, W))
    W *= bound / np.maximum(lengths, bound)


def follow(average: np.ndarray, vector: np.ndarray, decay: float, scratch: np.ndarray) -> None:
    """average <- decay * average + (1 - decay) * vector: a mean over about 1 / (1 - decay) steps.

    Steps that go to and fro cancel out in it. It begins at the first weights, which have faded from
    it after several times as many steps. Polyak and Juditsky 1992, with a fading mean.
    """
    np.subtract(vector, average, out=scratch)
    scratch *= 1 - decay
    average += scratch
