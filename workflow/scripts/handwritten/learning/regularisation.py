"""Regularisation: small weights and steps, so that the network does not memorise its images."""

import numpy as np

TINY = 1e-18  # the squares of norms below are inexact in float32, or 0


def add_l2_gradient(W: np.ndarray, dW: np.ndarray, l2: float, scratch: np.ndarray) -> None:
    """Add the gradient of the penalty l2/2 * sum of W^2, which is l2 * W."""
    dW += np.multiply(W, l2, out=scratch)


def decay_weights(W: np.ndarray, fraction: float) -> None:
    """Shrink every weight by this fraction of itself, independently of any gradient.

    Loshchilov and Hutter 2019, "Decoupled weight decay regularization".
    """
    W *= 1 - fraction


def clip_grad_norm(gradient: np.ndarray, bound: float) -> None:
    """Scale a gradient down to this norm if it is larger, so that no batch makes a huge step.

    Pascanu, Mikolov and Bengio 2013, algorithm 1.
    """
    with np.errstate(over="ignore"):
        norm = np.linalg.norm(gradient)
    if np.isinf(norm):  # the squares are too large for float32
        exact = gradient.astype(np.float64)
        gradient[...] = exact * (bound / np.linalg.norm(exact))
    elif norm > bound:
        gradient *= bound / norm


def max_norm_constraint(W: np.ndarray, bound: float) -> None:
    """Scale each unit's incoming weights, a column of W, down to this norm where it is larger.

    Srivastava and others 2014, "Dropout", section 5.1 (max-norm).
    """
    with np.errstate(over="ignore"):
        norms = np.sqrt(np.einsum("ij,ij->j", W, W))
    if bound < TINY or np.isinf(norms).any():  # the squares are too small or large for float32
        norms = np.linalg.norm(W.astype(np.float64), axis=0)
    W *= bound / np.maximum(norms, bound)


# The plain average a <- decay * a + (1 - decay) * w starts at a = 0. After t steps, the weights of
# w_1 to w_t in it sum to 1 - decay^t, and so a / (1 - decay^t) is a weighted mean of them: the bias
# correction of Adam (Kingma and Ba 2015, section 3). Let m be this mean, before and after step t:
#
#   m (1 - decay^t) = decay (1 - decay^(t-1)) m_before + (1 - decay) w_t
#                   = (1 - decay^t) m_before + (1 - decay) (w_t - m_before)
#
# so m itself can be kept, and moves toward w_t by the fraction (1 - decay) / (1 - decay^t): all the
# way in the first step, which is why it makes no difference where it started.
def update_average(
    average: np.ndarray, vector: np.ndarray, decay: float, step: int, scratch: np.ndarray
) -> None:
    """Move the exponential moving average (EMA) of the parameters, with bias correction.

    After `step` steps, counted from 1, it is the mean of the vectors so far in which each counts
    `decay` times as much as the one after it: of about the last 1 / (1 - decay), or of all while
    there are fewer. Steps to and fro cancel out in it. Polyak and Juditsky 1992, with exponential
    weights.
    """
    np.subtract(vector, average, out=scratch)
    scratch *= (1 - decay) / (1 - decay**step)
    average += scratch
