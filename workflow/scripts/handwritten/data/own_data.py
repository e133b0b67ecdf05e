"""A user's own images as a data set: four IDX files, or a folder of PNG pictures for each class.

`own` is what the configuration says under `dataset`: a name, images, and with IDX files labels and
classes. Pictures are used as they are: grey levels from 0 (black) to 255 (white); what
is transparent is white.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import DATA_SETS, DataSet
from handwritten.io import fingerprints, reading

SPLITS = ("train", "test")
BEGINNING = 2**16  # bytes of a file that hold an IDX header, packed or not


class UnusableDataError(ValueError):
    """What is wrong with the user's files, where, and what to do."""


def data_set(own: dict) -> DataSet:
    """The description of the data set. UnusableDataError: the images cannot be one;
    reading.UnreadableFileError: a file or folder is none."""
    if own["name"] in (*DATA_SETS, "resources"):  # names of folders that exist already
        raise UnusableDataError(f"the name {own['name']} is taken: choose another one")
    classes = class_names(own)
    for path in own.get("labels", []):
        reading.read(path, reading.MOST_DATA_BYTES, count=1)
    sizes, counts = zip(*(size(own, split, classes) for split in SPLITS), strict=True)
    train_size, test_size = (" x ".join(map(str, shape)) for shape in sizes)
    if train_size != test_size:
        raise UnusableDataError(
            f"training images of {train_size} and test images of {test_size} pixels; expected all "
            "of one size: crop or pad them"
        )
    return DataSet(
        name=own["name"],
        title=own["name"],
        credit="the user's own images",
        classes=tuple(classes),
        image_shape=sizes[0],
        training_images=counts[0],
    )


def class_names(own: dict) -> list[str]:
    """The names of the classes in label order: those configured, or the names of the folders."""
    if "classes" in own:
        return own["classes"]
    if not is_folder(own):
        raise UnusableDataError("lacks the key classes, the names of labels 0, 1, 2, …")
    folder = Path(own["images"]) / SPLITS[0]
    expected = "a folder that holds a folder for each class"
    names = [path.name for path in entries(folder, expected) if path.is_dir()]
    if not 2 <= len(names) <= 255:
        raise UnusableDataError(
            f"{reading.shown(folder)} has {len(names)} folders; expected one for each class, 2 to "
            "255"
        )
    for name in names:
        if not name.isprintable() or len(name) > 40:
            raise UnusableDataError(
                f"{reading.shown(folder / name)} is the name of a class; expected at most 40 "
                "printable characters: rename the folder"
            )
    return names


def entries(folder: Path, expected: str) -> list[Path]:
    """What is in a folder, by name. UnusableDataError: it is not a folder, or cannot be read."""
    try:
        return reading.entries(folder)
    except reading.UnreadableFileError as problem:
        raise UnusableDataError(f"{problem}; expected {expected}") from None


def is_folder(own: dict) -> bool:
    """Whether the images are pictures in folders. UnusableDataError: neither that nor IDX files."""
    folder = isinstance(own["images"], str)
    if folder == ("labels" in own):
        raise UnusableDataError(
            "images and labels do not fit together: expected two IDX files each, training and "
            "test, or images alone, a folder of pictures by class"
        )
    return folder


def size(own: dict, split: str, classes: list[str]) -> tuple[tuple[int, int], int]:
    """Rows and columns of the first image of a split, and how many images the split has."""
    if is_folder(own):
        labelled = list(pictures(own, split, classes))
        path, shape = own["images"], (len(labelled), *read_picture(labelled[0][0]).shape)
    else:
        path = own["images"][SPLITS.index(split)]
        shape = shape_in(path)
    count, rows, columns = shape
    if count * rows * columns > reading.MOST_DATA_BYTES:
        raise UnusableDataError(
            f"{reading.shown(path)} has {count:,} images of {rows} x {columns} pixels for {split}; "
            f"allowed: at most {reading.MOST_DATA_BYTES:,} pixels in all"
        )
    return (rows, columns), count


