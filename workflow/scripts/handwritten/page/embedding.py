"""Arrays as text: what the page's scripts compute with, packed small enough to be embedded.

An array is its bytes (little-endian, row by row), deflated, in base 85: five letters for four
bytes, where base64 takes a fifteenth more.
Images are bytes, and weights are float32, as they were trained, or rounded in a large network.
"""

import base64
import json
import zlib
from typing import Any

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.evaluation import out_of_distribution
from handwritten.io import files
from handwritten.learning import network
from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.page import formats, javascript, png, training_facts
from handwritten.page.rounding import fewest_bits
from handwritten.settings import Settings

LARGEST = 5_000_000  # parameters of a network that is embedded in the page
EXACT = 1_000_000  # up to here with all bits: 5 MB of text; beyond with as few as its answers need
TRAINING_DIGITS = 2_000
SAFE = str.maketrans("<>&", ",.:")  # what means something in HTML, of Python's letters for base 85


def packed(array: np.ndarray) -> str:
    """The array as text for the page's `bytesOf` to unpack."""
    little_endian = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return base64.b85encode(zlib.compress(little_endian.tobytes(), 9)).decode().translate(SAFE)


def packed_images(x: np.ndarray) -> str:
    """Images (n, pixels) of bytes, packed as a bit for each pixel, set where it is not 0, and then
    the values of those pixels. Most pixels of a digit are 0, and so a tenth less is embedded."""
    ink = x > 0
    return packed(np.concatenate([np.packbits(ink), x[ink]]))


def digits(split: str, samples: dict[str, np.ndarray]) -> dict[str, str]:
    """Images x (n, pixels) and labels y (n,) of a split, packed, by their names in the page."""
    return {
        f"{split}-images": packed_images(samples["x"]),
        f"{split}-labels": packed(samples["y"].astype(np.uint16)),
    }


