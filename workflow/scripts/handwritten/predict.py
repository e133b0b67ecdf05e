"""Predict what is on pictures and in IDX files with a trained run.

    make predict ARGS="digits.png"
    python -m handwritten.predict --dataset mnist --run phase1 digits.png t10k-images.gz

Prints CSV, a line for every image: its file, its number in the file (from 0), the predicted label,
whether the run answers (yes or no), and the calibrated probability of every class. A run would
rather not answer where its confidence is below the threshold that was chosen on dev. Every symbol
on a picture is an image, in reading order, and is prepared as MNIST's were. The images of an IDX
file are used as they are. So is a picture like those that a run was trained on, if these were not
prepared as MNIST's were.

Other messages go to standard error: which run predicts, what was left out, and where it would
rather not answer.
"""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import DATA_SETS
from handwritten.evaluation import ensemble
from handwritten.evaluation.calibration import at_temperature
from handwritten.io import files, printing, reading
from handwritten.learning import losses, network
from handwritten.learning.activations import ACTIVATIONS, Activation
from handwritten.own_images import grounds, own_pictures
from handwritten.pictures import contact_sheet, photographs, pictures
from handwritten.pictures.light import NoInkError
from handwritten.pictures.symbols import TooManyError

RESULTS = Path("results")
BATCH = 5000  # images
ALIKE = 0.1  # by how much proportions may differ that are called the same
NAMED = 5  # images of a file without an answer; more are counted
WHOLE = (
    "Symbols were not looked for; where there are several, crop each into a picture of its own, or "
    "set `prepare: mnist` under dataset and run make again"
)
IDX = [bytes([0, 0, kind]) for kind in (8, 9, 11, 12, 13, 14)]  # its first bytes, by type
GZIP = b"\x1f\x8b"


class UnreadableError(ValueError):
    """There is no run, or a file holds nothing that the run can predict."""


class Run(NamedTuple):
    """A trained run: its models, and the images that it was trained on."""

    name: str
    data_set: str
    classes: list[str]
    image_shape: tuple[int, int]  # rows, columns
    models: list[tuple[network.Layers, Activation]]
    temperature: float = 1.0  # of the calibration
    threshold: float | None = 0.0  # the confidence from which on it answers; None: it never does
    ground: str = grounds.DARK  # of the images before they were imported
    clear_ground: bool = True  # most of them show it
    centred: bool = True  # each image is one symbol, prepared as MNIST's were
    picture_shape: tuple[int, int] | None = None  # of most pictures, if its images were pictures
    single: bool = False  # a picture shows one symbol, of however many parts


class Images(NamedTuple):
    """The images of a file (n, rows, columns), uint8, and what is to be said of them."""

    images: np.ndarray
    notes: list[str]


def main(arguments: list[str]) -> None:
    """Print the predictions. An error ends it with one line, after the predictions before it."""
    options = parse_options(arguments)
    if options.show:
        require_folder(options.show)
    shown: list[tuple[np.ndarray, str]] = []
    count = 0
    try:
        run = open_run(options.dataset, options.run)
        say(f"run {run.name} of data set {run.data_set} predicts")
        with printing.until_nobody_reads():
            for count, labelled in enumerate(print_predictions(options.files, run), 1):
                if count <= contact_sheet.MOST:
                    shown.append(labelled)
        if options.show and shown:
            save_sheet(options.show, shown)
            if count > len(shown):
                say(f"{reading.shown(options.show)} shows the first {len(shown)} images")
    except (UnreadableError, OSError, idx.IDXError) as problem:
        sys.exit(f"predict: {problem}")


def parse_options(arguments: list[str]) -> argparse.Namespace:
    """The options on the command line."""
    parser = argparse.ArgumentParser("predict", description=__doc__.split("\n\n")[0])
    parser.add_argument("--dataset", help="its name; without this, the one that was built last")
    parser.add_argument("--run", help="a run on its page; without this, the default run")
    parser.add_argument("--show", metavar="OUT.png", help="write the images that the network saw")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a picture or an IDX file")
    return parser.parse_args(arguments)


