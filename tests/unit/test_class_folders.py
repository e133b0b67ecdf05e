"""A folder of pictures by class: every file is used, or named with a reason."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from handwritten.own_images import class_names
from handwritten.own_images.class_folders import find
from handwritten.own_images.class_names import UnusableFolderError
from handwritten.pictures import kinds


def picture(path: Path, size=(8, 8)) -> None:
    """Write a small picture, of the format that its name says or as PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    known = path.suffix.lower() in Image.registered_extensions()
    Image.new("L", size, 9).save(path, format=None if known else "PNG")


@pytest.fixture
def folder(tmp_path):
    """Two classes, with two pictures each for training and test."""
    for split in ("train", "test"):
        for name in "ab":
            for i in range(2):
                picture(tmp_path / split / name / f"{i}.png")
    return tmp_path


def left_out(folder) -> dict[str, str]:
    return left_out_of(find(folder, None))


def left_out_of(found) -> dict[str, str]:
    return {each.path: each.why for each in found.left_out}


def test_all_formats_are_used(folder):
    for suffix in ("jpg", "JPEG", "webp", "bmp", "tif", "TIFF", "gif", "ppm", "pgm", "none"):
        picture(folder / "train/a" / f"x.{suffix}")
    found = find(folder, None)
    assert len(found.splits["train"]) == 14 and not found.left_out
    assert found.sentences[0] == "12 files in train, class a: 12 used"


