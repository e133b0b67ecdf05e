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


SCHEDULES = {"constant": constant, "cosine": cosine}