def require_folder(path: str) -> None:
    """Ends the program where a file cannot be written for want of a folder, before it has worked
    for nothing."""
    folder = Path(path).parent
    if not folder.is_dir():
        advice = "make it first, or name another one after --show"
        sys.exit(f"predict: {reading.shown(folder)} is not a folder: {advice}")


def save_sheet(path: str, shown: list[tuple[np.ndarray, str]]) -> None:
    """Write the images that the network saw. UnreadableError: the file cannot be written."""
    try:
        contact_sheet.draw(shown).save(path, "PNG")
    except OSError as problem:
        why = problem.strerror or problem
        raise UnreadableError(f"{reading.shown(path)} cannot be written: {why}") from None


def say(message: str) -> None:
    """A line on standard error."""
    print(f"predict: {message}", file=any_names(sys.stderr))


def any_names(stream: Any) -> Any:
    """The stream, made to print whatever name a file can have."""
    stream.reconfigure(errors="surrogateescape")
    return stream


def open_run(dataset: str | None, name: str | None, folder: Path = RESULTS) -> Run:
    """The run of this name or the default run, of this data set or the one that was built last.

    `folder` has a folder for every data set. UnreadableError: there is none, or it is damaged.
    """
    results = folder / dataset if dataset else newest(folder)
    if not (results / "summary.json").exists():
        built = ", ".join(sorted(path.name for path in built_data_sets(folder)))
        advice = f"there are {built}" if built else "make trains one"
        raise UnreadableError(f"{results} holds no trained run: {advice}")
    try:
        return read_run(results, name)
    except UnreadableError:
        raise
    except (ValueError, LookupError, TypeError, AttributeError) as problem:
        advice = "make verify says what to delete, make builds it again"
        raise UnreadableError(f"{results} is damaged ({problem}): {advice}") from None


