"""A user's own images as a data set: four IDX files, or a folder of PNG pictures for each class.

`own` is what the configuration says under `dataset`: a name, images, and with IDX files labels and
classes. Pictures are taken as they are, as greys from 0 black to 255 white, transparent as white.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from handwritten.data import idx
from handwritten.data.datasets import DATA_SETS, DataSet
from handwritten.io import files, fingerprints

SPLITS = ("train", "test")


class Unusable(ValueError):
    """Says what is wrong with the user's files, where, and what to do."""


def data_set(own: dict) -> DataSet:
    """The data set as all others are described. Unusable: it cannot be one."""
    if own["name"] in (*DATA_SETS, "resources"):  # which is how paths are told apart
        raise Unusable(f"the name {own['name']} is taken: choose another one")
    classes = class_names(own)
    for path in own.get("labels", []):
        content(path)
    sizes, counts = zip(*(size(own, split, classes) for split in SPLITS), strict=True)
    of_training, of_test = (" x ".join(map(str, shape)) for shape in sizes)
    if of_training != of_test:
        raise Unusable(
            f"training images of {of_training} and test images of {of_test} pixels; expected all "
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
    """The names of the classes in label order: those given, or the names of the folders."""
    if "classes" in own:
        return own["classes"]
    if not is_folder(own):
        raise Unusable("lacks the key classes, the names of labels 0, 1, 2, …")
    folder = Path(own["images"]) / SPLITS[0]
    if not folder.is_dir():
        raise Unusable(f"{folder} is no folder; expected a folder in it for each class")
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    if len(names) < 2:
        raise Unusable(f"{folder} has {len(names)} folders; expected one for each class, 2 or more")
    return names


def is_folder(own: dict) -> bool:
    """Whether the images are pictures in folders. Unusable: neither that nor IDX files."""
    folder = isinstance(own["images"], str)
    if folder == ("labels" in own):
        raise Unusable(
            "images and labels do not fit together: expected two IDX files each, training and "
            "test, or images alone, a folder of pictures by class"
        )
    return folder


def size(own: dict, split: str, classes: list[str]) -> tuple[tuple[int, int], int]:
    """Rows and columns of a split's images, by the first of them, and how many there are."""
    if is_folder(own):
        found = list(pictures(own, split, classes))
        return grey(found[0][0]).shape, len(found)
    path = own["images"][SPLITS.index(split)]
    try:
        shape = idx.shape(content(path), path)
    except idx.IDXError as problem:
        raise Unusable(str(problem)) from None
    if len(shape) != 3 or 0 in shape:
        raise Unusable(f"{path} has shape {shape}; expected images, (n, rows, columns)")
    return shape[1:], shape[0]


def content(path: str) -> bytes:
    """The bytes of a file. Unusable: it cannot be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror}") from None


def pictures(own: dict, split: str, classes: list[str]) -> Iterator[tuple[Path, int]]:
    """The pictures of a split with their labels, class by class and by name."""
    for label, name in enumerate(classes):
        folder = Path(own["images"]) / split / name
        found = sorted(path for path in folder.glob("*") if path.suffix.lower() == ".png")
        if not found:
            raise Unusable(f"{folder} holds no .png; expected the pictures of class {name}")
        yield from ((path, label) for path in found)


def contents(own: dict) -> dict[str, str]:
    """What the files hold, wherever they lie: the SHA-256 of each, of pictures all in one."""
    classes = class_names(own)
    if not is_folder(own):
        paths = dict(zip(("train images", "test images"), own["images"], strict=True))
        paths |= dict(zip(("train labels", "test labels"), own["labels"], strict=True))
        return {what: files.sha256(Path(path)) for what, path in paths.items()}
    return {
        split: fingerprints.digest(
            [
                [path.name, label, files.sha256(path)]
                for path, label in pictures(own, split, classes)
            ]
        )
        for split in SPLITS
    }


def demand(own: dict, expected: dict[str, str]) -> None:
    """Unusable: the files are no longer what they were when the build was planned."""
    if contents(own) != expected:
        raise Unusable(f"the files of {own['name']} have changed since the build began: run again")


def arrays(own: dict) -> list[np.ndarray]:
    """Training images (n, rows, columns) and labels (n,), test images and labels, all uint8."""
    classes, found = class_names(own), []
    for i, split in enumerate(SPLITS):
        if is_folder(own):
            found += stacked(list(pictures(own, split, classes)))
        else:
            paths = own["images"][i], own["labels"][i]
            found += idx.read_labelled_images(*paths, len(classes))
    return found


def stacked(labelled: list[tuple[Path, int]]) -> list[np.ndarray]:
    """Pictures and labels as arrays. Unusable: a picture is of another size than the first."""
    images = [grey(path) for path, _ in labelled]
    for (path, _), image in zip(labelled, images, strict=True):
        if image.shape != images[0].shape:
            expected = " x ".join(map(str, images[0].shape))
            raise Unusable(
                f"{path} has {image.shape[0]} x {image.shape[1]} pixels; expected {expected}, as "
                f"{labelled[0][0]} has: crop, pad or resize it"
            )
    return [np.stack(images), np.array([label for _, label in labelled], np.uint8)]


def grey(path: Path) -> np.ndarray:
    """A PNG picture's greys, uint8 (rows, columns). Unusable: it is no whole PNG."""
    from PIL import Image, UnidentifiedImageError  # pictures are rare, and planning should be quick

    from handwritten.data.pictures import flatten

    try:
        with Image.open(path, formats=["PNG"]) as picture:
            return flatten(picture)
    except (UnidentifiedImageError, SyntaxError, OSError, Image.DecompressionBombError) as problem:
        raise Unusable(f"{path} is no PNG that can be read ({problem}): replace it") from None
