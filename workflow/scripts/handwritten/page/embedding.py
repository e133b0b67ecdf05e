"""Arrays in, text out: what the page's scripts compute with, packed small enough to travel in it.

An array is its bytes (little-endian, row by row), deflated, in base64: browsers unpack both by
themselves. Images go as bytes, weights as float32, just as they were learnt.
"""

import base64
import json
import zlib

import numpy as np

from handwritten.learning import network

LARGEST = 1_000_000  # parameters of a network that travels in the page: 5 MB of text
TRAINING_DIGITS = 2_000


def packed(array: np.ndarray) -> str:
    """The array as text for the page's `bytesOf` to unpack."""
    little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return base64.b64encode(zlib.compress(little_endian.tobytes(), 9)).decode()


def json_text(facts) -> str:
    """Facts as JSON that can stand in a script element: no text in them can end it."""
    return json.dumps(facts, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def digits(split: str, samples: dict[str, np.ndarray]) -> dict[str, str]:
    """Images x (n, pixels) and labels y (n,) of a split, packed, by their names in the page."""
    return {
        f"{split}-images": packed(samples["x"]),
        f"{split}-labels": packed(samples["y"].astype(np.uint8)),
    }


def first(samples: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The first of these samples, as many as a small network in the page learns from."""
    return {name: array[:TRAINING_DIGITS] for name, array in samples.items()}


def travels(run: dict, metrics: dict) -> bool:
    """Whether the run is one network, and small enough to answer in the page."""
    return not run["ensemble"] and metrics["parameters"] <= LARGEST


def weights(run: str, model: dict[str, np.ndarray]) -> dict[str, str]:
    """A run's weights, layer by layer, and then its biases: `networkFrom` in network.js."""
    vector = network.as_vector(network.from_named(model))
    return {f"weights-{run}": packed(vector.astype(np.float32))}


def pictures(run: str, first_layer: dict[str, np.ndarray]) -> dict[str, str]:
    """How the first weights W1 (k, pixels, units) came about, each unit's picture from -15 to 15.

    In these whole steps: the eye tells no more apart, and finer steps take twice the room.
    """
    W1 = first_layer["W1"]
    most = np.maximum(np.abs(W1).max(axis=1, keepdims=True), 1e-12)
    return {f"pictures-{run}": packed(np.rint(15 * W1 / most).astype(np.int8))}


def answers(run: str, probabilities: np.ndarray) -> dict[str, str]:
    """What a run answered to n test images: classes, and its sureness in steps of 1 / 65535."""
    return {
        f"classes-{run}": packed(probabilities.argmax(axis=1).astype(np.uint8)),
        f"sureness-{run}": packed(np.rint(probabilities.max(axis=1) * 65535).astype(np.uint16)),
    }


def run(
    name: str, probabilities: np.ndarray, first_layer: dict | None, model: dict | None
) -> dict[str, str]:
    """All that travels of a run: its answers, its first weights' pictures and its weights, these
    where there are any."""
    found = answers(name, probabilities)
    found |= pictures(name, first_layer) if first_layer else {}
    return found | (weights(name, model) if model else {})


def facts(settings: dict, runs: list[dict]) -> str:
    """What the page's scripts have to know beside the arrays, as JSON."""
    return json_text(
        {
            "dataset": settings["dataset"],
            "title": settings["title"],
            "classes": settings["classes"],
            "wrong_labels": settings["wrong_labels"],
            "image_shape": settings["image_shape"],
            "runs": [
                {
                    "name": run["name"],
                    "layer_dims": run["metrics"]["layer_dims"],
                    "activation": run["activation"],
                    "accuracy": run["metrics"]["test"]["accuracy"],
                    "travels": run["travels"],
                    "pictured": run["pictured"],
                    "trainer": run["settings"]["trainer"],
                }
                for run in runs
            ],
        }
    )
