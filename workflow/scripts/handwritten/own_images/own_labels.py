"""Which class the labels of a user's own IDX files mean: they may count from 0 or from 1."""

import numpy as np

from handwritten.data.idx import IDXError


def first_label(labels: list[np.ndarray], names: list[str], first: int | None) -> int:
    """The label of the first class. `labels` are those of training and test images, integers (n,);
    `first` is what the configuration says. IDXError: they do not fit the names of the classes."""
    low, high = (int(end(np.concatenate(labels))) for end in (np.min, np.max))
    run = f"the labels run from {low} to {high}, and there are {len(names)} names of classes"
    if first is not None:
        if not first <= low <= high < first + len(names):
            last = first + len(names) - 1
            raise IDXError(f"{run}; expected labels from {first} to {last}, by `first_label`")
        return first
    if low == 1 and high == len(names):
        return 1
    if low < 0 or high >= len(names):
        raise IDXError(f"{run}; expected labels from 0 to {len(names) - 1}, or 1 to {len(names)}")
    if low > 0:
        raise IDXError(
            f"{run}, so {names[0]} may belong to label 0, which no image has, or to label 1: say "
            "`first_label: 0` or `first_label: 1` under dataset"
        )
    return 0
