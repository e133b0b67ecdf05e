"""How the learning rate changes: large steps first, to get there, small ones later, to settle.

A schedule is a function of `progress`, from 0 at the first step towards 1 after the last, and gives
the factor by which the configured learning rate is multiplied.
"""

import math
from functools import partial

from handwritten.learning.declaration import Declaration, declare

SCHEDULES: dict[str, Declaration] = {}
schedule = partial(declare, SCHEDULES, Declaration)


@schedule(
    formula="factor = 1.0",
    torch="lr_scheduler.ConstantLR(optimizer, factor=1, total_iters=0)",
)
def constant(progress: float) -> float:
    """Always 1."""
    return 1.0


@schedule(
    formula="factor = (1 + np.cos(np.pi * progress)) / 2",
    torch="lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)",
)
def cosine(progress: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov and Hutter 2017, equation 5, no restarts)."""
    return 0.5 * (1 + math.cos(math.pi * progress))


@schedule(
    formula="factor = np.where(progress < 0.5, 1, np.where(progress < 0.75, 0.1, 0.01))",
    torch="lr_scheduler.MultiStepLR(optimizer, [-(-steps // 2), -(-3 * steps // 4)])",
)
def step(progress: float) -> float:
    """1 for the first half, a tenth for the next quarter, a hundredth for the last."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


@schedule(
    formula="factor = 0.01**progress",
    torch="lr_scheduler.ExponentialLR(optimizer, gamma=0.01 ** (1 / steps))",
)
def exponential(progress: float) -> float:
    """From 1 to a hundredth, by the same factor in every step."""
    return 0.01**progress


@schedule(
    formula=(
        "rise = 1 - (1 - 1 / 25) * (1 + np.cos(np.pi * progress / 0.3)) / 2\n"
        "fall = (1 + np.cos(np.pi * (progress - 0.3) / 0.7)) / 2\n"
        "factor = np.where(progress < 0.3, rise, fall)"
    ),
)
def one_cycle(progress: float) -> float:
    """From 1/25 up to 1 in the first three tenths, then down to nearly 0, both along half a cosine.

    The idea is from Smith 2018, "A disciplined approach to neural network hyper-parameters",
    section 4, whose lines are straight; the halves of a cosine are a common variant. PyTorch's own
    changes the momentum as well.
    """
    if progress < 0.3:
        return 1 - (1 - 1 / 25) * cosine(progress / 0.3)
    return cosine((progress - 0.3) / 0.7)


def warmed_up(progress: float, warmup: float) -> float:
    """A factor that rises evenly from 0 to 1 over the first `warmup` (a fraction of all steps)."""
    return min(1.0, progress / warmup) if warmup else 1.0
