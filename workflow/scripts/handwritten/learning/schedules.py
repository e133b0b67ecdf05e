"""How the learning rate changes: big steps first, to get there, small ones later, to settle.

A schedule is a function of progress, from 0 at the first step towards 1 after the last, and gives
the factor on the configured learning rate.
"""

import math


def constant(progress: float) -> float:
    """Always 1."""
    return 1.0


def cosine(progress: float) -> float:
    """From 1 to 0 along half a cosine (Loshchilov and Hutter 2017, equation 5, no restarts)."""
    return 0.5 * (1 + math.cos(math.pi * progress))


def step(progress: float) -> float:
    """1 for the first half, a tenth for the next quarter, a hundredth for the last."""
    return 1.0 if progress < 0.5 else 0.1 if progress < 0.75 else 0.01


def exponential(progress: float) -> float:
    """From 1 to a hundredth, by the same share in every step."""
    return 0.01**progress


def one_cycle(progress: float) -> float:
    """From 1/25 up to 1 in the first three tenths, then down to nearly 0, both along half a cosine.

    The idea is from Smith 2018, "A disciplined approach to neural network hyper-parameters",
    section 4, whose lines are straight; the halves of a cosine are a common variant.
    """
    if progress < 0.3:
        return 1 - (1 - 1 / 25) * cosine(progress / 0.3)
    return cosine((progress - 0.3) / 0.7)


SCHEDULES = {
    "constant": constant,
    "cosine": cosine,
    "step": step,
    "exponential": exponential,
    "one_cycle": one_cycle,
}


def warmed_up(progress: float, warmup: float) -> float:
    """A factor that rises evenly from 0 to 1 over the first `warmup` (a share of all steps)."""
    return min(1.0, progress / warmup) if warmup else 1.0
