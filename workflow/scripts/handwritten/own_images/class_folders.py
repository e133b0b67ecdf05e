"""A folder of pictures by class: which files are used, and which are not and why.

Pictures lie in `train/<class>/` and `test/<class>/`, or in `<class>/` alone, and then a part of
each class is set apart to test on. Folders inside that of a class belong to the class. Hidden files
and those that other systems leave behind are skipped; every other file is used or named.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from handwritten.io import reading
from handwritten.own_images.class_names import (
    UnusableFolderError,
    by_reason,
    class_folders,
    common_classes,
    entries,
    halves_of,
    require_distinct,
    require_own,
)
from handwritten.pictures import kinds


class LeftOut(NamedTuple):
    """A file or folder that is not used, by its path below the top folder, and why; whose it is,
    where it lies in the folder of a class."""

    path: str
    why: str
    split: str = ""
    label: int = -1


@dataclass
class Found:
    """The files of a folder of pictures. `splits` has the split `train` alone where there are no
    halves."""

    classes: list[str]
    splits: dict[str, list[tuple[Path, int]]] = field(default_factory=dict)  # with their labels
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # rows, columns: how many
    left_out: list[LeftOut] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)  # pictures, and why

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
                out = [each[:2] for each in self.left_out if each[2:] == (split, label)]
                files = f"{used + len(out):,} files in {where}class {self.classes[label]}"
                rest = f", {len(out):,} left out: {by_reason(out)}" if out else ""
                said.append(f"{files}: {used:,} used{rest}")
        outside = [each[:2] for each in self.left_out if not each.split]
        return said + [f"left out: {by_reason(outside)}"] * bool(outside)


def find(folder: Path, wanted: list[str] | None) -> Found:
    """The pictures of these classes, of all without `wanted`. UnusableFolderError: the folder is
    not one of pictures by class, or pictures cannot be read."""
    inside = entries(folder, "a folder that holds a folder for each class")
    roots = halves_of(folder, inside) or {"train": folder}
    outside = [path for path in inside if path not in roots.values()] if "test" in roots else []
    names = {split: class_folders(root) for split, root in roots.items()}
    require_distinct(names)
    found = Found(wanted or common_classes(roots, names))
    for split, root in roots.items():
        outside += [path for path in entries(root, "a folder") if path.name not in found.classes]
        for label, name in enumerate(found.classes):
            require_own(root / name, [root / other for other in found.classes[:label]])
        found.splits[split] = list(of_split(folder, split, root, found))
    found.left_out += [LeftOut(below(folder, path), beside(path)) for path in outside]
    require_readable(folder, found.unreadable)
    return found


def require_readable(folder: str | Path, unreadable: list[tuple[str, str]]) -> None:
    """UnusableFolderError: pictures of a folder cannot be read; given are their names, and why."""
    if unreadable:
        count = f"{len(unreadable):,} picture{'s' * (len(unreadable) > 1)}"
        raise UnusableFolderError(
            f"{reading.shown(folder)} has {count} that cannot be used: {by_reason(unreadable)}; "
            "replace or remove what is named here"
        )


def of_split(top: Path, split: str, root: Path, found: Found) -> Iterator[tuple[Path, int]]:
    """The pictures of a split with their labels. UnusableFolderError: a class has none."""
    for label, name in enumerate(found.classes):
        used = 0
        for path, why in sorted_out(top, root / name, found):
            used += not why
            if why:
                found.left_out.append(LeftOut(below(top, path), why, split, label))
            else:
                yield path, label
        if not used:
            others = [each[:2] for each in found.left_out if each[2:] == (split, label)]
            raise UnusableFolderError(
                f"{reading.shown(root / name)} holds no picture"
                f"{f', only {by_reason(others)}' if others else ''}; expected the pictures "
                f"of class {name}"
            )


def sorted_out(top: Path, folder: Path, found: Found) -> Iterator[tuple[Path, str]]:
    """What is in a folder and below it, each with why it is not used, empty for a picture. Those
    that cannot be read are noted in `found`."""
    for path in entries(folder, f"the pictures of class {folder.name}"):
        why = unfit(path)
        if os.path.isdir(path) and not why:
            yield from sorted_out(top, path, found)
            continue
        if not why:
            why = read_size(top, path, found)
        yield path, why


def read_size(top: Path, path: Path, found: Found) -> str:
    """Note the size of a picture, or that it cannot be read; returns why it is not a picture."""
    from handwritten.pictures import pictures  # slow to import, and seldom needed

    try:
        found.sizes[pictures.size(path)] += 1
    except pictures.UnreadablePictureError as problem:
        named = path.suffix.lower() in kinds.SUFFIXES
        if isinstance(problem, pictures.NotAPictureError) and not named:
            return "not a picture"
        found.unreadable.append((below(top, path), problem.why))
    except reading.UnreadableFileError as problem:
        why = str(problem).removeprefix(f"{reading.shown(path)} ")
        found.unreadable.append((below(top, path), why))
    return ""


def unfit(path: Path) -> str:
    """Why this cannot be a picture, before it is opened; empty where it may be one."""
    if os.path.isdir(path):
        return "a link to a folder" if os.path.islink(path) else ""
    if os.path.islink(path) and not os.path.exists(path):
        return "a link to nothing"
    if not os.path.isfile(path):
        return "not a file"
    if kinds.is_other(path.suffix):
        return f"{kinds.not_read(path.suffix)}: {kinds.SAVE_AS}"
    return ""


def beside(path: Path) -> str:
    """Why something beside the folders of the classes is not used."""
    return "not one of the classes" if os.path.isdir(path) else "in no class's folder"


def below(top: Path, path: Path) -> str:
    """The path below the top folder, on one line."""
    return reading.shown(path.relative_to(top))
