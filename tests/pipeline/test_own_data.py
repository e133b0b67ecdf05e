"""A user's own images, from a configuration file alone: 32 x 32 pixels, or oblong, four classes."""

import base64
import json
import os
import re
import shutil
import zipfile
import zlib

import numpy as np
import pytest
from own_data import CLASSES, IDX, PNG, with_data_set, write_data
from PIL import Image
from project import Project

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.data import idx

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def own(shared):
    def build(folder):
        project = with_data_set(folder, IDX)
        write_data(folder / "data")
        (folder / "data/small.idx").write_bytes(idx.encode(np.zeros((2, 30, 32), np.uint8)))
        project.snakemake()

    return shared("own", build)


def summary(project):
    return json.loads((project.folder / "results/shapes/summary.json").read_text())


def test_it_runs_to_the_page_and_learns(own):
    found = summary(own)
    assert (found["dataset"], found["classes"], found["fallback"]) == ("shapes", CLASSES, False)
    run = found["runs"]["phase2"]
    assert run["layer_dims"] == [1024, 128, 64, 4]
    assert (run["dev"]["n"], run["test"]["n"]) == (40, 100)
    assert run["test"]["accuracy"] > 0.9  # guessing has 0.25
    page = (own.folder / "results/shapes/report.html").read_text()
    assert all(f">{name}<" in page for name in CLASSES)
    assert "the original project" not in page  # which was told of MNIST
    assert '"image_shape":[32,32]' in page and 'width="32" height="32"' in page
    assert "Nothing to be done" in own.snakemake()


def test_oblong_pictures_are_learnt_distorted_and_shown(tmp_path):
    project = with_data_set(tmp_path / "project", PNG)
    config = project.config()
    moved = {"rotation": 5, "shift": 1, "elastic": 10, "test_time_shift": 1}
    config["runs"]["phase2"] |= moved
    project.write_config(config)
    write_data(project.folder / "data", (28, 40))
    notes = project.folder / "data/shapes/train/ring/notes.txt"
    notes.write_text("drawn with a ruler")
    notes.with_name(".DS_Store").touch()
    said = project.snakemake()
    assert "76 files in train, class ring: 75 used, 1 left out: train/ring/notes.txt (not a" in said
    assert "The images are dark on light; all were turned to light on dark." in said
    found = summary(project)
    assert (found["ground"], found["prepare"]) == ("light", "resize")
    run = found["runs"]["phase2"]
    assert run["layer_dims"] == [28 * 40, 128, 64, 4]
    assert run["test"]["accuracy"] > 0.9
    page = (project.folder / "results/shapes/report.html").read_text()
    assert '"image_shape":[28,40]' in page and 'width="40" height="28"' in page
    assert "not a picture: <code>train/ring/notes.txt</code>" in page
    assert "<li>The images are dark on light; all were turned to light on dark.</li>" in page
    said = project.predict("--dataset", "shapes", "data/test.idx")
    predicted = [line.split(",")[2] for line in said.splitlines()[1:]]
    right = [name == CLASSES[i // 25] for i, name in enumerate(predicted)]
    assert sum(right) / 100 == pytest.approx(run["test"]["accuracy"], abs=0.05)  # looked at once
    picture = "data/shapes/test/ring/003.png"  # is noisy, and taken as it is
    said = project.predict("--dataset", "shapes", picture)
    assert said.splitlines()[1].split(",")[:3] == [picture, "0", "ring"]


def test_pictures_in_folders_are_the_same_data(own, tmp_path):
    project = with_data_set(tmp_path / "project", PNG)
    shutil.copytree(own.folder / "data" / "shapes", project.folder / "data" / "shapes")
    project.snakemake("--until", "import_data")
    imported = [sorted(each.folder.glob("resources/shapes/*/*ubyte*")) for each in (own, project)]
    contents = [{path.name: path.read_bytes() for path in paths} for paths in imported]
    assert contents[0] == contents[1] and len(contents[0]) == 4
    picture = project.folder / "data/shapes/train/ring/003.png"
    os.utime(picture, (0, 0))
    assert "import_data" not in project.jobs()
    Image.new("L", (32, 32)).save(picture)
    assert project.jobs()["import_data"] == 1 and project.jobs()["report"] == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "mnist"}, "the name mnist is taken"),
        ({"name": "resources"}, "the name resources is taken"),
        ({"name": "Shapes"}, "dataset"),
        ({"images": ["data/train.idx", "nowhere.idx"]}, "nowhere.idx cannot be read: No such file"),
        ({"labels": ["data/train-labels.idx", "nowhere.idx"]}, "nowhere.idx cannot be read"),
        (
            {"images": ["data/train-labels.idx", "data/test.idx"]},
            "shape (300,); expected images",
        ),
        ({"images": ["config.yaml", "data/test.idx"]}, "found"),
        (
            {"images": ["data/train.idx", "data/small.idx"]},
            "training images of 32 x 32 pixels and test images of 32 x 30 pixels (width x height)",
        ),
        ({"images": "data/shapes"}, "images and labels do not fit together"),
        ({"classes": None}, "classes"),
        ({"classes": ["one"]}, "at least 2 long"),
        (
            {"images": "data", "labels": None, "classes": None},
            "data has 1 folder; expected one for each class, 2 to 1000; did you mean data/shapes",
        ),
        ({"images": "data/shapes", "labels": None, "classes": ["bar", "star"]}, "class star"),
    ],
)
def test_what_cannot_be_a_data_set_is_refused_before_anything_runs(own, monkeypatch, change, said):
    monkeypatch.chdir(own.folder)
    merged = {key: value for key, value in (IDX | change).items() if value is not None}
    with pytest.raises(ConfigurationError) as refused:
        configuration.validated(own.config() | {"dataset": merged})
    assert said in str(refused.value)


