"""A user's own images are imported as people expect, or refused by name before anything trains."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.data import idx
from handwritten.data.generated import draw
from handwritten.own_images import copies, importing, own_data, own_pictures
from handwritten.own_images.class_names import UnusableFolderError

LABELS = np.arange(60, dtype=np.uint8) % 3
DIGITS = draw(LABELS, np.random.default_rng(0)).reshape(-1, 28, 28)
NAMES = ["zero", "one", "two"]
PATHS = {"images": ["x.idx", "test-x.idx"], "labels": ["y.idx", "test-y.idx"]}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"images": "digits", "first_label": 1}, "first_label is for IDX files only: remove it"),
        ({"images": "digits", "orientation": "transposed"}, "orientation is for IDX files only"),
        (PATHS | {"classes": NAMES, "size": [9, 9]}, "size is for pictures only: remove it"),
        (PATHS | {"classes": NAMES, "prepare": "mnist"}, "prepare is for pictures only"),
        (PATHS, "lacks the key classes, the names of the labels"),
        (PATHS | {"classes": NAMES, "ground": "white"}, "allowed: auto or dark or light"),
    ],
)
def test_keys_that_do_not_fit_together_are_refused(folder, more, said):
    write_idx()
    write_pictures(folder)
    with pytest.raises(ConfigurationError, match=said):
        imported(**more)


def test_all_pictures_that_cannot_be_read_are_named_at_once(folder):
    write_pictures(folder)
    path = folder / "digits/train/0/00.png"
    for name, content in {"a.jpg": b"", "b.jpg": b"", "c.png": b"x"}.items():
        path.with_name(name).write_bytes(content)
    Image.new("1", (30_000, 20_000)).save(path.with_name("d.png"))
    with pytest.raises(ConfigurationError) as refused:
        imported(images="digits")
    assert str(refused.value) == (
        "config: dataset: digits has 4 pictures that cannot be used: train/0/a.jpg, train/0/b.jpg "
        "(2 files, each is empty); train/0/c.png (is not a readable picture); train/0/d.png (has "
        "30,000 x 20,000 pixels; allowed: at most 50,000,000 in all); replace or remove what is "
        "named here"
    )
    assert refused.value.path == ("dataset", "images")


def test_pictures_whose_pixels_cannot_be_read_are_named_at_once(folder):
    write_pictures(folder, [np.kron(image, np.ones((9, 9), np.uint8)) for image in DIGITS])
    for name in ("00", "03"):
        path = folder / f"digits/train/0/{name}.png"
        path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnusableFolderError, match=r"2 pictures .*train/0/00.png, train/0/03.png"):
        imported(images="digits")


def test_a_picture_on_which_nothing_is_to_be_seen_is_named(folder):
    write_pictures(folder)
    Image.new("L", (1, 1)).save(folder / "digits/test/2/02.png")
    said = "All pixels are alike, so nothing is to be seen on them: test/2/02.png."
    assert said in imported(images="digits").notes


def test_copies_are_said_and_what_they_mean():
    files = [("a", "0", "train", 0), ("a", "1", "train", 0), ("b", "2", "train", 0)]
    files += [("b", "3", "test", 0), ("c", "4", "train", 0), ("c", "5", "train", 1)]
    classes, splits, rest = copies.notes([copies.Picture(*each) for each in files])
    assert "in several classes, byte for byte, so that a label is wrong: 1 (4 = 5)." in classes
    assert "so that the test is easier than it should be: 1 (2 = 3)." in splits
    assert "in their class more than once, byte for byte: 1 (0 = 1)." in rest
    assert copies.notes([copies.Picture(*each) for each in files[::2]]) == []


@pytest.mark.parametrize(
    ("images", "said", "key"),
    [
        ("nowhere", r"nowhere cannot be read: No such .*looked for as /.*/nowhere, as", ["images"]),
        ("~/nowhere", r"~/nowhere cannot .*; it was looked for as /[^~]*/nowhere$", ["images"]),
        ("/nowhere", "/nowhere cannot be read: No such file or directory$", ["images"]),
        ("https://x.org/a.zip", "a.zip is an address: download and unpack it first", ["images"]),
        ("digits.zip", "digits.zip is a file: unpack it, and name the folder", ["images"]),
        ("x.idx", "x.idx is a file: expected a folder of pictures by class; of IDX", ["images"]),
        (["x.idx", "y"], "y cannot be read: No such file", ["images", 1]),
        ("digits/train/0", "has 0 folders.*did you mean .*/digits .this one has", ["images"]),
        ("above", "has 1 folder; .*did you mean above/digits?", ["images"]),
    ],
)
def test_what_is_not_where_the_images_are_is_said_at_that_line(folder, images, said, key):
    write_idx()
    write_pictures(folder)
    (folder / "digits.zip").write_bytes(b"PK")
    (folder / "above").mkdir()
    (folder / "above/digits").symlink_to(folder / "digits")
    own = {"images": images} if isinstance(images, str) else PATHS | {"images": images}
    with pytest.raises(ConfigurationError, match=said) as refused:
        imported(**own, **({} if isinstance(images, str) else {"classes": NAMES}))
    assert refused.value.path == ("dataset", *key)
