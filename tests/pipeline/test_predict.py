"""What a trained run reads in pictures and IDX files, asked from the command line."""

import csv
import io
import os
import shutil

import numpy as np
import pytest
from PIL import Image

from handwritten import predict
from handwritten.data import idx


@pytest.fixture
def test_images(built):
    """The test images uint8 (n, 28, 28), and what phase 2 answered to them (n, 10)."""
    results = built.folder / "results/generated"
    (path,) = (built.folder / "resources/generated").glob("*/t10k-images*")
    (record,) = results.glob("train_phase2/*/model.npz")
    with np.load(record) as model:
        images = idx.read(path)
        a = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
        for l in range(1, len(model.files) // 2 + 1):
            a = a @ model[f"W{l}"] + model[f"b{l}"]
            a = np.maximum(a, 0) if f"W{l + 1}" in model else a
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return path, images, e / e.sum(axis=1, keepdims=True)


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def test_an_idx_file_gets_the_run_s_own_answers(built, test_images):
    path, images, expected = test_images
    found = rows(built.predict("--results", "results/generated", path))
    assert len(found) == len(images)
    for i, (row, p) in enumerate(zip(found, expected, strict=True)):
        assert (int(row["image"]), row["label"]) == (i, str(p.argmax()))
        np.testing.assert_allclose([float(row[str(k)]) for k in range(10)], p, atol=2e-6)


def test_pictures_are_read(built, test_images, tmp_path):
    """As they are, and enlarged, as ink on paper, off the middle."""
    _, images, expected = test_images
    paths, right = [], 0
    for i in range(30):
        same, large = tmp_path / f"{i}.png", tmp_path / f"{i} large.png"
        Image.fromarray(images[i]).save(same)
        paper = np.pad(255 - np.kron(images[i], np.ones((5, 5), np.uint8)), ((0, 90), (60, 0)))
        paper[140:], paper[:, :60] = 255, 255
        Image.fromarray(paper).save(large)
        paths += [same, large]
    found = rows(built.predict("--results", "results/generated", *paths))
    for i, (same, large) in enumerate(zip(found[::2], found[1::2], strict=True)):
        assert same["label"] == str(expected[i].argmax())
        right += large["label"] == same["label"]
    assert right >= 24  # of 30; the network of these tests learnt from 1,200 digits for a moment


def test_a_named_run_answers(built, test_images):
    path, *_ = test_images
    results = ["--results", "results/generated"]
    default = built.predict(*results, path)
    assert built.predict(*results, "--run", "phase2", path) == default
    assert built.predict(*results, "--run", "phase1", path) != default


def test_any_name_that_a_file_can_have_is_printed(built, test_images, tmp_path, capsysbinary):
    names = [tmp_path / "a\nb", tmp_path / os.fsdecode(b"\xff")]
    for name in names:
        shutil.copy(test_images[0], name)
    results = str(built.folder / "results/generated")
    predict.main(["--results", results, *map(str, names)])
    printed = capsysbinary.readouterr().out
    assert printed.count(b'/a\nb",') == printed.count(b"/\xff,") > 0


def test_many_images_are_predicted_some_at_a_time(built, test_images, monkeypatch):
    run = predict.open_run(built.folder / "results/generated", "phase1")
    images = idx.read(test_images[0])[:7].reshape(7, -1)
    monkeypatch.setattr(predict, "BATCH", 3)
    found = np.stack(list(predict.predictions(images, run)))
    np.testing.assert_allclose(found, predict.predict(images, run), atol=1e-6)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"runs": {}}', '{"runs": {"a": {}}}', "\0"])
def test_damaged_results_are_said_to_be_damaged(content, tmp_path):
    (tmp_path / "summary.json").write_text(content)
    with pytest.raises(predict.UnreadableError, match=r"is damaged .*: make verify says"):
        predict.open_run(tmp_path, None)


def test_what_cannot_be_read_is_said(built, tmp_path):
    results = ["--results", "results/generated"]
    cases = {
        "note.txt": (b"seven", "neither a PNG picture nor an IDX file"),
        "empty.png": (b"", "neither a PNG picture nor an IDX file"),
        "cut.png": (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a readable PNG"),
        "small.idx": (idx.encode(np.zeros((2, 9, 9), np.uint8)), "28 x 28 bytes"),
        "labels.idx": (idx.encode(np.zeros(5, np.uint8)), "28 x 28 bytes"),
        "cut.idx": (idx.encode(np.zeros((2, 28, 28), np.uint8))[:99], "cut.idx"),
    }
    for name, (content, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        assert words in built.predict(*results, tmp_path / name, status=1)
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    assert "nothing is written" in built.predict(*results, tmp_path / "blank.png", status=1)
    assert "No such file" in built.predict(*results, tmp_path / "none.png", status=1)
    assert "there are phase1" in built.predict(*results, "--run", "phase3", "x", status=1)
    assert "make trains them" in built.predict("--results", tmp_path, "x", status=1)
