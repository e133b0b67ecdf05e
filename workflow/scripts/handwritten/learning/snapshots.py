"""Weight snapshots: the first layer's weights at some moments of training, for the page to show."""

import numpy as np

from handwritten.settings import TrainingSettings

COUNT = 8
UNITS = 32  # the weights of no more units than this are kept


def epochs(last: int) -> list[int]:
    """The epochs after which a snapshot is taken: 0 is before any, `last` the last.

    Most is learned early, so they lie close together there.
    """
    spread = np.rint(np.geomspace(1, last, COUNT - 1)).astype(int).tolist()
    return sorted({0, *spread})


def empty(settings: TrainingSettings) -> np.ndarray:
    """An array (snapshots, pixels, units) for all snapshots of a run."""
    pixels, units = settings.layer_dims[:2]
    return np.zeros((len(epochs(settings.epochs)), pixels, min(units, UNITS)), np.float32)


def keep(snapshots: np.ndarray, W1: np.ndarray, epoch: int, last: int) -> None:
    """Keep the weights W1 (pixels, units) after this epoch, if one of `epochs`."""
    if epoch in epochs(last):
        snapshots[epochs(last).index(epoch)] = W1[:, : snapshots.shape[2]]


def taken(snapshots: np.ndarray, done: int, last: int) -> dict[str, np.ndarray]:
    """The snapshots of the first `done` epochs: W1 (k, pixels, units), and after which epochs they
    were taken (k,)."""
    after = [epoch for epoch in epochs(last) if epoch <= done]
    return {"after": np.array(after), "W1": snapshots[: len(after)]}