def first(samples: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The first of these samples, as many as a small network in the page is trained on."""
    return {name: array[:TRAINING_DIGITS] for name, array in samples.items()}


def not_embeddable(run: dict, metrics: dict) -> str:
    """Why the run's network cannot compute in the page; empty where it can."""
    if run["ensemble"]:
        return f"it is an ensemble of {len(run['models'])} networks"
    if metrics["parameters"] > LARGEST:
        return f"its {metrics['parameters']:,} parameters are too many to be embedded in a page"
    if not ACTIVATIONS[run["activation"]].javascript:
        return f"its activation function, {run['activation']}, has no JavaScript form"
    return ""


def declarations_script() -> str:
    """JavaScript that defines all activation functions, initialisations and optimizers with a
    JavaScript form, by name."""
    activations = {
        name: f"{{ words: {json.dumps(formats.spelled(name))}, value: (z) => {form.value}, "
        f"derivative: (z) => {form.derivative} }}"
        for name, each in ACTIVATIONS.items()
        if (form := each.javascript)
    }
    initialisations = {
        name: f"({{ uniform, normal }}, inputs, units) => {each.javascript}"
        for name, each in INITIALISATIONS.items()
        if each.javascript
    }
    optimizers = {
        name: loop for name, each in OPTIMIZERS.items() if (loop := javascript.optimizer(each))
    }
    tables = {
        "ACTIVATIONS": activations,
        "INITIALISATIONS": initialisations,
        "OPTIMIZERS": optimizers,
    }
    return '"use strict";\n' + "".join(
        f"const {table} = {{\n"
        + "".join(f"  {name}: {form},\n" for name, form in forms.items())
        + "};\n"
        for table, forms in tables.items()
    )


def embedded_network(run: dict, metrics: dict, model: str, x: np.ndarray) -> dict[str, Any]:
    """What the page computes a run with: its `model`, a file's arrays, and its network `rounded`
    where it is large; or why it is `not_embeddable`. x (n, pixels) are the test images."""
    found: dict[str, Any] = {
        "not_embeddable": not_embeddable(run, metrics),
        "model": None,
        "rounded": None,
    }
    if found["not_embeddable"]:
        return found
    arrays = files.read_arrays(model)
    if metrics["parameters"] <= EXACT:
        return found | {"model": arrays}
    rounded = fewest_bits(network.from_named(arrays), ACTIVATIONS[run["activation"]], x)
    if rounded is None:
        return found | {"not_embeddable": "with its weights rounded, it would predict otherwise"}
    return found | {"model": arrays, "rounded": rounded}


def weights(run: dict) -> dict[str, str]:
    """A run's weights, layer by layer, and then its biases: `networkFrom` in network.js. If they
    are rounded, the whole numbers, and apart the units' steps and then the biases: `restored`."""
    name, few = run["name"], run["rounded"]
    if few is None:
        vector = network.as_vector(network.from_named(run["model"]))
        return {f"weights-{name}": packed(vector.astype(np.float32))}
    whole, others = few.weights, [*few.steps, *few.biases]
    return {
        f"weights-{name}": packed(np.concatenate([W.ravel() for W in whole])),
        f"steps-{name}": packed(np.concatenate(others)),
    }


def first_layer(run: str, snapshots: dict[str, np.ndarray]) -> dict[str, str]:
    """Snapshots of the first weights W1 (k, pixels, units), each unit's scaled to -15 to 15.

    Whole steps of this size are as fine as the eye can see; finer ones take twice the space.
    """
    W1 = snapshots["W1"]
    largest = np.maximum(np.abs(W1).max(axis=1, keepdims=True), 1e-12)
    return {f"first-layer-{run}": packed(np.rint(15 * W1 / largest).astype(np.int8))}


def predictions(run: str, probabilities: np.ndarray) -> dict[str, str]:
    """What a run predicts for n test images: classes, and calibrated confidences in steps of
    1 / 65535."""
    return {
        f"classes-{run}": packed(probabilities.argmax(axis=1).astype(np.uint16)),
        f"confidences-{run}": packed(np.rint(probabilities.max(axis=1) * 65535).astype(np.uint16)),
    }


def arrays(train: dict, test: dict, runs: list[dict]) -> dict[str, str]:
    """All arrays of the page by their names: images and labels, and of every run its predictions,
    and where there are any, the snapshots of its first layer and its weights."""
    embedded = digits("test", test) | digits("train", first(train))
    for run in runs:
        embedded |= predictions(run["name"], run["calibrated"])
        embedded |= first_layer(run["name"], run["first_layer"]) if run["first_layer"] else {}
        embedded |= weights(run) if run["model"] else {}
    return embedded


def pictures(test: dict[str, np.ndarray], image_shape: tuple[int, int]) -> dict[str, str]:
    """The page's icon and preview."""
    images = test["x"].reshape(-1, *image_shape)
    return {"icon": png.icon(images[0]), "preview": png.preview(images, test["y"])}


def far(train: dict[str, np.ndarray], dev: dict[str, np.ndarray]) -> float:
    """The distance, in pixels, to the nearest training image of the page that most dev images do
    not exceed."""
    known, x = (normalise(images["x"][:TRAINING_DIGITS]) for images in (train, dev))
    return float(np.quantile(out_of_distribution.distances(x, known), out_of_distribution.KEPT))


def page_data(settings: Settings, runs: list[dict], train: dict, dev: dict) -> str:
    """What the page's scripts have to know beside the arrays, as JSON."""
    keys = ("dataset", "title", "classes", "wrong_labels", "image_shape")
    shown = [
        {
            "name": run["name"],
            "layer_dims": run["metrics"]["layer_dims"],
            "activation": run["activation"],
            "accuracy": run["metrics"]["test"]["accuracy"],
            "embedded": not run["not_embeddable"],
            "bits": run["rounded"] and run["rounded"].bits,
            "snapshots": run["first_layer"] and run["first_layer"]["after"].tolist(),
            "test_time_shift": run["test_time_shift"],
            "temperature": run["metrics"]["calibration"]["temperature"],
            "threshold": run["metrics"]["answering"]["threshold"],
            "trainer": run["settings"]["trainer"],
            "trained": training_facts.facts(run, len(train["y"]), len(dev["y"])),
            "dead": next(iter(run["metrics"].get("dead_units", [])), []),
        }
        for run in runs
    ]
    shared = {key: getattr(settings, key) for key in keys}
    shared |= {"noun": formats.noun(settings.classes), "far": far(train, dev)}
    shared["far_kept"] = out_of_distribution.KEPT
    return formats.json_text(shared | {"runs": shown})
