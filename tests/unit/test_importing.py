"""A user's own images are imported as people expect: test_importing_refusals.py has those that
are not."""

from collections import Counter

import numpy as np
import pytest
from importing_images import DIGITS, LABELS, NAMES, PATHS, imported, write_idx, write_pictures
from PIL import Image

from handwritten.config.messages import ConfigurationError
from handwritten.data import idx
from handwritten.own_images import copies, own_data, own_pictures


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("images", "set_to", "ground", "note"),
    [
        (DIGITS, {}, "dark", "The images are light on dark and are used as they are."),
        (255 - DIGITS, {}, "light", "The images are dark on light; all were turned"),
        (255 - DIGITS, {"ground": "light"}, "light", "The images are dark on light; all"),
    ],
)
def test_images_are_light_on_dark_after_the_import(images, set_to, ground, note):
    write_idx(images)
    found = imported(**PATHS, classes=NAMES, **set_to)
    np.testing.assert_array_equal(found.images["train"], DIGITS)
    np.testing.assert_array_equal(found.images["test"], DIGITS)
    assert found.facts["ground"] == ground and any(note in each for each in found.notes)


def test_the_ground_that_is_set_is_not_doubted():
    write_idx(255 - DIGITS)
    found = imported(**PATHS, classes=NAMES, ground="dark")
    np.testing.assert_array_equal(found.images["train"], 255 - DIGITS)
    assert "other ground and are treated like the rest: 120." in found.notes[-1]


def test_single_pictures_of_the_other_ground_are_named(folder):
    images = DIGITS.copy()
    images[7] = 255 - images[7]
    write_pictures(folder, images)
    found = imported(images="digits")
    assert found.ground == "dark" and found.notes[-1].endswith(
        "rest: 2 (train/1/07.png, test/1/07.png)."
    )


def test_transposed_images_and_labels_from_1_as_in_emnist():
    write_idx(DIGITS.swapaxes(1, 2), LABELS + 1)
    found = imported(**PATHS, classes=NAMES, orientation="transposed")
    np.testing.assert_array_equal(found.images["train"], DIGITS)
    np.testing.assert_array_equal(found.labels["test"], LABELS)
    assert "The labels count from 1, which stands for zero." in found.notes


def test_oblong_transposed_images():
    write_idx(DIGITS[:, 4:24].swapaxes(1, 2))
    found = imported(**PATHS, classes=NAMES, orientation="transposed")
    np.testing.assert_array_equal(found.images["train"], DIGITS[:, 4:24])


@pytest.mark.parametrize("first", [0, 1])
def test_where_the_labels_begin_can_be_said(first):
    write_idx(labels=LABELS + 1)
    found = imported(**PATHS, classes=[*NAMES, "three"], first_label=first)
    np.testing.assert_array_equal(found.labels["train"], LABELS + 1 - first)


@pytest.mark.parametrize(
    ("labels", "names", "more", "said"),
    [
        (LABELS + 1, 4, {}, "run from 1 to 3, and there are 4 names .* say `first_label: 0` or"),
        (LABELS, 2, {}, "run from 0 to 2, and there are 2 names .* expected labels from 0 to 1"),
        (LABELS + 2, 3, {}, "run from 2 to 4, and there are 3 names .* or 1 to 3"),
        (LABELS, 3, {"first_label": 1}, "run from 0 to 2.* expected labels from 1 to 3, by `first"),
        (LABELS.astype(np.int16) - 1, 3, {}, "run from -1 to 1"),
        (LABELS.astype(np.float32), 3, {}, "y.idx, .*elements of float32, expected whole numbers"),
        (LABELS[:59], 3, {}, "y.idx, .*found 59 labels, expected 60"),
    ],
)
def test_labels_that_do_not_fit_the_names_are_refused(labels, names, more, said):
    write_idx(labels=labels)
    with pytest.raises(idx.IDXError, match=said):
        imported(**PATHS, classes=[f"c{i}" for i in range(names)], **more)


