"""A user's own images as a data set: four IDX files, or a folder of pictures for each class.

`own` is what the configuration says under `dataset`; `OwnData` in config/sections.py declares it.
The plan asks here what the images are and what the import depends on, and the step `import_data`
for the images themselves: light on dark, of one size, in training and test set. importing.py
brings them into that form; places.py knows where the files are, class_names.py which folders are
classes, class_folders.py finds and counts files, own_pictures.py reads pictures and settles their
size, own_labels.py the labels, grounds.py tells dark from light paper, copies.py what is there
twice.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import DATA_SETS, DataSet
from handwritten.io import fingerprints, reading
from handwritten.own_images import class_folders, imported, own_pictures
from handwritten.own_images.class_folders import Found
from handwritten.own_images.class_names import UnusableFolderError, listed
from handwritten.own_images.places import (
    UnusableDataError,
    is_folder,
    place,
    require_there,
    sources,
)
from handwritten.randomness import generator

BEGINNING = 2**16  # bytes of a file that hold an IDX header, packed or not
TEST_SHARE = 5  # where there are no halves, one image in so many of each class is for the test
FOR_IDX, FOR_PICTURES = ("orientation", "first_label"), ("size", "prepare")
OPTIONS = ("ground", *FOR_IDX, *FOR_PICTURES)
TRANSPOSED = "transposed"


@contextmanager
def about(*key: str | int) -> Iterator[None]:
    """What is wrong with files, as the fault of the value under `dataset` that names them."""
    try:
        yield
    except (UnusableFolderError, idx.IDXError, reading.UnreadableFileError) as problem:
        raise UnusableDataError(str(problem), *key) from None


def data_set(own: dict) -> DataSet:
    """The description of the data set. UnusableDataError: the images cannot be one."""
    if own["name"] in (*DATA_SETS, "resources"):  # names of folders that exist already
        raise UnusableDataError(f"the name {own['name']} is taken: choose another one", "name")
    check_keys(own)
    if record := imported.instead(own, sources(own), options(own)):
        classes, shape, count = record.classes, record.image_shape, record.training_images
        prepare = record.facts["prepare"]
    else:
        require_there(own)
        classes, shape, count = of_pictures(own) if is_folder(own) else of_idx_files(own)
        prepare = is_folder(own) and preparation(own, pictures(own))
    return DataSet(
        name=own["name"],
        title=own["name"],
        credit="the user's own images",
        classes=tuple(own.get("classes", classes)),
        image_shape=shape,
        training_images=count,
        centred=prepare == own_pictures.MNIST,
    )


def check_keys(own: dict) -> None:
    """UnusableDataError: keys are missing, or do not fit together."""
    if is_folder(own) == ("labels" in own):
        raise UnusableDataError(
            "images and labels do not fit together: expected two IDX files each, training and "
            "test, or images alone, a folder of pictures by class",
            "images",
        )
    if not is_folder(own) and "classes" not in own:
        raise UnusableDataError(
            "lacks the key classes, the names of the labels, from the first one on"
        )
    others, kind = (FOR_IDX, "IDX files") if is_folder(own) else (FOR_PICTURES, "pictures")
    for key in others:
        if key in own:
            raise UnusableDataError(f"{key} is for {kind} only: remove it", key)


def options(own: dict) -> dict[str, Any]:
    """The settings of the import, as far as they are given."""
    return {key: own[key] for key in OPTIONS if key in own}


def listing(own: dict) -> dict | None:
    """How many pictures each class has, and which files are left out; None for IDX files."""
    if record := imported.instead(own, sources(own), options(own)):
        return record.facts["listing"]
    return pictures(own).listing if is_folder(own) else None


def stand_in(own: dict) -> str:
    """What to say where an earlier import stands in for files that are gone; empty elsewhere."""
    record = imported.instead(own, sources(own), options(own))
    return imported.warning(record, sources(own)) if record else ""


# Pictures in folders


def pictures(own: dict) -> Found:
    """The files in the folder of pictures. UnusableDataError: they are no data set."""
    with about("images"):
        return class_folders.find(place(own["images"]), own.get("classes"))


def of_pictures(own: dict) -> tuple[list[str], tuple[int, int], int]:
    """The classes, the shape of an image, and how many there are to train on."""
    found = pictures(own)
    shape = image_shape(own, found)
    for split, labelled in found.splits.items():
        where = f"{reading.shown(own['images'])} for {split}"
        require_moderate(len(labelled), shape, where, "images")
    count = len(found.splits["train"])
    if "test" not in found.splits:
        labels = [label for _, label in found.splits["train"]]
        sizes = np.bincount(labels, minlength=len(found.classes))
        for label in np.flatnonzero(sizes < 2)[:1]:
            raise UnusableDataError(
                f"class {found.classes[label]} has one picture; expected two or more, to learn "
                "from and to test on",
                "images",
            )
        count -= int(sum(map(test_size, sizes)))
    return found.classes, shape, count


def preparation(own: dict, found: Found) -> str:
    """How the pictures become images: `resize` or `mnist`."""
    return own_pictures.settled(found.sizes, own.get("prepare", own_pictures.AUTO))


def image_shape(own: dict, found: Found) -> tuple[int, int]:
    """Rows and columns of the images that the pictures become."""
    return own_pictures.shape_of(found.sizes, own.get("size"), preparation(own, found))


def test_size(count: int) -> int:
    """How many of so many pictures of a class are set apart for the test."""
    return max(1, round(count / TEST_SHARE))


def test_rows(labels: np.ndarray, seed: int) -> np.ndarray:
    """The rows (n,) that are set apart for the test, ascending: a share of every class."""
    rng = generator(seed, "test_split")
    rows = [rng.permutation(np.flatnonzero(labels == label)) for label in np.unique(labels)]
    return np.sort(np.concatenate([each[: test_size(len(each))] for each in rows]))


# IDX files


def of_idx_files(own: dict) -> tuple[list[str], tuple[int, int], int]:
    """The classes, the shape of an image, and how many there are to train on."""
    for i, path in enumerate(own["labels"]):
        with about("labels", i):
            reading.read(place(path), reading.MOST_DATA_BYTES, count=1)
    (count, *train), (_, *test) = (shape_in(path, i) for i, path in enumerate(own["images"]))
    if train != test:
        train_size, test_size = map(own_pictures.in_words, (train, test))
        raise UnusableDataError(
            f"training images of {train_size} and test images of {test_size}; expected all of one "
            "size: crop or pad them",
            "images",
        )
    rows, columns = train if own.get("orientation") != TRANSPOSED else train[::-1]
    return own["classes"], (rows, columns), count


def shape_in(path: str, i: int) -> tuple[int, ...]:
    """The shape of the images in the i-th IDX file. UnusableDataError: there are none in it."""
    name = reading.shown(path)
    with about("images", i):
        beginning = reading.read(place(path), reading.MOST_DATA_BYTES, BEGINNING)
        shape = idx.shape(beginning, os.path.getsize(place(path)), name)
    if len(shape) != 3 or 0 in shape:
        problem = f"{name} has shape {shape}; expected images, (n, rows, columns)"
        raise UnusableDataError(problem, "images", i)
    require_moderate(shape[0], shape[1:], name, "images", i)
    return shape


def require_moderate(count: int, shape: tuple[int, ...], where: str, *key: str | int) -> None:
    """UnusableDataError: so many images of this shape are too much."""
    if count * shape[0] * shape[1] > reading.MOST_DATA_BYTES:
        raise UnusableDataError(
            f"{where} has {count:,} images of {own_pictures.in_words(shape)}; "
            f"allowed: at most {reading.MOST_DATA_BYTES:,} pixels in all",
            *key,
        )


# The import


def import_settings(own: dict, seed: int) -> dict:
    """What the imported images depend on: the contents of the files, wherever these are, and how
    they are brought into their form. reading.UnreadableFileError: a file cannot be read, or is too
    large."""
    if record := imported.instead(own, sources(own), options(own)):
        return record.settings
    settings: dict[str, Any] = {"contents": contents(own), "options": options(own)}
    if not is_folder(own):
        return settings | {"classes": len(own["classes"])}
    found = pictures(own)
    settings |= {"classes": len(found.classes), "image_shape": list(image_shape(own, found))}
    return settings if "test" in found.splits else settings | {"seed": seed}


def contents(own: dict) -> dict[str, str]:
    """The SHA-256 of each IDX file, or of all pictures of a split, wherever the files are.
    reading.UnreadableFileError: a file cannot be read, or is too large."""
    if not is_folder(own):
        paths = dict(zip(("train images", "test images"), own["images"], strict=True))
        paths |= dict(zip(("train labels", "test labels"), own["labels"], strict=True))
        most = reading.MOST_DATA_BYTES
        return {what: reading.sha256(place(path), most) for what, path in paths.items()}
    most = reading.MOST_PICTURE_BYTES
    return {
        split: fingerprints.digest(
            [[printable(path.name), label, reading.sha256(path, most)] for path, label in labelled]
        )
        for split, labelled in pictures(own).splits.items()
    }


def printable(name: str) -> str:
    """A file's name, its bytes that are not UTF-8 as \\x.."""
    return name.encode(errors="surrogateescape").decode(errors="backslashreplace")


def require_unchanged(own: dict, expected: dict[str, str]) -> None:
    """UnusableDataError: the files are no longer those that the build was planned with."""
    if gone := imported.missing(sources(own)):
        raise UnusableDataError(
            f"{listed(gone)} cannot be found, and the images have to be imported "
            "again, since settings or code of the import have changed: put the files back"
        )
    if contents(own) != expected:
        raise UnusableDataError(
            f"the files of {own['name']} have changed since the build began: run again"
        )
