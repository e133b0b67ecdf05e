"""What does a trained run read? PNG pictures or IDX files in, labels and probabilities out.

    make predict ARGS="digit.png"
    python -m handwritten.predict --run phase1 digit.png t10k-images.gz

Prints CSV: a line for every image, with its file, its number there (from 0), the label, and the
probability of every class. A picture holds one symbol and is made ready as MNIST was. The images of
an IDX file are taken as they are, and so are pictures as a user's own data set has them.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from handwritten.data import idx, pictures, preparation
from handwritten.data.datasets import DATA_SETS
from handwritten.evaluation import ensemble
from handwritten.io import files
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS

PNG = b"\x89PNG"
IDX = (b"\x00\x00\x08", b"\x1f\x8b")  # of unsigned bytes, as it is or packed


class Unreadable(ValueError):
    """A file that holds nothing that the run could look at."""


class Reader(NamedTuple):
    """A trained run, and what it reads."""

    classes: list[str]
    image_shape: tuple[int, int]  # rows, columns
    own: bool  # learnt from a user's own images
    models: list[tuple[network.Layers, str]]  # layers, and the name of their activation


def main(arguments: list[str]) -> None:
    """Print the answers; exits with a sentence on what is wrong, after all files before it."""
    options = parsed(arguments)
    try:
        reader = opened(options.results, options.run)
        answers = csv.writer(sys.stdout, lineterminator="\n")
        answers.writerow(["file", "image", "label", *reader.classes])
        for name in options.files:
            for i, p in enumerate(answered(read(name, reader), reader.models)):
                shares = [f"{share:.6f}" for share in p]
                answers.writerow([name, i, reader.classes[p.argmax()], *shares])
    except (Unreadable, OSError, idx.IDXError) as problem:
        sys.exit(f"predict: {problem}")


def parsed(arguments: list[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    words = argparse.ArgumentParser("predict", description=__doc__.split("\n\n")[0])
    words.add_argument("--results", type=Path, default=Path("results/mnist"), help="of a data set")
    words.add_argument("--run", help="of those on the page; the default run where none is named")
    words.add_argument("files", nargs="+", metavar="FILE", help="a PNG picture or an IDX file")
    return words.parse_args(arguments)


def opened(results: Path, run: str | None) -> Reader:
    """A run of this name, or the default run. Unreadable: there is none."""
    if not (results / "summary.json").exists():
        raise Unreadable(
            f"{results} holds no trained run: make trains them, --results finds others"
        )
    summary = files.read_json(results / "summary.json")
    name = run or list(summary["runs"])[-1]
    if name not in summary["runs"]:
        known = ", ".join(summary["runs"])
        raise Unreadable(f"{results} has no run {name!r}; there are {known}")
    found = summary["runs"][name]
    root = results.resolve().parents[1]
    models = [model(root / path) for path in found.get("members") or [found["model"]]]
    own = summary["dataset"] not in DATA_SETS
    return Reader(summary["classes"], tuple(summary["image_shape"]), own, models)


def model(path: Path) -> tuple[network.Layers, str]:
    """A model's layers and the name of its activation."""
    settings = files.read_json(path.with_name("provenance.json"))["made_from"]["settings"]
    return network.from_named(files.read_arrays(path)), settings.get("activation", "relu")


def read(name: str, reader: Reader) -> np.ndarray:
    """The images of a file, float32 (n, pixels), 0 to 1. Unreadable: it has none for the reader."""
    with Path(name).open("rb") as file:
        beginning = file.read(4)
    if beginning.startswith(PNG):
        images = picture(name, reader)[None]
    elif beginning.startswith(IDX):
        images = idx.read(name)
    else:
        raise Unreadable(f"{name} is neither a PNG picture nor an IDX file")
    if images.shape[1:] != reader.image_shape or images.dtype != np.uint8:
        rows, columns = reader.image_shape
        raise Unreadable(
            f"{name} holds {images.dtype} of shape {images.shape}; the network looks at images of "
            f"{rows} x {columns} bytes, which is shape (n, {rows}, {columns})"
        )
    return preparation.normalise(images.reshape(len(images), -1))


def picture(name: str, reader: Reader) -> np.ndarray:
    """A PNG picture, made ready, uint8 (rows, columns)."""
    try:
        with Image.open(name, formats=["PNG"]) as png:
            if reader.own and png.size == reader.image_shape[::-1]:
                return pictures.flattened(png)
            return pictures.prepared(png, reader.image_shape)
    except (UnidentifiedImageError, SyntaxError, Image.DecompressionBombError) as problem:
        raise Unreadable(f"{name} cannot be read as a PNG picture: {problem}") from None
    except pictures.NoInk as problem:
        raise Unreadable(f"{name}: {problem}") from None


def answered(x: np.ndarray, models: list[tuple]) -> Iterator[np.ndarray]:
    """Probabilities (classes,) of each image, the mean over the models."""
    each = [losses.softmax(network.logits(x, layers, ACTIVATIONS[g])) for layers, g in models]
    yield from ensemble.averaged(each)


if __name__ == "__main__":
    main(sys.argv[1:])