def test_a_float_idx_is_called_what_it_is():
    write_idx(DIGITS.astype(np.float32) / 255)
    with pytest.raises(idx.IDXError, match=r"x\.idx, .*float32, expected uint8. Scale the grey"):
        imported(**PATHS, classes=NAMES)


def test_more_classes_than_a_byte_counts():
    labels = np.arange(600, dtype=np.int16) % 300
    write_idx(np.zeros((600, 2, 2), np.uint8), labels)
    found = imported(**PATHS, classes=[f"c{i}" for i in range(300)])
    assert found.labels["train"].dtype == np.uint16
    np.testing.assert_array_equal(found.labels["train"], labels)


def test_classes_without_images_are_named():
    write_idx(test_images=DIGITS[:1], test_labels=LABELS[:1])
    assert "Classes without test images: one, two." in imported(**PATHS, classes=NAMES).notes


def test_pictures_and_idx_files_of_the_same_images_are_the_same(folder):
    write_idx()
    write_pictures(folder, 255 - DIGITS)
    pictures, files = imported(images="digits"), imported(**PATHS, classes=NAMES)
    order = np.argsort(LABELS, kind="stable")
    np.testing.assert_array_equal(pictures.images["train"], files.images["train"][order])
    np.testing.assert_array_equal(pictures.labels["test"], files.labels["test"][order])
    assert pictures.classes == ["0", "1", "2"]


def test_large_jpegs_dark_on_light_are_nearly_the_same_images(folder):
    large = [np.kron(255 - image, np.ones((2, 2), np.uint8)) for image in DIGITS]
    write_pictures(folder, large, "jpg")
    found = imported(images="digits", size=[28, 28])
    order = np.argsort(LABELS, kind="stable")
    difference = found.images["train"].astype(int) - DIGITS[order]
    assert found.ground == "light" and np.abs(difference).mean() < 3
    assert imported(images="digits").images["train"].shape == (60, 56, 56)


def test_pictures_of_many_sizes_become_28_by_28_in_their_proportions(folder):
    paper = [np.full((40 + i, 90 - i), 200, np.uint8) for i in range(60)]
    for each in paper:
        each[10:30, 30:60] = 0
    write_pictures(folder, paper)
    found = imported(images="digits", prepare="resize")
    assert found.images["train"].shape == (60, 28, 28) and found.ground == "light"
    assert "have 60 sizes, from 90 x 40 to 31 x 99 pixels (width x height); each" in found.notes[0]
    assert "`prepare: mnist` under dataset would crop" in found.notes[0]
    ink = found.images["train"][0] > 128 + 55
    assert (ink.any(axis=1).sum(), ink.any(axis=0).sum()) in {(6, 9), (6, 10), (7, 9), (7, 10)}
    assert found.images["train"][0][0, 0] == 55  # the paper's shade, all around


@pytest.mark.parametrize(
    ("sizes", "asked", "settled"),
    [
        ({(28, 28): 10}, "auto", "resize"),
        ({(56, 56): 9, (60, 56): 1}, "auto", "resize"),
        ({(56, 56): 8, (60, 56): 2}, "auto", "mnist"),
        ({(300, 400): 10}, "auto", "mnist"),
        ({(300, 400): 10}, "resize", "resize"),
        ({(28, 28): 10}, "mnist", "mnist"),
    ],
)
def test_photographs_are_prepared_as_mnist_and_images_are_not(sizes, asked, settled):
    assert own_pictures.settled(Counter(sizes), asked) == settled


def test_photographs_of_any_size_need_no_setting(folder):
    scans = [
        np.pad(255 - image, (i, 60 - i), constant_values=255) for i, image in enumerate(DIGITS)
    ]
    write_pictures(folder, scans)
    large = [np.kron(scan, np.ones((2, 2), np.uint8)) for scan in scans]
    for images in (scans[:20] + large[20:], large):
        write_pictures(folder, images)
        found = imported(images="digits", ground="light")
        assert found.facts["prepare"] == "mnist" and found.images["train"].shape == (60, 28, 28)
        assert "cropped, fitted and centred in 28 x 28 pixels" in found.notes[0]
        assert "`ground` is not needed for that." in found.notes[0]
        assert "`prepare: resize` under dataset would keep each as a whole." in found.notes[1]
    own = {"name": "own", "images": "digits"}
    assert own_data.data_set(own).centred
    assert not own_data.data_set(own | {"prepare": "resize"}).centred


