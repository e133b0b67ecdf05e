"""Whatever a path of the user's leads to, it is refused with a reason or named."""

import os
import re
import socket
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest
from fuzzing import within_a_second
from PIL import Image
from test_bad_pictures import REFUSALS, RUN

from handwritten import predict
from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.data import idx
from handwritten.download import fetching
from handwritten.io import reading
from handwritten.own_images import importing, own_data
from handwritten.plan.plan import Plan

pytestmark = pytest.mark.promise("bad input")

LONG, NOT_UTF_8 = "x" * 5000, os.fsdecode(b"\xff")


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> Path:
    """A folder with things that are not files, and a small data set of pictures and IDX files."""
    folder = tmp_path_factory.mktemp("places")
    os.mkfifo(folder / "pipe")
    (folder / "folder").mkdir()
    (folder / "loop").symlink_to("loop")
    (folder / "nowhere").symlink_to("nothing")
    (folder / "zeros").symlink_to("/dev/zero")
    (folder / "large").touch()
    os.truncate(folder / "large", 10**13)
    for split in ("train", "test"):
        labels = np.arange(40, dtype=np.uint8) % 2
        (folder / f"{split}.idx").write_bytes(idx.encode(np.zeros((40, 8, 8), np.uint8)))
        (folder / f"{split}-labels.idx").write_bytes(idx.encode(labels))
        for name in "ab":
            (folder / "pictures" / split / name).mkdir(parents=True)
            for i in range(8):
                Image.new("L", (8, 8)).save(folder / "pictures" / split / name / f"{i}.png")
    with chdir(folder):
        planned(PNG).steps.cache.save()
    return folder


IDX = {
    "name": "shapes",
    "images": ["train.idx", "test.idx"],
    "labels": ["train-labels.idx", "test-labels.idx"],
    "classes": ["a", "b"],
}


PNG = {"name": "shapes", "images": "pictures"}


KNOWN = Path("known.json")  # in the folder: what plans know of the code, which takes half a second


PLACES = [
    "pipe",
    "folder",
    "loop",
    "nowhere",
    "zeros",
    "/dev/full",
    "/proc/kmsg",
    "large",
    LONG,
    "a\0b",
    "a\nb",
]


def planned(data_set: dict) -> Plan:
    """The plan of a configuration with this data set."""
    runs = {"phase1": {"trainer": "phase1"}}
    config = {"dataset": data_set, "dev_size": 10, "runs": runs, "report": ["phase1"]}
    return Plan(configuration.validated(config), cache=KNOWN)


@pytest.mark.parametrize("place", PLACES)
def test_a_path_to_anything_but_a_sound_file_is_refused(place, places, monkeypatch):
    monkeypatch.chdir(places)
    with within_a_second():
        for data_set in (
            IDX | {"images": ["train.idx", place]},
            IDX | {"labels": [place, "test-labels.idx"]},
            PNG | {"images": place},
            PNG | {"classes": ["a", place]},
        ):
            with pytest.raises(ConfigurationError) as refused:
                planned(data_set)
            assert re.match(r"config: dataset.{1,900}\Z", str(refused.value))
        with pytest.raises(REFUSALS):
            predict.read_images(place, RUN)
        with pytest.raises(fetching.UnusableSourceError):
            fetching._copies(fetching.File("a.gz", 1, 1, "", None), place)


def test_a_socket_is_refused(places, monkeypatch):
    monkeypatch.chdir(places)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        with pytest.raises(reading.UnreadableFileError, match="socket cannot be read"):
            predict.read_images("socket", RUN)


@pytest.mark.parametrize("name", ["0.png", "last.png"])
@pytest.mark.parametrize("place", ["pipe", "folder", "loop", "nowhere", "zeros", "large"])
def test_a_picture_that_is_not_one_is_named_by_the_plan(place, name, places, monkeypatch):
    """One that is too large is refused, and whatever is not a file is left out."""
    monkeypatch.chdir(places)
    path = Path("pictures/train/b", name)
    whole = path.read_bytes() if path.exists() else None
    path.unlink(missing_ok=True)
    path.symlink_to(places / place)
    try:
        with within_a_second():
            if place == "large":
                with pytest.raises(ConfigurationError, match=rf"b/{name} \(has 10,000,000,"):
                    planned(PNG)
            else:
                ((left_out, why),) = own_data.listing(PNG)["left_out"]
                assert f"pictures/{left_out}" == str(path)
                links = ("a link to a folder", "a link to nothing", "not a file")
                assert why in links and planned(PNG)
    finally:
        path.unlink()
        if whole:
            path.write_bytes(whole)


@pytest.mark.parametrize("name", ["a\nb.png", NOT_UTF_8 + ".png", "n" * 250 + ".png", "A.PNG"])
def test_pictures_may_have_any_name(name, places, monkeypatch):
    monkeypatch.chdir(places)
    path = Path("pictures/train/b", name)
    Image.new("L", (8, 8), 9).save(path, format="PNG")
    try:
        assert own_data.contents(PNG)["train"]
        assert len(importing.import_all(PNG, {}).images["train"]) == 17
    finally:
        path.unlink()


@pytest.mark.parametrize("name", ["a\nb", NOT_UTF_8, "n" * 41])
def test_folders_of_classes_have_names_that_can_be_shown(name, places, monkeypatch):
    monkeypatch.chdir(places)
    folder = Path("pictures/train", name)
    folder.mkdir()
    try:
        with pytest.raises(ConfigurationError, match="at most 40 printable characters"):
            planned(PNG)
    finally:
        folder.rmdir()


def test_one_folder_is_not_two_classes(places, monkeypatch):
    """As for classes A and a where the system does not tell upper from lower case."""
    monkeypatch.chdir(places)
    with pytest.raises(ConfigurationError, match="a and pictures/train/a are one folder"):
        planned(PNG | {"classes": ["a", "./a"]})


def test_more_pixels_than_the_limit_are_refused_before_they_are_read(places, monkeypatch):
    monkeypatch.chdir(places)
    monkeypatch.setattr(reading, "MOST_DATA_BYTES", 100)
    with pytest.raises(ConfigurationError, match=r"16 images of 8 x 8 .* allowed: at most 100 "):
        planned(PNG)
    with pytest.raises(ConfigurationError, match="has 2,576 bytes; allowed: at most 100"):
        planned(IDX)