def test_numbers_that_are_another_data_set_s_are_refused(own, monkeypatch):
    monkeypatch.chdir(own.folder)
    config = own.config()
    config["runs"]["phase2"]["layer_dims"] = [784, 16, 10]
    with pytest.raises(ConfigurationError, match=r"begins with 1024 .* ends with 4"):
        configuration.validated(config)


def test_a_cut_off_picture_stops_the_import_and_is_named(own, tmp_path):
    project = own.clone(tmp_path / "clone")
    shutil.copytree(own.folder / "data", project.folder / "data")
    project.write_config(project.config() | {"dataset": PNG})
    picture = project.folder / "data/shapes/train/ring/007.png"
    picture.write_bytes(picture.read_bytes()[:-40])
    said = project.snakemake(status=1)
    assert "ring/007.png (is not a readable picture (image file is truncated" in said


def test_what_is_built_stays_usable_when_the_originals_have_moved(own, tmp_path):
    project = own.clone(tmp_path / "clone")  # without data
    said = project.snakemake()
    assert "Nothing to be done" in said
    assert "dataset: data/train.idx, data/test.idx, data/train-labels.idx" in said
    assert "cannot be found. What was imported from there is still in resources/shapes/" in said
    project.write_config(project.config() | {"dataset": IDX | {"ground": "light"}})
    assert "data/train.idx cannot be read: No such file" in project.snakemake(status=1)


def test_the_crate_of_own_images_runs_where_the_originals_are_not(own, tmp_path):
    project = own.clone(tmp_path / "clone")
    project.snakemake("crates")
    (path,) = project.folder.glob("results/shapes/crate/*/crate.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "unpacked")
    assert Project(tmp_path / "unpacked").jobs() == {"publish": 1}


def test_three_hundred_classes_one_test_image_and_a_single_row(tmp_path):
    names = [f"c{i}" for i in range(300)]
    project = Project.fresh(tmp_path / "project", dataset=IDX | {"classes": names}, dev_size=300)
    project.write_config(project.config() | {"report": ["phase1"]})
    labels = np.arange(900, dtype=np.int16) % 300 + 1
    images = np.random.default_rng(0).integers(0, 256, (900, 1, 9), np.uint8)
    (project.folder / "data").mkdir()
    for name, array in (("train", images), ("test", images[299:300])):
        (project.folder / f"data/{name}.idx").write_bytes(idx.encode(array))
    for name, array in (("train", labels), ("test", labels[299:300])):
        (project.folder / f"data/{name}-labels.idx").write_bytes(idx.encode(array))
    assert "The labels count from 1, which stands for c0." in project.snakemake()
    run = summary(project)["runs"]["phase1"]
    assert (run["layer_dims"][0], run["layer_dims"][-1], run["test"]["n"]) == (9, 300, 1)
    page = (project.folder / "results/shapes/report.html").read_text()
    packed = re.search(r'id="array-test-labels">([^<]+)<', page)[1]
    deflated = base64.b85decode(packed.translate(str.maketrans(",.:", "<>&")))
    assert np.frombuffer(zlib.decompress(deflated), "<u2").tolist() == [299]
