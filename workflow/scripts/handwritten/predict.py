"""Predict what is on PNG pictures and in IDX files with a trained run.

    make predict ARGS="digit.png"
    python -m handwritten.predict --run phase1 digit.png t10k-images.gz

Prints CSV, a line for every image: its file, its number in the file (from 0), the predicted label,
and the probability of every class. A picture shows one symbol and is prepared as MNIST's were. The
images of an IDX file are used as they are, and so are pictures that have the form of the user's own
data set that the run was trained on.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from handwritten.data import idx, pictures
from handwritten.data.datasets import DATA_SETS
from handwritten.evaluation import ensemble
from handwritten.io import files, reading
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS, Activation

PNG = b"\x89PNG"
BATCH = 5000  # images
IDX = (b"\x00\x00\x08", b"\x1f\x8b")  # the first bytes of an IDX file of uint8, or of gzip


class UnreadableError(ValueError):
    """There is no run, or a file holds nothing that the run can predict."""


class Run(NamedTuple):
    """A trained run: its models, and the images that it was trained on."""

    classes: list[str]
    image_shape: tuple[int, int]  # rows, columns
    own_images: bool  # it was trained on a user's own images
    models: list[tuple[network.Layers, Activation]]


def main(arguments: list[str]) -> None:
    """Print the predictions. An error ends it with one line, after the predictions before it."""
    options = parse_options(arguments)
    try:
        run = open_run(options.results, options.run)
        table = csv.writer(any_names(sys.stdout), lineterminator="\n")
        table.writerow(["file", "image", "label", *run.classes])
        for name in options.files:
            for number, p in enumerate(predictions(read_images(name, run), run)):
                probabilities = [f"{probability:.6f}" for probability in p]
                table.writerow([name, number, run.classes[p.argmax()], *probabilities])
    except (UnreadableError, OSError, idx.IDXError) as problem:
        sys.exit(f"predict: {problem}")


def any_names(stream: Any) -> Any:
    """The stream, made to print whatever name a file can have."""
    stream.reconfigure(errors="surrogateescape")
    return stream


def parse_options(arguments: list[str]) -> argparse.Namespace:
    """The options on the command line."""
    parser = argparse.ArgumentParser("predict", description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--results", type=Path, default=Path("results/mnist"), help="the results of a data set"
    )
    parser.add_argument("--run", help="a run on the page; without this, the default run")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a PNG picture or an IDX file")
    return parser.parse_args(arguments)


def open_run(results: Path, name: str | None) -> Run:
    """The run of this name, or the default run. UnreadableError: none, or it is damaged."""
    if not (results / "summary.json").exists():
        raise UnreadableError(
            f"{results} holds no trained run: make trains them, --results finds others"
        )
    try:
        return read_run(results, name)
    except UnreadableError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        advice = "make verify says what to delete, make builds it again"
        raise UnreadableError(f"{results} is damaged ({problem}): {advice}") from None


def read_run(results: Path, name: str | None) -> Run:
    """The run of this name, or the default run. UnreadableError: there is none of this name; other
    errors: the results are damaged."""
    summary = files.read_json(results / "summary.json")
    runs = summary["runs"]
    run = runs.get(name or list(runs)[-1])
    if run is None:
        raise UnreadableError(f"{results} has no run {name!r}; there are {', '.join(runs)}")
    root = results.resolve().parents[1]
    return Run(
        summary["classes"],
        tuple(summary["image_shape"]),
        summary["dataset"] not in DATA_SETS,
        [read_model(root / path) for path in run.get("members") or [run["model"]]],
    )


def read_model(path: Path) -> tuple[network.Layers, Activation]:
    """The layers of a model and its activation."""
    settings = files.read_json(path.with_name("provenance.json"))["made_from"]["settings"]
    g = ACTIVATIONS[settings.get("activation", "relu")]
    return network.from_named(files.read_arrays(path)), g


def read_images(name: str, run: Run) -> np.ndarray:
    """The images of a file, uint8 (n, pixels). UnreadableError: the run cannot predict them."""
    first_bytes = reading.read(name, reading.MOST_DATA_BYTES, count=4)
    if first_bytes.startswith(PNG):
        images = read_picture(name, run)[None]
    elif first_bytes.startswith(IDX):
        images = idx.read(name)
    else:
        raise UnreadableError(f"{reading.shown(name)} is neither a PNG picture nor an IDX file")
    if images.shape[1:] != run.image_shape or images.dtype != np.uint8:
        rows, columns = run.image_shape
        raise UnreadableError(
            f"{name} holds {images.dtype} of shape {images.shape}; expected images of {rows} x "
            f"{columns} bytes, uint8 of shape (n, {rows}, {columns})"
        )
    return images.reshape(len(images), -1)


def read_picture(name: str, run: Run) -> np.ndarray:
    """A PNG picture, prepared for the run, uint8 (rows, columns)."""
    try:
        png = pictures.read(name)
        if run.own_images and png.size == run.image_shape[::-1]:
            return pictures.flatten(png)
        return pictures.prepare(png, run.image_shape)
    except pictures.UnreadablePictureError as problem:
        raise UnreadableError(str(problem)) from None
    except pictures.NoInkError as problem:
        raise UnreadableError(f"{reading.shown(name)}: {problem}") from None


def predictions(images: np.ndarray, run: Run) -> Iterator[np.ndarray]:
    """The probabilities (classes,) of every image, a few thousand computed at a time."""
    for start in range(0, len(images), BATCH):
        yield from predict(images[start : start + BATCH], run)


def predict(images: np.ndarray, run: Run) -> np.ndarray:
    """Probabilities (n, classes) for images (n, pixels), the mean over the run's models."""
    logits = [network.logits(images, layers, g) for layers, g in run.models]
    return ensemble.mean_probabilities([losses.softmax(z) for z in logits])


if __name__ == "__main__":
    main(sys.argv[1:])
