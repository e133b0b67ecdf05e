"""The images of a user's own data set, brought into their form, and what was done in words."""

from dataclasses import dataclass, field

import numpy as np

from handwritten.data import idx
from handwritten.io import reading
from handwritten.own_images import (
    class_folders,
    class_names,
    copies,
    grounds,
    own_data,
    own_labels,
    own_pictures,
    places,
)
from handwritten.own_images.class_folders import Found
from handwritten.own_images.class_names import SPLITS, listed

AUTO = "auto"
WHAT_IS_DONE = {
    grounds.DARK: "The images are light on dark and are used as they are.",
    grounds.LIGHT: "The images are dark on light; all were turned to light on dark.",
    grounds.MIXED: "Some images are light on dark and some dark on light.",
}


@dataclass
class Import:
    """Images (n, rows, columns), uint8, light on dark, and labels (n,) of both splits; `notes` say
    what was done, and `names` are those of the pictures, `checksums` their SHA-256."""

    images: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]
    classes: list[str]
    ground: str = grounds.DARK
    clear_ground: bool = True  # most images show it
    prepare: str = own_pictures.RESIZE
    notes: list[str] = field(default_factory=list)
    names: dict[str, np.ndarray] = field(default_factory=dict)
    checksums: dict[str, np.ndarray] = field(default_factory=dict)  # of the pictures
    found: Found | None = None

    @property
    def arrays(self) -> list[np.ndarray]:
        """Training images and labels, test images and labels, of types that IDX has."""
        arrays = [part[split] for split in SPLITS for part in (self.images, self.labels)]
        return [each if each.dtype == np.uint8 else each.astype(np.int16) for each in arrays]

    @property
    def facts(self) -> dict:
        """What import.json says."""
        return {
            "schema": 1,
            "classes": self.classes,
            "image_shape": list(self.images["train"].shape[1:]),
            "training_images": len(self.images["train"]),
            "ground": self.ground,
            "clear_ground": self.clear_ground,
            "prepare": self.prepare,
            "picture_shape": self.found and list(self.found.sizes.most_common(1)[0][0]),
            "notes": self.notes,
            "listing": self.found and self.found.listing,
        }


def import_all(own: dict, settings: dict) -> Import:
    """The data set. UnusableDataError, UnusableFolderError, IDXError, UnreadableFileError: a file
    is not what it should be."""
    imported = from_pictures(own, settings) if places.is_folder(own) else from_idx_files(own)
    if imported.prepare == own_pictures.RESIZE:
        settle_ground(imported, own.get("ground", AUTO))
    for split in SPLITS:
        there = set(imported.labels[split].tolist())
        if none := [name for label, name in enumerate(imported.classes) if label not in there]:
            imported.notes.append(f"Classes without {split} images: {listed(none)}.")
    return imported


def settle_ground(imported: Import, asked: str) -> None:
    """Find out which ground the images have, unless it is asked for, and turn those that are dark
    on light."""
    ground = grounds.of(imported.images["train"]) if asked == AUTO else asked
    votes = {split: grounds.votes(images) for split, images in imported.images.items()}
    if asked == AUTO and np.mean(votes["train"] != 0) < grounds.FEW:
        imported.notes.append(
            "Hardly any image has a clear ground, so the images are used as they are; if they are "
            "dark on light, set `ground: light`."
        )
    elif ground == grounds.MIXED:
        count, total = (sum(map(f, votes.values())) for f in (lambda v: np.sum(v > 0), len))
        imported.notes.append(f"{WHAT_IS_DONE[ground]} {count:,} of {total:,} images were turned.")
    else:
        imported.notes.append(WHAT_IS_DONE[ground])
        other = -1 if ground == grounds.LIGHT else 1
        note_others(imported, {split: each == other for split, each in votes.items()})
    imported.ground, imported.clear_ground = ground, grounds.is_clear(votes["train"], ground)
    imported.images = {split: grounds.turned(x, ground) for split, x in imported.images.items()}


def note_others(imported: Import, other: dict[str, np.ndarray]) -> None:
    """Note how many images seem to have the other ground, and which pictures that is."""
    count = sum(map(np.count_nonzero, other.values()))
    if count:
        names = [str(name) for split, part in imported.names.items() for name in part[other[split]]]
        imported.notes.append(
            f"Images that seem to have the other ground and are treated like the rest: {count:,}"
            + (f" ({listed(names)})." if names else ".")
        )


# IDX files