def built_data_sets(folder: Path) -> list[Path]:
    """The results of every data set that was built, the last one first."""
    summaries = folder.glob("*/summary.json")
    by_time = sorted(summaries, key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [path.parent for path in by_time]


def newest(folder: Path) -> Path:
    """The results of the data set that was built last; the folder itself where there is none."""
    return next(iter(built_data_sets(folder)), folder)


def read_run(results: Path, name: str | None) -> Run:
    """The run of this name, or the default run. UnreadableError: there is none of this name; other
    errors: the results are damaged."""
    summary = files.read_json(results / "summary.json")
    runs = summary["runs"]
    name = name or list(runs)[-1]
    before = any("temperature" in run and "threshold" not in run for run in runs.values())
    if before or "clear_ground" not in summary:
        raise UnreadableError(f"{results} is of an earlier edition of this program: run make again")
    if name not in runs:
        raise UnreadableError(f"{results} has no run {name!r}; there are {', '.join(runs)}")
    run, published = runs[name], DATA_SETS.get(summary["dataset"])
    root = results.resolve().parents[1]
    return Run(
        name,
        summary["dataset"],
        summary["classes"],
        tuple(summary["image_shape"]),
        [read_model(root / path) for path in run.get("members") or [run["model"]]],
        temperature=run["temperature"],
        threshold=run["threshold"],
        ground=summary["ground"],
        clear_ground=summary["clear_ground"],
        centred=published.centred if published else summary["prepare"] == own_pictures.MNIST,
        picture_shape=summary["picture_shape"] and tuple(summary["picture_shape"]),
        single=published is not None and not published.centred,
    )


def read_model(path: Path) -> tuple[network.Layers, Activation]:
    """The layers of a model and its activation."""
    settings = files.read_json(path.with_name("provenance.json"))["made_from"]["settings"]
    g = ACTIVATIONS[settings.get("activation", "relu")]
    return network.from_named(files.read_arrays(path)), g


def print_predictions(names: list[str], run: Run) -> Iterator[tuple[np.ndarray, str]]:
    """Print the predictions for all files. Yields each image (rows, columns) with its label."""
    table = csv.writer(any_names(sys.stdout), lineterminator="\n")
    table.writerow(["file", "image", "label", "answered", *run.classes])
    for name in names:
        images, notes = read_images(name, run)
        declined = []
        flat = images.reshape(len(images), -1)
        for number, p in enumerate(predictions(flat, run)):
            label, answers = run.classes[p.argmax()], is_answered(p, run)
            probabilities = (f"{probability:.6f}" for probability in p)
            table.writerow([name, number, label, "yes" if answers else "no", *probabilities])
            if not answers:
                declined.append(f"image {number} ({label}, {p.max():.0%})")
            yield images[number], label
        if notes := notes + about(declined):
            say(f"{reading.shown(name)}: {'; '.join(notes)}")


def is_answered(p: np.ndarray, run: Run) -> bool:
    """Whether the run answers with these calibrated probabilities (classes,)."""
    return run.threshold is not None and bool(p.max() >= run.threshold)


def about(declined: list[str]) -> list[str]:
    """The note on the images of a file that get no answer; none where all get one."""
    if len(declined) > NAMED:
        return [f"would rather not answer: {len(declined):,} images, the first one {declined[0]}"]
    return [f"would rather not answer: {', '.join(declined)}"] if declined else []


def read_images(name: str, run: Run) -> Images:
    """The images of a file. UnreadableError: the run cannot predict them."""
    first_bytes = reading.read(name, reading.MOST_DATA_BYTES, count=4)
    if not is_idx(first_bytes):
        return read_picture(name, run)
    images = idx.read(name)
    if images.shape[1:] != run.image_shape or images.dtype != np.uint8:
        rows, columns = run.image_shape
        raise UnreadableError(
            f"{reading.shown(name)} holds {images.dtype} of shape {images.shape}; expected images "
            f"of {rows} rows and {columns} columns, uint8 of shape (n, {rows}, {columns})"
        )
    return Images(images, [])


def is_idx(first_bytes: bytes) -> bool:
    """Whether a file that begins with these bytes is an IDX file, perhaps packed."""
    return first_bytes.startswith((GZIP, *IDX))


def read_picture(name: str, run: Run) -> Images:
    """A picture as it is, if it is like those that the run was trained on; or else the symbols on
    it, prepared for the run."""
    try:
        grey = pictures.flatten(pictures.read(name))
        if not run.centred and is_like(grey.shape, run):
            return as_trained(grey, run)
        return Images(*photographs.prepare(grey, run.image_shape, run.single))
    except pictures.UnreadablePictureError as problem:
        raise UnreadableError(str(problem)) from None
    except (NoInkError, TooManyError) as problem:
        raise UnreadableError(f"{reading.shown(name)}: {problem}") from None


def is_like(shape: tuple[int, ...], run: Run) -> bool:
    """Whether a picture of this shape has the run's own, or the proportions of the pictures that
    were made smaller or larger when they were imported."""
    if shape == run.image_shape:
        return True
    if run.picture_shape is None:
        return False
    stretched = (shape[0] / shape[1]) / (run.picture_shape[0] / run.picture_shape[1])
    return abs(stretched - 1) < ALIKE


def as_trained(grey: np.ndarray, run: Run) -> Images:
    """A picture in the form that it would have been given when it was imported."""
    notes = []
    if grey.shape != run.image_shape:
        size = own_pictures.in_words(run.image_shape)
        notes.append(f"resized to {size} as a whole, as the training pictures were. {WHOLE}")
        grey = own_pictures.resized(grey, run.image_shape)
    return Images(grounds.like_others(grey, run.ground, run.clear_ground)[None], notes)


def predictions(images: np.ndarray, run: Run) -> Iterator[np.ndarray]:
    """The calibrated probabilities (classes,) of every image (n, pixels), a few thousand computed
    at a time."""
    for start in range(0, len(images), BATCH):
        p = predict(images[start : start + BATCH], run)
        yield from at_temperature(p, run.temperature)


def predict(images: np.ndarray, run: Run) -> np.ndarray:
    """Probabilities (n, classes) for images (n, pixels), the mean over the run's models."""
    logits = [network.logits(images, layers, g) for layers, g in run.models]
    return ensemble.mean_probabilities([losses.softmax(z) for z in logits])


if __name__ == "__main__":
    main(sys.argv[1:])
