"""A user's own images, as few files of each kind, and what is imported from them."""

import numpy as np
from PIL import Image

from handwritten.config import configuration
from handwritten.data import idx
from handwritten.data.generated import draw
from handwritten.own_images import importing, own_data

LABELS = np.arange(60, dtype=np.uint8) % 3
DIGITS = draw(LABELS, np.random.default_rng(0)).reshape(-1, 28, 28)
NAMES = ["zero", "one", "two"]
PATHS = {"images": ["x.idx", "test-x.idx"], "labels": ["y.idx", "test-y.idx"]}


def write_idx(images=DIGITS, labels=LABELS, test_images=None, test_labels=None):
    """Four IDX files; the test images are the training images, unless others are given."""
    test_images = images if test_images is None else test_images
    arrays = (images, labels, test_images, labels if test_labels is None else test_labels)
    for name, array in zip(("x", "y", "test-x", "test-y"), arrays, strict=True):
        with open(f"{name}.idx", "wb") as file:
            file.write(idx.encode(array))


def write_pictures(folder, images=DIGITS, suffix="png", halves=("train/", "test/")):
    for half in halves:
        for i, (image, label) in enumerate(zip(images, LABELS, strict=True)):
            path = folder / f"digits/{half}{label}/{i:02}.{suffix}"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)


def imported(**own):
    """What is imported from the files of this data set, planned as the pipeline does."""
    runs = {"phase1": {"trainer": "phase1"}}
    config = {"dataset": {"name": "own"} | own, "dev_size": 10, "runs": runs, "report": ["phase1"]}
    own = configuration.validated(config)["dataset"]
    found = importing.import_all(own, own_data.import_settings(own, 1))
    data_set = own_data.data_set(own)
    shape = (data_set.training_images, *data_set.image_shape)
    assert found.images["train"].shape == shape and list(data_set.classes) == found.classes
    assert idx.decode(idx.encode(found.arrays[1]), "y").tolist() == found.labels["train"].tolist()
    return found
