"""How much worse does a network get when its images do? Its score at every level of corruption."""

from collections.abc import Callable

import numpy as np

from handwritten.evaluation.corruptions import CORRUPTIONS
from handwritten.evaluation.metrics import scored


def curves(
    x: np.ndarray,
    labels: np.ndarray,
    answered: Callable[[np.ndarray], np.ndarray],
    new_rng: Callable[[], np.random.Generator],
) -> list[dict]:
    """Each corruption's name, title, unit and levels; a level is `scored` and its own number.

    `answered` gives probabilities (n, classes) for images x (n, rows, columns). Every level draws
    from a generator made anew, so from one level to the next an image is moved the same way, only
    further, and has the same noise, only stronger. Level 0, which all corruptions share, is the
    images as they are.
    """

    def score(level, images):
        return {"level": level} | scored(answered(images).argmax(axis=1) == labels)

    clean = score(0, x)
    return [
        {
            "name": name,
            "title": corruption.title,
            "unit": corruption.unit,
            "levels": [clean]
            + [score(level, corruption.apply(x, level, new_rng())) for level in corruption.levels],
        }
        for name, corruption in CORRUPTIONS.items()
    ]


def examples(
    image: np.ndarray, new_rng: Callable[[], np.random.Generator]
) -> dict[str, np.ndarray]:
    """What the levels look like, by the corruption's name: an image (1, rows, columns) as it
    is and at every level, (1 + levels, rows, columns)."""
    return {
        name: np.concatenate(
            [image, *(corruption.apply(image, level, new_rng()) for level in corruption.levels)]
        )
        for name, corruption in CORRUPTIONS.items()
    }
