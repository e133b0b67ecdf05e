"""Pictures that are the same, byte for byte, and what that means for training and test."""

from typing import NamedTuple

from handwritten.own_images.class_names import listed


class Picture(NamedTuple):
    """A picture's checksum, its name, and where it belongs."""

    sha256: str
    name: str
    split: str
    label: int


def notes(pictures: list[Picture]) -> list[str]:
    """What to say of pictures that are there more than once. In two classes, one label is wrong; in
    training and test set, the test measures what was learned by heart."""
    groups: dict[str, list[Picture]] = {}
    for picture in pictures:
        groups.setdefault(picture.sha256, []).append(picture)
    same = [group for group in groups.values() if len(group) > 1]
    classes = [group for group in same if differ(group, "label")]
    splits = [group for group in same if differ(group, "split")]
    rest = [group for group in same if group not in classes and group not in splits]
    found = {
        "Pictures that are in several classes, byte for byte, so that a label is wrong": classes,
        "Pictures that are in the training set and in the test set, byte for byte, so that the "
        "test is easier than it should be": splits,
        "Pictures that are in their class more than once, byte for byte": rest,
    }
    return [f"{what}: {counted(groups)}." for what, groups in found.items() if groups]


def differ(group: list[Picture], what: str) -> bool:
    """Whether pictures differ in this."""
    return len({getattr(picture, what) for picture in group}) > 1


def counted(groups: list[list[Picture]]) -> str:
    """How many groups there are, and what is in the first ones."""
    names = [" = ".join(picture.name for picture in group[:4]) for group in groups]
    return f"{len(groups):,} ({listed(names)})"