def shape_in(path: str) -> tuple[int, ...]:
    """The shape of the images in an IDX file. UnusableDataError: there are none in it."""
    name = reading.shown(path)
    try:
        beginning = reading.read(path, reading.MOST_DATA_BYTES, BEGINNING)
        shape = idx.shape(beginning, os.path.getsize(path), name)
    except idx.IDXError as problem:
        raise UnusableDataError(str(problem)) from None
    if len(shape) != 3 or 0 in shape:
        raise UnusableDataError(f"{name} has shape {shape}; expected images, (n, rows, columns)")
    return shape


def pictures(own: dict, split: str, classes: list[str]) -> Iterator[tuple[Path, int]]:
    """The pictures of a split with their labels, class by class and by name."""
    folders: list[Path] = []
    for label, name in enumerate(classes):
        folder = Path(own["images"]) / split / name
        found = entries(folder, f"the pictures of class {name}")
        paths = [path for path in found if path.suffix.lower() == ".png"]
        # Where upper and lower case are the same, or one folder is a link to another.
        for other in filter(folder.samefile, folders):
            raise UnusableDataError(f"{folder} and {other} are one folder; expected one each")
        folders.append(folder)
        if not paths:
            raise UnusableDataError(
                f"{reading.shown(folder)} holds no .png; expected the pictures of class {name}"
            )
        yield from ((path, label) for path in paths)


def contents(own: dict) -> dict[str, str]:
    """The SHA-256 of each IDX file, or of all pictures of a split, wherever the files are.
    reading.UnreadableFileError: a file cannot be read, or is too large."""
    classes = class_names(own)
    if not is_folder(own):
        paths = dict(zip(("train images", "test images"), own["images"], strict=True))
        paths |= dict(zip(("train labels", "test labels"), own["labels"], strict=True))
        most = reading.MOST_DATA_BYTES
        return {what: reading.sha256(path, most) for what, path in paths.items()}
    most = reading.MOST_PICTURE_BYTES
    return {
        split: fingerprints.digest(
            [
                [printable(path.name), label, reading.sha256(path, most)]
                for path, label in pictures(own, split, classes)
            ]
        )
        for split in SPLITS
    }


def printable(name: str) -> str:
    """A file's name, its bytes that are not UTF-8 as \\x.."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def require_unchanged(own: dict, expected: dict[str, str]) -> None:
    """UnusableDataError: the files have changed since the build was planned."""
    if contents(own) != expected:
        raise UnusableDataError(
            f"the files of {own['name']} have changed since the build began: run again"
        )


def arrays(own: dict) -> list[np.ndarray]:
    """Training images (n, rows, columns) and labels (n,), test images and labels, all uint8."""
    classes = class_names(own)
    splits: list[np.ndarray] = []
    for i, split in enumerate(SPLITS):
        if is_folder(own):
            splits += stack(list(pictures(own, split, classes)))
        else:
            images, labels = own["images"][i], own["labels"][i]
            splits += idx.read_labelled_images(images, labels, len(classes))
    return splits


def stack(labelled: list[tuple[Path, int]]) -> list[np.ndarray]:
    """Pictures and labels as arrays. UnusableDataError: the pictures differ in size."""
    images = [read_picture(path) for path, _ in labelled]
    for (path, _), image in zip(labelled, images, strict=True):
        if image.shape != images[0].shape:
            expected = " x ".join(map(str, images[0].shape))
            raise UnusableDataError(
                f"{reading.shown(path)} has {image.shape[0]} x {image.shape[1]} pixels; expected "
                f"{expected}, as {reading.shown(labelled[0][0])} has: crop, pad or resize it"
            )
    return [np.stack(images), np.array([label for _, label in labelled], np.uint8)]


def read_picture(path: Path) -> np.ndarray:
    """The grey levels of a PNG picture, uint8 (rows, columns). UnusableDataError: it is damaged."""
    from handwritten.data import pictures as prepared  # slow to import, and seldom needed

    try:
        return prepared.flatten(prepared.read(path))
    except prepared.UnreadablePictureError as problem:
        raise UnusableDataError(str(problem)) from None
