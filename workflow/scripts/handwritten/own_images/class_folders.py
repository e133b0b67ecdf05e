"""A folder of pictures by class: which files are used, and which are not and why.

Pictures lie in `train/<class>/` and `test/<class>/`, or in `<class>/` alone, and then a part of
each class is set apart to test on. Folders inside that of a class belong to the class. Hidden files
and those that other systems leave behind are skipped; every other file is used or named.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from handwritten.io import reading

SPLITS = ("train", "test")
NAMES = {"train": "train", "training": "train", "test": "test", "testing": "test"}
LITTER = {"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"}
SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
SUFFIXES |= {".ppm", ".pgm", ".pbm", ".pnm"}
OTHER_PICTURES = {".heic", ".heif", ".avif", ".jp2", ".svg", ".psd", ".ico", ".raw", ".dng"}
MOST_CLASSES = 1000


class UnusableFolderError(ValueError):
    """What is wrong with a folder of pictures, where, and what to do."""


class LeftOut(NamedTuple):
    """A file or folder that is not used, by its path below the top folder, and why; whose it is,
    where it lies in the folder of a class."""

    path: str
    why: str
    split: str = ""
    label: int = -1

    def __str__(self) -> str:
        return f"{self.path} ({self.why})"


@dataclass
class Found:
    """The files of a folder of pictures. `splits` has the split `train` alone where there are no
    halves."""

    classes: list[str]
    splits: dict[str, list[tuple[Path, int]]] = field(default_factory=dict)  # with their labels
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # rows, columns: how many
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def listing(self) -> dict:
        """How many pictures each class has, by split, and what is left out, for a page."""
        counts = {
            split: [
                sum(label == each for _, each in labelled) for label in range(len(self.classes))
            ]
            for split, labelled in self.splits.items()
        }
        return {"used": counts, "left_out": [[each.path, each.why] for each in self.left_out]}

    @property
    def sentences(self) -> list[str]:
        """How many files of each class are used, and what is left out and why."""
        said = []
        for split, counts in self.listing["used"].items():
            where = f"{split}, " * (len(self.splits) > 1)
            for label, used in enumerate(counts):
                out = [str(each) for each in self.left_out if each[2:] == (split, label)]
                files = f"{used + len(out):,} files in {where}class {self.classes[label]}"
                rest = f", {len(out):,} left out: {listed(out)}" if out else ""
                said.append(f"{files}: {used:,} used{rest}")
        outside = [str(each) for each in self.left_out if not each.split]
        return said + [f"left out: {listed(outside)}"] * bool(outside)


def natural(name: str) -> list:
    """A key that sorts 2 before 10."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), part) if i % 2 else part for i, part in enumerate(parts)]


def entries(folder: Path, expected: str) -> list[Path]:
    """What is in a folder and not hidden. UnusableFolderError: it is not a folder, or closed."""
    try:
        found = reading.entries(folder)
    except reading.UnreadableFileError as problem:
        raise UnusableFolderError(f"{problem}; expected {expected}") from None
    shown = [path for path in found if path.name[0] != "." and path.name.lower() not in LITTER]
    return sorted(shown, key=lambda path: natural(path.name))


def find(folder: Path, wanted: list[str] | None) -> Found:
    """The pictures of these classes, of all without `wanted`. UnusableFolderError: the folder is
    not one of pictures by class; pictures.UnreadablePictureError: a picture is damaged."""
    inside = entries(folder, "a folder that holds a folder for each class")
    roots = halves_of(folder, inside) or {"train": folder}
    outside = [path for path in inside if path not in roots.values()] if "test" in roots else []
    names = {split: class_folders(root) for split, root in roots.items()}
    found = Found(wanted or common_classes(roots, names))
    for split, root in roots.items():
        outside += [path for path in entries(root, "a folder") if path.name not in found.classes]
        for label, name in enumerate(found.classes):
            require_own(root / name, [root / other for other in found.classes[:label]])
        found.splits[split] = list(of_split(folder, split, root, found))
    found.left_out += [LeftOut(below(folder, path), beside(path)) for path in outside]
    return found


def of_split(top: Path, split: str, root: Path, found: Found) -> Iterator[tuple[Path, int]]:
    """The pictures of a split with their labels. UnusableFolderError: a class has none."""
    for label, name in enumerate(found.classes):
        used = 0
        for path, why in sorted_out(root / name, found):
            used += not why
            if why:
                found.left_out.append(LeftOut(below(top, path), why, split, label))
            else:
                yield path, label
        if not used:
            others = [str(each) for each in found.left_out if each[2:] == (split, label)]
            raise UnusableFolderError(
                f"{reading.shown(root / name)} holds no picture"
                f"{f', only {listed(others)}' if others else ''}; expected the pictures of class "
                f"{name}"
            )


