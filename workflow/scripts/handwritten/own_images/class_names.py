"""Which folders hold the pictures of which class, and what to say where they do not.

What other systems leave behind in folders is skipped here, for folders and files alike.
"""

import os
import re
import unicodedata
from collections import Counter
from pathlib import Path

from handwritten.io import reading
from handwritten.pictures import kinds

SPLITS = ("train", "test")
NAMES = {"train": "train", "training": "train", "test": "test", "testing": "test"}
LITTER = {"__macosx", "thumbs.db", "desktop.ini", "ehthumbs.db"}
LITTER |= {"@eadir", "#recycle", "$recycle.bin", "system volume information", "lost+found"}
MOST_CLASSES = 1000


class UnusableFolderError(ValueError):
    """What is wrong with a folder of pictures, where, and what to do."""


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
            f"for each class, 2 to {MOST_CLASSES}{meant_instead(root, inside)}"
        )
    for name in names:
        if not name.isprintable() or len(name) > 40:
            raise UnusableFolderError(
                f"{reading.shown(root / name)} is the name of a class, of {len(name)} characters; "
                "expected at most 40 printable characters: rename the folder"
            )
    return names


def meant_instead(root: Path, inside: list[Path]) -> str:
    """A question whether the folder above or below is meant, where that one has classes."""
    folders = [path for path in inside if os.path.isdir(path)]
    if not folders and any(path.suffix.lower() in kinds.SUFFIXES for path in inside):
        above = root.absolute().parent
        above = above.parent if above.name.lower() in NAMES else above
        meant = f"{above} (this one has pictures of one class)" if has_folders(above) else ""
    else:
        meant = next((reading.shown(path) for path in folders if has_folders(path)), "")
    return f"; did you mean {meant}?" * bool(meant)


def has_folders(root: Path) -> bool:
    """Whether there are folders in a folder, as many as classes at least."""
    try:
        return sum(map(os.path.isdir, entries(root, ""))) >= 2
    except UnusableFolderError:
        return False


def require_distinct(names: dict[str, list[str]]) -> None:
    """UnusableFolderError: names of folders, by split, that people cannot tell apart."""
    seen: dict[str, str] = {}
    for name in dict.fromkeys(name for each in names.values() for name in each):
        plain = unicodedata.normalize("NFC", name).strip()
        if plain in seen:
            raise UnusableFolderError(
                f"the folders {seen[plain]!a} and {name!a} differ only by spaces or by how their "
                "letters are stored; expected classes that can be told apart: rename one, or put "
                "their pictures into one folder"
            )
        seen[plain] = name


def differ_by_case(names: list[str]) -> list[str]:
    """The names that differ from another one only by capital letters."""
    plain = Counter(name.casefold() for name in names)
    return [name for name in names if plain[name.casefold()] > 1]


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


def listed(names: list[str], most: int = 10) -> str:
    """The names, the first of them where they are many."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def by_reason(reasons: list[tuple[str, str]]) -> str:
    """Names with the reason for each. Names that have the same are counted, and it is said once."""
    groups: dict[str, list[str]] = {}
    for name, why in reasons:
        groups.setdefault(why, []).append(name)
    return "; ".join(
        f"{names[0]} ({why})"
        if len(names) == 1
        else f"{listed(names)} ({len(names):,} files, each {why})"
        for why, names in groups.items()
    )