def test_what_is_left_out_is_named_and_counted(folder):
    (folder / "train/a/notes.txt").write_text("which pen")
    (folder / "train/a/zz.png").symlink_to("nothing")
    (folder / "train/b/photo.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    (folder / "train/index.csv").write_text("a,b")
    (folder / "validation/a").mkdir(parents=True)
    found = find(folder, None)
    assert left_out(folder) == {
        "train/a/notes.txt": "not a picture",
        "train/a/zz.png": "a link to nothing",
        "train/b/photo.HEIC": "HEIC is not read: save it as PNG or JPEG",
        "train/index.csv": "in no class's folder",
        "validation": "not one of the classes",
    }
    said = found.sentences
    assert said[0] == (
        "4 files in train, class a: 2 used, 2 left out: train/a/notes.txt (not a picture); "
        "train/a/zz.png (a link to nothing)"
    )
    assert said[-1].startswith("left out: validation (not one of the classes); train/index.csv")
    assert found.listing["used"] == {"train": [2, 2], "test": [2, 2]}


def test_hidden_files_are_skipped(folder):
    names = [
        ".ipynb_checkpoints/0.png",
        "@eaDir/a.jpg/thumb.jpg",
        "__MACOSX/a/0.png",
        ".DS_Store",
        "Thumbs.db",
    ]
    for name in [*names, "a/._0.png", "a/.DS_Store", "a/Thumbs.db", "a/__MACOSX/._0.png"]:
        path = folder / "train" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\0\5\x16\7")
    found = find(folder, None)
    assert found.classes == ["a", "b"] and not found.left_out
    assert len(found.splits["train"]) == 4


def test_folders_inside_that_of_a_class_belong_to_it(folder):
    picture(folder / "train/a/2023/may/0.png")
    picture(folder / "train/a/zz.png/0.png")  # a folder of this name
    (folder / "train/b/linked").symlink_to(folder / "train/a")
    assert len(find(folder, None).splits["train"]) == 6
    assert left_out(folder) == {"train/b/linked": "a link to a folder"}


def test_classes_are_sorted_as_people_count(folder, tmp_path):
    for name in ("10", "2", "0", "11", "1", "x9", "x10"):
        picture(tmp_path / "own" / name / "0.png")
    assert find(tmp_path / "own", None).classes == ["0", "1", "2", "10", "11", "x9", "x10"]


def test_halves_may_be_called_otherwise(folder):
    (folder / "train").rename(folder / "Training")
    (folder / "test").rename(folder / "testing")
    assert set(find(folder, None).splits) == {"train", "test"}


def test_only_the_wanted_classes_are_used(folder):
    picture(folder / "train/c/0.png")
    found = find(folder, ["b", "a"])
    assert [label for _, label in found.splits["train"]] == [0, 0, 1, 1]
    assert left_out_of(found) == {"train/c": "not one of the classes"}


def remove(folder):
    (folder / "test/b/0.png").unlink()
    (folder / "test/b/1.png").unlink()
    (folder / "test/b/notes.txt").write_text("-")


REFUSED = {
    "a class in one half": (
        lambda folder: picture(folder / "train/c/0.png"),
        "train has c, and .*test does not; expected a folder for each class in both",
    ),
    "a class in the other half": (
        lambda folder: picture(folder / "test/c/0.png"),
        "test has c, and .*train does not",
    ),
    "an empty class": (
        remove,
        r"test/b holds no picture, only test/b/notes.txt \(not a picture\); expected the pictures",
    ),
    "one half": (
        lambda folder: (folder / "test").rename(folder / "val"),
        "has a folder train and none called test; expected both, or neither",
    ),
    "two of one": (
        lambda folder: (folder / "testing").mkdir(),
        "holds test and testing; expected one of them",
    ),
    "a damaged picture": (
        lambda folder: (folder / "train/a/x.png").write_bytes(b"\x89PNG\r\n"),
        r"train/a/x.png \(is not a readable picture\); replace or remove",
    ),
    "an empty picture": (
        lambda folder: (folder / "train/a/x.jpg").touch(),
        r"train/a/x.jpg \(is empty\)",
    ),
    "a telephone's picture with another name": (
        lambda folder: (folder / "train/a/x.jpg").write_bytes(b"\0\0\0\x18ftypheic\0\0"),
        r"train/a/x.jpg \(cannot be used: HEIC is not read\)",
    ),
    "names that look the same": (
        lambda folder: picture(folder / "train/a /0.png"),
        "the folders 'a' and 'a ' differ only by spaces",
    ),
    "names that are stored otherwise": (
        lambda folder: [picture(folder / "train" / name / "0.png") for name in ("ü", "u\u0308")],
        r"the folders 'u\\u0308' and '\\xfc' differ only",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_meant_is_refused_by_name(folder, name):
    change, said = REFUSED[name]
    change(folder)
    with pytest.raises(UnusableFolderError, match=said):
        find(folder, None)


def test_one_reason_is_said_once(folder):
    for i in range(12):
        (folder / f"train/a/{i}.txt").write_text("which pen")
    said = find(folder, None).sentences[0]
    assert said.endswith("train/a/9.txt and 2 more (12 files, each not a picture)")


def test_names_that_differ_by_capital_letters_are_known():
    assert class_names.differ_by_case(["a", "B", "A", "c"]) == ["a", "A"]


def test_one_class_is_too_few(tmp_path):
    picture(tmp_path / "a/0.png")
    with pytest.raises(UnusableFolderError, match="has 1 folder; expected one for each class, 2"):
        find(tmp_path, None)


NAMES = st.sampled_from(["0.png", "1.JPG", "zz.png", "a b.gif", "notes.txt", "x", ".DS_Store"])
NAMES |= st.sampled_from(["._x.png", "Thumbs.db", "photo.heic", "x.svg", "ü.bmp"])
KINDS = st.sampled_from(["picture", "picture", "picture", "text", "dangling", "pipe", "folder"])
FOLDERS = st.sampled_from(["", "2023", "2023/may", "__MACOSX", ".ipynb_checkpoints"])
FILES = st.lists(st.tuples(st.sampled_from("ab"), FOLDERS, NAMES, KINDS), max_size=12)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(files=FILES, halves=st.booleans())
def test_files_in_are_files_used_and_files_named(tmp_path_factory, files, halves):
    """Over random trees of pictures, other files, links to nothing and pipes."""
    folder = tmp_path_factory.mktemp("tree")
    roots = [folder / "train", folder / "test"] if halves else [folder]
    for root in roots:
        for name in "ab":
            picture(root / name / "first.png")
    for name, inside, file, kind in files:
        make(roots[0] / name / inside / file, kind)
    there = {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if (path.is_symlink() or not path.is_dir()) and not hidden(path.relative_to(folder))
    }
    found = find(folder, None)
    used = [str(path.relative_to(folder)) for each in found.splits.values() for path, _ in each]
    named = [each.path for each in found.left_out]
    assert sorted(used + named) == sorted(there)
    assert sum(map(sum, found.listing["used"].values())) == len(used)


def make(path: Path, kind: str) -> None:
    """What a user may have under a name; nothing where another thing is in its way."""
    if path.exists() or path.is_symlink() or any(each.is_file() for each in path.parents):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        path.mkdir()
    elif kind == "dangling":
        path.symlink_to("nothing")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "text" and path.suffix.lower() not in kinds.SUFFIXES:
        path.write_text("text")
    else:
        picture(path)


def hidden(path: Path) -> bool:
    """Whether people do not see this file, or the folder that it is in."""
    return any(part[0] == "." or part in ("__MACOSX", "Thumbs.db") for part in path.parts)