def test_a_few_pictures_of_another_size_take_the_size_of_the_others(folder):
    write_pictures(folder)
    Image.fromarray(DIGITS[0]).resize((50, 50)).save(folder / "digits/train/0/00.png")
    found = imported(images="digits")
    assert (
        found.notes[0]
        == "Pictures of other sizes, resized to 28 x 28 pixels in their proportions: 1."
    )


def test_pictures_can_be_prepared_as_mnist_was(folder):
    scans = [np.pad(255 - image, ((40, 3), (5, 60)), constant_values=255) for image in DIGITS]
    scans[4][:] = 255
    write_pictures(folder, scans)
    found = imported(images="digits", prepare="mnist")
    images = np.delete(found.images["train"], np.flatnonzero(found.labels["train"] == 1)[1], axis=0)
    written = images > 0
    heights = written.any(axis=2).sum(axis=1)
    assert images.shape[1:] == (28, 28) and found.facts["prepare"] == "mnist"
    assert 20 <= heights.max() <= 22 and not images[:, 0].any()
    assert (
        "Nothing is written on them, so they are black: train/1/04.png, test/1/04.png."
        in found.notes
    )


def test_a_folder_without_halves_is_split_class_by_class(folder):
    write_pictures(folder, halves=("",))
    found, again = imported(images="digits"), imported(images="digits")
    assert np.bincount(found.labels["test"]).tolist() == [4, 4, 4]
    assert np.bincount(found.labels["train"]).tolist() == [16, 16, 16]
    np.testing.assert_array_equal(found.images["test"], again.images["test"])
    both = np.concatenate([found.images["train"], found.images["test"]])
    assert sorted(map(bytes, both)) == sorted(map(bytes, DIGITS))
    assert "12 images, one in 5 of each class, were set apart to test on." in found.notes[1]


def test_one_picture_of_a_class_cannot_be_split(folder):
    write_pictures(folder, halves=("",))
    (folder / "digits/3").mkdir()
    Image.fromarray(DIGITS[0]).save(folder / "digits/3/a.png")
    with pytest.raises(ConfigurationError, match="class 3 has one picture; expected two or more"):
        imported(images="digits")


def test_several_pages_are_named(folder):
    write_pictures(folder)
    pages = [Image.fromarray(image) for image in DIGITS[:2]]
    pages[0].save(folder / "digits/train/0/zz.tif", save_all=True, append_images=pages[1:])
    assert "Of several pages the first is used: train/0/zz.tif." in imported(images="digits").notes


def test_the_home_folder_may_be_written_as_a_tilde(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    write_idx()
    write_pictures(folder)
    paths = {key: [f"~/{path}" for path in each] for key, each in PATHS.items()}
    assert imported(**paths, classes=NAMES).images["train"].shape == (60, 28, 28)
    assert imported(images="~/digits").images["train"].shape == (60, 28, 28)


def test_copies_are_said_and_what_they_mean():
    files = [("a", "0", "train", 0), ("a", "1", "train", 0), ("b", "2", "train", 0)]
    files += [("b", "3", "test", 0), ("c", "4", "train", 0), ("c", "5", "train", 1)]
    classes, splits, rest = copies.notes([copies.Picture(*each) for each in files])
    assert "in several classes, byte for byte, so that a label is wrong: 1 (4 = 5)." in classes
    assert "so that the test is easier than it should be: 1 (2 = 3)." in splits
    assert "in their class more than once, byte for byte: 1 (0 = 1)." in rest
    assert copies.notes([copies.Picture(*each) for each in files[::2]]) == []
