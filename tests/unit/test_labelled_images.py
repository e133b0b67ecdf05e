"""Images and their labels are read together, or it is said what does not fit."""

import numpy as np
import pytest

from handwritten.data.idx import IDXError, encode, pack, read_labelled_images


@pytest.fixture
def write(tmp_path):
    """A function that writes an array (or bytes) as images or labels and returns the two paths."""
    paths = tmp_path / "images.idx", tmp_path / "labels.idx"

    def write(images=None, labels=None):
        images = np.arange(24, dtype=np.uint8).reshape(3, 2, 4) if images is None else images
        labels = np.array([0, 9, 4], np.uint8) if labels is None else labels
        for path, array in zip(paths, (images, labels), strict=True):
            path.write_bytes(pack(encode(array)))
        return paths

    return write


def test_images_and_labels(write):
    images, labels = read_labelled_images(*write(), classes=10)
    assert images.shape == (3, 2, 4) and images[2, 1, 3] == 23 and images.dtype == np.uint8
    assert labels.tolist() == [0, 9, 4] and labels.dtype == np.uint8


def test_more_images_than_a_byte_counts(write):
    many = {"images": np.zeros((300, 1, 1), np.uint8), "labels": np.zeros(300, np.uint8)}
    images, labels = read_labelled_images(*write(**many), classes=10)
    assert len(images) == len(labels) == 300


UNFIT = {
    "images' rank": ({"images": np.zeros((3, 8), np.uint8)}, "images.idx, byte 3: found rank 2"),
    "labels' rank": ({"labels": np.zeros((3, 1), np.uint8)}, "labels.idx, byte 3: found rank 2"),
    "nine numbers a label": (
        {"labels": np.zeros((3, 9), np.int32)},  # QMNIST has eight
        "labels.idx, byte 3: found rank 2",
    ),
    "eight rows a label": (
        {"labels": np.zeros((3, 8, 1), np.int32)},
        "labels.idx, byte 3: found rank 3",
    ),
    "images' type": (
        {"images": np.zeros((3, 2, 4), np.float32)},
        "images.idx, byte 2: found elements of float32, expected uint8. Scale the grey levels",
    ),
    "labels' type": (
        {"labels": np.zeros(3, np.float32)},
        "labels.idx, byte 2: found elements of float32, expected whole numbers",
    ),
    "more labels": (
        {"labels": np.zeros(4, np.uint8)},
        "labels.idx, byte 4: found 4 labels, expected 3, one for each image in ",
    ),
    "fewer labels": (
        {"labels": np.zeros(2, np.uint8)},
        "labels.idx, byte 4: found 2 labels, expected 3, one for each image in ",
    ),
    "range": (
        {"labels": np.array([9, 10, 255], np.uint8)},
        "labels.idx, byte 9: found label 10, expected a label from 0 to 9",
    ),
    "below zero": (
        {"labels": np.array([9, 3, -1], np.int32)},
        "labels.idx, byte 16: found label -1, expected a label from 0 to 9",
    ),
    "far out of range": (
        {"labels": np.array([9, 0, 255], np.uint8)},
        "labels.idx, byte 10: found label 255, expected a label from 0 to 9",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_refuses_images_and_labels(case, write):
    arrays, phrase = UNFIT[case]
    with pytest.raises(IDXError) as error:
        read_labelled_images(*write(**arrays), classes=10)
    assert phrase in str(error.value)


@pytest.mark.parametrize("dtype", ["int8", "int16"])
def test_whole_numbers_of_another_type_are_refused_without_advice(write, dtype):
    with pytest.raises(IDXError, match=rf"found elements of {dtype}, expected uint8\.$"):
        read_labelled_images(*write(images=np.zeros((3, 2, 4), dtype)), classes=10)


def test_refuses_images_and_labels_that_changed_places(write):
    with pytest.raises(IDXError, match="have two files changed places"):
        read_labelled_images(*reversed(write()), classes=10)


@pytest.mark.parametrize(
    ("stored", "classes", "width"),
    [(np.uint8, 256, np.uint8), (np.int32, 256, np.uint8), (np.int16, 257, np.uint16)],
)
def test_labels_are_as_wide_as_they_have_to_be(write, stored, classes, width):
    labels = np.array([0, 1, classes - 1], stored)
    _, read = read_labelled_images(*write(labels=labels), classes=classes)
    assert read.dtype == width and read.tolist() == labels.tolist()


def test_the_first_number_of_qmnist_is_the_label(write):
    stored = np.arange(24, dtype=np.int32).reshape(3, 8)  # class, series, writer and so on
    assert read_labelled_images(*write(labels=stored), classes=17)[1].tolist() == [0, 8, 16]
