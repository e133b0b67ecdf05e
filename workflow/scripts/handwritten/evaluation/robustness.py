"""How does accuracy fall as images get worse? A network's score at every level of corruption."""

from collections.abc import Callable

import numpy as np

from handwritten.evaluation.corruptions import CORRUPTIONS
from handwritten.evaluation.metrics import score


def curves(
    x: np.ndarray,
    labels: np.ndarray,
    predict: Callable[[np.ndarray], np.ndarray],
    new_rng: Callable[[], np.random.Generator],
) -> list[dict]:
    """Each corruption's name, title, unit and levels; a level is its own number and the score.

    `predict` returns probabilities (n, classes) for images x (n, rows, columns). Every level uses a
    new generator with the same seed: from one level to the next an image is moved in the same
    direction, only further, and has the same noise, only stronger. Level 0, which all corruptions
    share, is the original images.
    """

    def at(level: float, images: np.ndarray) -> dict:
        return {"level": level} | score(predict(images).argmax(axis=1) == labels)

    original = at(0, x)
    return [
        {
            "name": name,
            "title": corruption.title,
            "unit": corruption.unit,
            "levels": [original]
            + [at(level, corruption.apply(x, level, new_rng())) for level in corruption.levels],
        }
        for name, corruption in CORRUPTIONS.items()
    ]


def examples(
    image: np.ndarray, new_rng: Callable[[], np.random.Generator]
) -> dict[str, np.ndarray]:
    """What the levels look like, by the corruption's name: an image (1, rows, columns) as it is and
    at every level, (1 + levels, rows, columns)."""
    return {
        name: np.concatenate(
            [image, *(corruption.apply(image, level, new_rng()) for level in corruption.levels)]
        )
        for name, corruption in CORRUPTIONS.items()
    }
