"""Where every random number comes from.

One seed in the configuration makes everything repeatable, but one *stream* would tie everything
together: switch dropout on, and every weight would start elsewhere. So each purpose draws from a
stream of its own, spawned from the seed (numpy.random.SeedSequence), and switching one purpose off
moves none of the others.
"""

import numpy as np

# The position is part of every result: append new purposes, never reorder.
PURPOSES = (
    "split",
    "initialisation",
    "shuffling",
    "augmentation",
    "dropout",
    "generation",
    "input_dropout",
    "corruption",
    "sweep",
    "test_split",
    "bootstrap",
)


def generator(seed: int, purpose: str, *epoch: int) -> np.random.Generator:
    """A random generator for one of PURPOSES; ValueError (from `index`) for any other word.

    What is drawn anew in every epoch has a stream an epoch: a run that was interrupted draws in
    epoch 7 what it would have drawn, without having kept where the stream was.
    """
    key = (PURPOSES.index(purpose), *epoch)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
