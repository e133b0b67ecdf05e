"""A user's own images that cannot be used are refused by name before anything trains."""

import numpy as np
import pytest
from importing_images import DIGITS, NAMES, PATHS, imported, write_idx, write_pictures
from PIL import Image

from handwritten.config.messages import ConfigurationError
from handwritten.own_images.class_names import UnusableFolderError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
