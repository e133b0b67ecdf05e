"""scikit-learn's MLPClassifier.

`partial_fit` is one epoch over all rows, shuffled, in batches, and keeps the optimizer's state
from call to call; `fit` with `warm_start` does the same work but starts it anew in every epoch. The
checks of the input that come with each call are part of the time. Weights start as scikit-learn
starts them.
"""

import time

import numpy as np
from sklearn.neural_network import MLPClassifier

SOLVERS = {"momentum": "sgd", "adam": "adam"}


def epochs(settings: dict, data):
    """Seconds of every epoch, and the accuracies on dev and test after it."""
    classes = np.unique(data.train_y)
    model = MLPClassifier(
        hidden_layer_sizes=settings["layer_dims"][1:-1],
        solver=SOLVERS[settings["optimizer"]],
        batch_size=settings["batch_size"],
        learning_rate_init=settings["learning_rate"],
        momentum=settings["momentum"],
        nesterovs_momentum=False,
        alpha=0,  # no L2
        # A number would begin the same order of batches anew in every call.
        random_state=np.random.RandomState(settings["seed"]),
    )
    while True:
        started = time.perf_counter()
        model.partial_fit(data.train_x, data.train_y, classes=classes)
        elapsed = time.perf_counter() - started
        scored = ((data.dev_x, data.dev_y), (data.test_x, data.test_y))
        yield elapsed, *(float(model.score(x, y)) for x, y in scored)