def from_idx_files(own: dict) -> Import:
    """The images and labels of four IDX files."""
    names, images, labels = own["classes"], {}, {}
    for i, split in enumerate(SPLITS):
        paths = places.place(own["images"][i]), places.place(own["labels"][i])
        images[split], labels[split] = idx.read_images(paths[0]), idx.read_labels(paths[1])
        idx.require_one_each(images[split], labels[split], *paths)
    first = own_labels.first_label(list(labels.values()), names, own.get("first_label"))
    labels = {s: idx.narrowed(y.astype(np.int64) - first, len(names)) for s, y in labels.items()}
    imported = Import(images, labels, names)
    if first:
        imported.notes.append(f"The labels count from {first}, which stands for {names[0]}.")
    if own.get("orientation") == own_data.TRANSPOSED:
        imported.images = {s: np.ascontiguousarray(x.swapaxes(1, 2)) for s, x in images.items()}
        imported.notes.append("Rows and columns of the images were exchanged: they are transposed.")
    return imported


# Pictures in folders


def from_pictures(own: dict, settings: dict) -> Import:
    """The pictures of a folder, of one size, split in two where the folder is not."""
    found, folder = own_data.pictures(own), places.place(own["images"])
    shape, prepare = own_data.image_shape(own, found), own_data.preparation(own, found)
    special = own_pictures.Findings()
    imported = Import({}, {}, found.classes, prepare=prepare, found=found)
    for split, labelled in found.splits.items():
        paths, labels = zip(*labelled, strict=True)
        names = [reading.shown(path.relative_to(folder)) for path in paths]
        images = own_pictures.read_all(zip(names, paths, strict=True), shape, prepare, special)
        imported.images[split] = np.array(list(images))
        imported.labels[split] = idx.narrowed(np.array(labels), len(found.classes))
        imported.names[split] = np.array(names)
        sums = [reading.sha256(path, reading.MOST_PICTURE_BYTES) for path in paths]
        imported.checksums[split] = np.array(sums)
    class_folders.require_readable(folder, special.unreadable)
    if prepare == own_pictures.MNIST:
        imported.ground = grounds.MIXED
    imported.notes += notes_on_sizes(found, shape, prepare, own)
    imported.notes += [f"{what}: {listed(names)}." for what, names in special.notes.items()]
    if "test" not in found.splits:
        set_test_apart(imported, settings["seed"])
    imported.notes += notes_on_copies(imported)
    return imported


def notes_on_copies(imported: Import) -> list[str]:
    """What to say of pictures that are there more than once, and of names that look like one."""
    pictures = [
        copies.Picture(sha256, name, split, int(label))
        for split, labels in imported.labels.items()
        for sha256, name, label in zip(
            imported.checksums[split], imported.names[split], labels, strict=True
        )
    ]
    notes = copies.notes(pictures)
    if alike := class_names.differ_by_case(imported.classes):
        notes.append(f"Classes whose names differ by capital letters alone: {listed(alike)}.")
    return notes


def set_test_apart(imported: Import, seed: int) -> None:
    """Make a share of the training images the test set."""
    rows = own_data.test_rows(imported.labels["train"], seed)
    for part in (imported.images, imported.labels, imported.names, imported.checksums):
        whole = part["train"]
        part["train"], part["test"] = np.delete(whole, rows, axis=0), whole[rows]
    imported.notes.append(
        f"There are no folders train and test: {len(rows):,} images, one in "
        f"{own_data.TEST_SHARE} of each class, were set apart to test on."
    )


def notes_on_sizes(found: Found, shape: tuple[int, int], prepare: str, own: dict) -> list[str]:
    """How the pictures came to be of one size, and what else could be chosen."""
    size, others = own_pictures.in_words(shape), found.sizes.total() - found.sizes[shape]
    if prepare == own_pictures.MNIST:
        ignored = " `ground` is not needed for that." if "ground" in own else ""
        done = "What is written on each picture was cropped, fitted and centred"
        notes = [f"{done} in {size}, light on dark, as MNIST was made.{ignored}"]
        if own.get("prepare", own_pictures.AUTO) == own_pictures.AUTO:
            why = f"The pictures have {sizes_of(found)}, so they are taken for photographs or scans"
            notes.append(f"{why}; `prepare: resize` under dataset would keep each as a whole.")
        return notes
    if not others:
        return [f"All pictures have {size} and are used as a whole."]
    if found.sizes[shape] > others:
        return [f"Pictures of other sizes, resized to {size} in their proportions: {others:,}."]
    return [
        f"The pictures have {sizes_of(found)}; each was resized to {size}, in its proportions. "
        "`prepare: mnist` under dataset would crop, fit and centre what is written on it."
    ]


def sizes_of(found: Found) -> str:
    """The sizes of all pictures: the one, or how many, the smallest and the largest."""
    low, high = min(found.sizes), max(found.sizes)
    if low == high:
        return own_pictures.in_words(low)
    smallest = f"{low[1]:,} x {low[0]:,}"
    first = "" if own_pictures.in_words(high).endswith(")") else " (width x height)"
    return f"{len(found.sizes):,} sizes, from {smallest} to {own_pictures.in_words(high)}{first}"
