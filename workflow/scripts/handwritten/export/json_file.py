"""A network as JSON, which every language can read."""

import json

import numpy as np


def encoded(model: dict[str, np.ndarray], metadata: dict) -> str:
    """JSON of `schema` 1 with the metadata and the arrays W1 (in, out), b1, … as lists of rows.

    Every number has the fewest digits that give the same float32 back.
    """
    arrays = {name: shortest(array) for name, array in model.items()}
    text = json.dumps({"schema": 1} | metadata | arrays, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def shortest(array: np.ndarray):
    """An array as nested lists."""
    return [shortest(row) for row in array] if array.ndim else float(str(array[()]))