def halves_of(folder: Path, inside: list[Path]) -> dict[str, Path]:
    """The folders of the splits; empty where there are none. UnusableFolderError: one is missing,
    or there are two for one."""
    halves: dict[str, Path] = {}
    for path in inside:
        split = NAMES.get(path.name.lower())
        if split and os.path.isdir(path):
            if split in halves:
                other = halves[split].name
                raise UnusableFolderError(
                    f"{reading.shown(folder)} holds {other} and {path.name}; expected one of them"
                )
            halves[split] = path
    if len(halves) == 1:
        (here,) = halves
        there = SPLITS[1 - SPLITS.index(here)]
        raise UnusableFolderError(
            f"{reading.shown(folder)} has a folder {halves[here].name} and none called {there}; "
            "expected both, or neither and a folder for each class"
        )
    return {split: halves[split] for split in SPLITS if halves}


def class_folders(root: Path) -> list[str]:
    """The names of the folders in a split. UnusableFolderError: no names for classes, or none."""
    inside = entries(root, "a folder that holds a folder for each class")
    names = [path.name for path in inside if os.path.isdir(path)]
    if not 2 <= len(names) <= MOST_CLASSES:
        raise UnusableFolderError(
            f"{reading.shown(root)} has {len(names)} folder{'s' * (len(names) != 1)}; expected one "
            f"for each class, 2 to {MOST_CLASSES}"
        )
    for name in names:
        if not name.isprintable() or len(name) > 40:
            raise UnusableFolderError(
                f"{reading.shown(root / name)} is the name of a class; expected at most 40 "
                "printable characters: rename the folder"
            )
    return names


def common_classes(roots: dict[str, Path], names: dict[str, list[str]]) -> list[str]:
    """The classes of all splits. UnusableFolderError: a class is in one of them only."""
    for here, there in (SPLITS, SPLITS[::-1]):
        alone = [
            name for name in names.get(here, []) if there in names and name not in names[there]
        ]
        if alone:
            raise UnusableFolderError(
                f"{reading.shown(roots[here])} has {listed(alone)}, and "
                f"{reading.shown(roots[there])} does not; expected a folder for each class in "
                "both, or `classes`, the names of those to use"
            )
    return names["train"]


def require_own(folder: Path, others: list[Path]) -> None:
    """UnusableFolderError: it is one of the other folders, by a link or by another case."""
    for other in others if os.path.exists(folder) else []:
        if folder.samefile(other):
            raise UnusableFolderError(f"{folder} and {other} are one folder; expected one each")


def sorted_out(folder: Path, found: Found) -> Iterator[tuple[Path, str]]:
    """What is in a folder and below it, each with why it is not used, empty for a picture.
    pictures.UnreadablePictureError: a file is a picture by its name, and cannot be read."""
    from handwritten.pictures import pictures  # slow to import, and seldom needed

    for path in entries(folder, f"the pictures of class {folder.name}"):
        if os.path.isdir(path) and not os.path.islink(path):
            yield from sorted_out(path, found)
        elif why := unfit(path):
            yield path, why
        else:
            try:
                found.sizes[pictures.size(path)] += 1
                yield path, ""
            except pictures.NotAPictureError:
                if path.suffix.lower() in SUFFIXES:
                    raise
                yield path, "not a picture"


def unfit(path: Path) -> str:
    """Why this cannot be a picture, before it is opened; empty where it may be one."""
    if os.path.isdir(path):
        return "a link to a folder"
    if os.path.islink(path) and not os.path.exists(path):
        return "a link to nothing"
    if not os.path.isfile(path):
        return "not a file"
    if path.suffix.lower() in OTHER_PICTURES:
        return f"{path.suffix.lower()[1:].upper()} is not read: save it as PNG or JPEG"
    return ""


def beside(path: Path) -> str:
    """Why something beside the folders of the classes is not used."""
    return "not one of the classes" if os.path.isdir(path) else "in no class's folder"


def below(top: Path, path: Path) -> str:
    """The path below the top folder, on one line."""
    return reading.shown(path.relative_to(top))


def listed(names: list[str], most: int = 10) -> str:
    """The names, the first of them where they are many."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
