"""What classifiers reach that learn little or nothing: how good is a network beside them?

Each takes training images and labels, and returns probabilities (n, classes) for the images of
every split, and what it has chosen. Images are uint8 or float32 (n, pixels), labels (n,).
"""

from collections.abc import Callable

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.evaluation.metrics import Split

Images = dict[str, np.ndarray]  # "x" (n, pixels) and "y" (n,)
ROWS = 250  # images that are compared with all training images at once


def majority_class(train: Images, splits: dict[str, Images], settings) -> tuple[Split, dict]:
    """The shares of the classes among the training images, for every image. Its prediction is
    always the most frequent class, the first of several."""
    shares = np.bincount(train["y"], minlength=settings.classes) / len(train["y"])
    tiled = {
        split: np.tile(shares, (len(images["y"]), 1)).astype(np.float32)
        for split, images in splits.items()
    }
    return tiled, {"label": int(shares.argmax())}


def nearest_neighbours(train: Images, splits: dict[str, Images], settings) -> tuple[Split, dict]:
    """Each class's share of the votes of the k nearest training images.

    k is the one of `settings.neighbours` with the fewest errors on dev, the first of several.
    """
    choices = settings.neighbours
    nearest = {
        split: nearest_labels(train, images["x"], max(choices)) for split, images in splits.items()
    }
    dev = splits["dev"]["y"]
    votes = {k: shares_of_votes(nearest["dev"][:, :k], settings.classes) for k in choices}
    errors = [int((votes[k].argmax(axis=1) != dev).sum()) for k in choices]
    k = choices[int(np.argmin(errors))]
    chosen = {
        split: shares_of_votes(near[:, :k], settings.classes) for split, near in nearest.items()
    }
    return chosen, {"neighbours": k, "of": choices, "dev_errors": errors}


# The squared distance of two images is |a - b|^2 = |a|^2 - 2 a·b + |b|^2. For one image a, |a|^2 is
# the same beside every b, so the nearest are those with the largest a·b - |b|^2 / 2: one matrix
# product for many images at once.
def nearest_labels(train: Images, x: np.ndarray, k: int) -> np.ndarray:
    """The labels (n, k) of the k training images nearest to each image of x, nearest first; of all
    training images where there are fewer."""
    k = min(k, len(train["y"]))
    known = normalise(train["x"])
    half_squares = np.einsum("ij,ij->i", known, known) / 2
    labels = np.empty((len(x), k), train["y"].dtype)
    for start in range(0, len(x), ROWS):
        part = slice(start, start + ROWS)
        closeness = normalise(x[part]) @ known.T
        closeness -= half_squares
        nearest = np.argpartition(closeness, -k, axis=1)[:, -k:]
        order = np.argsort(-np.take_along_axis(closeness, nearest, axis=1), axis=1, kind="stable")
        labels[part] = train["y"][np.take_along_axis(nearest, order, axis=1)]
    return labels


def shares_of_votes(labels: np.ndarray, classes: int) -> np.ndarray:
    """The share (n, classes) of each class among labels (n, k)."""
    votes = (labels[:, :, None] == np.arange(classes)).sum(axis=1)
    return (votes / labels.shape[1]).astype(np.float32)


BASELINES: dict[str, Callable[..., tuple[Split, dict]]] = {
    function.__name__: function for function in (majority_class, nearest_neighbours)
}
