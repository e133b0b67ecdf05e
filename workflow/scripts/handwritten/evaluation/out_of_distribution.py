"""Does a network notice images that show none of its classes? It can only predict one of them.

What it could notice them by is a score that is higher for images like those it was trained on:

- confidence: the largest calibrated probability (Hendrycks and Gimpel 2017);
- energy: T log sum exp(z / T) of the logits, which softmax takes away (Liu and others 2020);
- features: minus the distance to the nearest training image in the last hidden layer (Sun and
  others 2022);
- pixels: the same distance between the images themselves.

How well a score tells them apart is measured by the AUROC, and by how many of them pass a threshold
that is chosen on dev.
"""

import statistics
from typing import NamedTuple

import numpy as np

from handwritten.data.preparation import normalise
from handwritten.evaluation.calibration import at_temperature
from handwritten.evaluation.ensemble import mean_probabilities
from handwritten.learning import losses, network
from handwritten.learning.activations import Activation

REFERENCES = 10_000  # training images that others are compared with
MOST = 2000  # images of dev, and of test, that are compared
KEPT = 0.95  # the share of dev images that the threshold of a score lets pass
EXAMPLES = 8  # images of a kind that are described one by one
SLICE = 500  # images whose distances are computed at a time


class Run(NamedTuple):
    """What predicts: models, their activation, the temperature, and training images (n, pixels)."""

    models: list[network.Layers]
    activation: Activation
    temperature: float
    references: np.ndarray


def measure(
    run: Run,
    known: dict[str, np.ndarray],
    unfamiliar: dict[str, np.ndarray],
    threshold: float | None,
) -> dict:
    """Every kind's scores, and examples.

    `known` are dev and test images (n, pixels), `unfamiliar` images (n, rows, columns) by kind. Of
    predictions, those with a confidence of at least `threshold` are answered; none if it is None.
    """
    near = neighbours(run)
    dev, test = (scores(run, near, known[split][:MOST])[0] for split in ("dev", "test"))
    limits = {score: float(np.quantile(values, 1 - KEPT)) for score, values in dev.items()}
    kinds: list[dict] = []
    for kind, images in unfamiliar.items():
        found, classes = scores(run, near, images.reshape(len(images), -1))
        of_kind = {score: compared(test[score], found[score], limits[score]) for score in found}
        predictions = answers(found["confidence"], classes, threshold)
        kinds.append({"kind": kind, "scores": of_kind} | predictions)
    return {
        "kept": KEPT,
        "references": len(run.references),
        "n": {split: len(known[split][:MOST]) for split in ("dev", "test")},
        "kinds": kinds,
        "mean_auroc": {
            score: statistics.fmean(kind["scores"][score]["auroc"] for kind in kinds)
            for score in dev
        },
    }


def compared(known: np.ndarray, unfamiliar: np.ndarray, limit: float) -> dict:
    """How well a score tells known images (n,) from unfamiliar ones (m,), and the share of the
    latter whose score is at least `limit`."""
    passed = float((unfamiliar >= limit).mean())
    return {"auroc": auroc(known, unfamiliar), "passed": passed}


def answers(confidence: np.ndarray, classes: np.ndarray, threshold: float | None) -> dict:
    """The mean confidence of predictions (n,), how many are answered, and the first of them."""
    answered = confidence >= (np.inf if threshold is None else threshold)
    first = zip(classes[:EXAMPLES], confidence, answered, strict=False)
    return {
        "n": len(classes),
        "mean_confidence": float(confidence.mean()),
        "answered": int(answered.sum()),
        "examples": [
            {"predicted": int(k), "confidence": float(c), "answered": bool(a)} for k, c, a in first
        ],
    }


def scores(run: Run, near: list[np.ndarray], x: np.ndarray) -> tuple[dict, np.ndarray]:
    """The scores (n,) of images x (n, pixels), uint8, by name, and the predicted classes (n,);
    `near` are the run's `neighbours`."""
    T = run.temperature
    ends = [last_layers(x, layers, run.activation) for layers in run.models]
    p = mean_probabilities([losses.softmax(z) for _, z in ends])
    pixels, *of_models = near
    features = [-distances(a, others) for (a, _), others in zip(ends, of_models, strict=True)]
    found = {
        "confidence": at_temperature(p, T).max(axis=1),
        "energy": np.mean([energy(z, T) for _, z in ends], axis=0),
        "features": np.mean(features, axis=0),
        "pixels": -distances(normalise(x), pixels),
    }
    return found, p.argmax(axis=1)


def neighbours(run: Run) -> list[np.ndarray]:
    """The training images to compare with: their pixels, and what each model's last hidden layer
    makes of them."""
    features = [last_layers(run.references, layers, run.activation)[0] for layers in run.models]
    return [normalise(run.references), *features]


def last_layers(
    x: np.ndarray, layers: network.Layers, g: Activation
) -> tuple[np.ndarray, np.ndarray]:
    """The activations (n, units) of the last hidden layer, or the pixels where there is none, and
    the logits (n, classes), for images x (n, pixels), uint8."""
    dims = network.layer_dims(layers)
    work = network.buffers(min(network.SLICE, len(x)), dims, layers[0][0].dtype)
    parts = []
    for start in range(0, len(x), network.SLICE):
        rows = normalise(x[start : start + network.SLICE])
        z = network.forward(rows, layers, g, part := work.first(len(rows)))
        a = part.a[-2] if len(layers) > 1 else rows
        parts.append((a.copy(), z.astype(np.float64)))
    features, logits = map(np.concatenate, zip(*parts, strict=True))
    return features, logits


def energy(z: np.ndarray, T: float) -> np.ndarray:
    """T log sum exp(z / T), (n,), of logits z (n, classes): what softmax divides by."""
    largest = z.max(axis=1)
    return largest + T * np.log(np.exp((z - largest[:, None]) / T).sum(axis=1))


def distances(a: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The Euclidean distance (n,) of each row of a (n, units) to the nearest row of `others`.

    |a - b|² = |a|² - 2 a b + |b|², so that most of the work is one matrix product.
    """
    squares = (others**2).sum(axis=1)
    nearest = [
        (squares - 2 * rows @ others.T).min(axis=1) + (rows**2).sum(axis=1)
        for rows in np.array_split(a, -(-len(a) // SLICE))
    ]
    return np.sqrt(np.maximum(np.concatenate(nearest), 0))


def auroc(known: np.ndarray, unfamiliar: np.ndarray) -> float:
    """The probability that a known image has a higher score than an unfamiliar one, ties counting
    half: 0.5 for a score that knows nothing, 1 for one that tells all of them apart."""
    ordered = np.sort(unfamiliar)
    below = np.searchsorted(ordered, known, "left") + np.searchsorted(ordered, known, "right")
    return float(below.mean() / (2 * len(ordered)))
