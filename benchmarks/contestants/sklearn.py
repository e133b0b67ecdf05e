"""scikit-learn's MLPClassifier.

`partial_fit` is one epoch over all rows, shuffled, in batches, and keeps the optimizer's memory
from call to call; `fit` with `warm_start` does the same work but forgets it every epoch. The checks
of the input that come with each call are part of it. Weights start as scikit-learn starts them.
"""

import time

import numpy as np
from sklearn.neural_network import MLPClassifier

SOLVERS = {"momentum": "sgd", "adam": "adam"}


class Contestant:
    """One training. Of the settings it knows layers, batch, optimizer, rate, momentum and L2."""

    def __init__(self, settings: dict, data):
        self._data = data.normalised()
        self._classes = np.unique(data.train_y)
        batch = settings["batch_size"]
        self._model = MLPClassifier(
            hidden_layer_sizes=settings["layer_dims"][1:-1],
            solver=SOLVERS[settings["optimizer"]],
            batch_size=batch,
            learning_rate_init=settings["learning_rate"],
            momentum=settings["momentum"],
            nesterovs_momentum=False,
            # Its penalty is alpha/2 * sum of W^2 for a whole batch, where ours is for one image.
            alpha=settings["l2"] * batch,
            # A number would begin the same order of batches anew in every call.
            random_state=np.random.RandomState(settings["seed"]),
        )

    def epoch(self) -> float:
        """Seconds that one more epoch of training took."""
        started = time.perf_counter()
        self._model.partial_fit(self._data.train_x, self._data.train_y, classes=self._classes)
        return time.perf_counter() - started

    def accuracy(self) -> float:
        """The share (0 to 1) of test images that the network gets right."""
        return float(self._model.score(self._data.test_x, self._data.test_y))
