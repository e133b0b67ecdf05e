"""A small data set of a user's own, four shapes with noise, as IDX files and as pictures."""

import numpy as np
from PIL import Image
from project import Project

from handwritten.data import idx

CLASSES = ["bar", "cross", "dot", "ring"]
IDX = {
    "name": "shapes",
    "images": ["data/train.idx", "data/test.idx"],
    "labels": ["data/train-labels.idx", "data/test-labels.idx"],
    "classes": CLASSES,
}
PNG = {"name": "shapes", "images": "data/shapes"}


def shape(label, rng, size=(32, 32)):
    """A picture, uint8 of this size: one of the four shapes near the middle, with noise."""
    middle = np.reshape(size, (2, 1, 1)) / 2
    row, column = np.mgrid[: size[0], : size[1]] - middle - rng.uniform(-4, 4, (2, 1, 1))
    distance = np.hypot(row, column)
    bar, cross = np.abs(column) < 2, np.abs(row) < 2
    inside = [bar, bar | cross, distance < 4, np.abs(distance - 8) < 2][label]
    noise = rng.uniform(0, 60, size)
    return np.where(inside & (distance < 11), 255 - noise, noise).astype(np.uint8)


def write_data(folder, size=(32, 32)):
    """The same images as IDX files, light on dark, and as pictures, dark on light."""
    rng = np.random.default_rng(0)
    folder.mkdir()
    for split, count in (("train", 300), ("test", 100)):
        labels = np.arange(count, dtype=np.uint8) % 4
        images = np.stack([shape(label, rng, size) for label in labels])
        order = np.argsort(labels, kind="stable")  # as the pictures are read
        for name, array in ((split, images[order]), (f"{split}-labels", labels[order])):
            (folder / f"{name}.idx").write_bytes(idx.encode(array))
        for i, (image, label) in enumerate(zip(images, labels, strict=True)):
            path = folder / "shapes" / split / CLASSES[label] / f"{i:03}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(255 - image).save(path)


def with_data_set(folder, dataset):
    """A project with this data set and time enough to learn it."""
    project = Project.fresh(folder, dataset=dataset, dev_size=40)
    config = project.config()
    config["runs"]["phase2"] |= {"epochs": 30, "batch_size": 16}
    project.write_config(config)
    return project
