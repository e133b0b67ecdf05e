"""What a trained run predicts for pictures and IDX files, asked from the command line."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys

import numpy as np
import photographs as made
import pytest
from PIL import Image

from handwritten import predict
from handwritten.data import idx
from handwritten.pictures import contact_sheet


@pytest.fixture
def test_images(built):
    """The test images uint8 (n, 28, 28), and the calibrated probabilities of phase 2 (n, 10)."""
    results = built.folder / "results/generated"
    (path,) = (built.folder / "resources/generated").glob("*/t10k-images*")
    (record,) = results.glob("train_phase2/*/model.npz")
    with np.load(record) as model:
        images = idx.read(path)
        a = images.reshape(len(images), -1).astype(np.float32) / np.float32(255)
        for l in range(1, len(model.files) // 2 + 1):
            a = a @ model[f"W{l}"] + model[f"b{l}"]
            a = np.maximum(a, 0) if f"W{l + 1}" in model else a
    summary = json.loads((results / "summary.json").read_text())
    a = a / summary["runs"]["phase2"]["temperature"]
    e = np.exp(a - a.max(axis=1, keepdims=True))
    return path, images, e / e.sum(axis=1, keepdims=True)


def rows(text: str) -> list[dict]:
    return list(csv.DictReader(io.StringIO(text)))


def test_an_idx_file_gets_the_run_s_own_answers(built, test_images):
    path, images, expected = test_images
    found = rows(built.predict("--dataset", "generated", path))
    assert len(found) == len(images)
    for i, (row, p) in enumerate(zip(found, expected, strict=True)):
        assert (int(row["image"]), row["label"]) == (i, str(p.argmax()))
        np.testing.assert_allclose([float(row[str(k)]) for k in range(10)], p, atol=2e-6)


@pytest.fixture
def said(built, monkeypatch, capsys):
    """`said(*arguments)`: the lines that it prints, and those on standard error."""
    monkeypatch.chdir(built.folder)

    def lines(*arguments) -> tuple[list[dict], list[str]]:
        predict.main([*map(str, arguments)])
        printed = capsys.readouterr()
        return rows(printed.out), printed.err.splitlines()

    return lines


def saved(path, grey):
    """The path of a picture with these grey levels."""
    Image.fromarray(grey).save(path)
    return path


def test_a_picture_is_predicted_as_the_image_on_it(said, test_images, tmp_path):
    """As it is, moved, and enlarged, as ink on paper, off the middle."""
    _, images, _ = test_images
    right = 0
    for i in range(20):
        image = np.pad(images[i], 4)
        forms = [np.roll(image, (4, -4), (0, 1)), 255 - image]
        forms += [255 - np.pad(np.kron(image, np.ones((5, 5), np.uint8)), ((0, 90), (60, 0)))]
        found, _ = said(*[saved(tmp_path / f"{i} {k}.png", form) for k, form in enumerate(forms)])
        assert len(found) == 3 and found[0]["label"] == found[1]["label"]
        right += found[2]["label"] == found[0]["label"]
    assert right >= 17  # the network of these tests learnt from 1,200 digits for a moment


def test_every_symbol_on_a_picture_has_a_line_in_reading_order(said, test_images, tmp_path):
    _, images, _ = test_images
    grey = made.with_digits(images[:5], np.random.default_rng(0)).astype(np.uint8)
    found, _ = said(saved(tmp_path / "five.png", grey))
    alone = [said(saved(tmp_path / "one.png", image))[0][0]["label"] for image in images[:5]]
    assert [row["image"] for row in found] == ["0", "1", "2", "3", "4"]
    assert sum(row["label"] == label for row, label in zip(found, alone, strict=True)) >= 4


@pytest.fixture
def threshold(monkeypatch):
    """threshold(value) makes it that of every run that is opened."""
    opened = predict.open_run

    def changed(value):
        monkeypatch.setattr(
            predict, "open_run", lambda *which: opened(*which)._replace(threshold=value)
        )

    return changed


def test_it_says_which_run_predicts_what_is_left_out_and_what_gets_no_answer(
    said, test_images, tmp_path, threshold
):
    grey = made.with_digit(test_images[1][0]).astype(np.uint8)
    path = saved(tmp_path / "digit.png", grey)
    threshold(0)
    (row,), notes = said(path)
    assert notes == ["predict: run phase2 of data set generated predicts"]
    assert row["answered"] == "yes"
    grey[3:6, 3:6] = 0
    declined = "would rather not answer: "
    for value in (1.1, None):
        threshold(value)
        (row,), (_, note) = said(saved(path, grey))
        found = f"predict: {path}: 1 speck left out; {declined}image 0 ({row['label']}"
        assert note.startswith(found) and row["answered"] == "no"
    rows, (_, note) = said(test_images[0])
    assert f"{declined}{len(rows)} images, the first one image 0 ({rows[0]['label']}, " in note


def test_it_answers_where_its_confidence_reaches_the_threshold(said, built, test_images):
    limit = predict.open_run("generated", None, built.folder / "results").threshold
    rows, _ = said(test_images[0])
    answered = [row["answered"] == "yes" for row in rows]
    assert answered == (test_images[2].max(axis=1) >= limit).tolist()
    assert 0 < sum(answered) < len(rows)


def test_probabilities_are_those_at_the_temperature_of_the_run(built, test_images):
    run = predict.open_run("generated", None, built.folder / "results")
    images = test_images[1].reshape(-1, 784)
    powers = predict.predict(images, run).astype(np.float64) ** (1 / run.temperature)
    found = np.array(list(predict.predictions(images, run)))
    np.testing.assert_allclose(found, powers / powers.sum(axis=1, keepdims=True), atol=1e-5)
    assert run.temperature != 1


def test_what_the_network_saw_is_shown(said, test_images, tmp_path, monkeypatch):
    path, images, _ = test_images
    monkeypatch.setattr(contact_sheet, "MOST", 3)
    _, notes = said(path, "--show", tmp_path / "seen")
    assert notes[-1] == f"predict: {tmp_path / 'seen'} shows the first 3 images"
    seen = np.asarray(Image.open(tmp_path / "seen"))
    gap, side = contact_sheet.GAP, 84
    first = seen[gap : gap + side, gap : gap + side]
    np.testing.assert_array_equal(first[1::3, 1::3], images[0])


def test_a_sheet_that_cannot_be_written_is_said_before_anything_else(said, test_images, tmp_path):
    with pytest.raises(SystemExit, match="none is not a folder: make it first"):
        said(test_images[0], "--show", tmp_path / "none/seen.png")
    with pytest.raises(SystemExit, match="cannot be written: Is a directory"):
        said(test_images[0], "--show", tmp_path)


def test_labels_have_their_umlauts():
    blank = np.zeros((84, 84), np.uint8)
    sheets = [np.asarray(contact_sheet.draw([(blank, label)])) for label in ("ü", "u", "u\u0308")]
    assert (sheets[0] != sheets[1]).any()
    np.testing.assert_array_equal(sheets[0], sheets[2])
    boxes = np.asarray(contact_sheet.draw([(blank, "\uffff")]))
    assert (sheets[0] != boxes).any()


@pytest.fixture
def two(built, tmp_path, monkeypatch):
    """A folder with the results of two data sets, of which the one of that name is newer:
    `two(name)`."""
    monkeypatch.chdir(tmp_path)
    for name in ("generated", "letters"):
        shutil.copytree(built.folder / "results/generated", f"results/{name}")

    def built_last(name):
        for path in (tmp_path / "results").glob("*/summary.json"):
            os.utime(path, (1000 + (path.parent.name == name),) * 2)

    return built_last


@pytest.mark.parametrize("name", ["generated", "letters"])
def test_the_data_set_that_was_built_last_predicts(two, name, test_images, monkeypatch):
    two(name)
    opened = []
    monkeypatch.setattr(predict, "read_run", lambda results, run: opened.append((results, run)))
    predict.open_run(None, "phase1")
    predict.open_run("generated", None)
    assert opened == [(predict.RESULTS / name, "phase1"), (predict.RESULTS / "generated", None)]
    with pytest.raises(predict.UnreadableError, match=r"mnist holds .*: there are generated, let"):
        predict.open_run("mnist", None)


def test_it_ends_without_a_word_when_nobody_reads_on(built, test_images):
    """As with `| head`."""
    command = [sys.executable, "-m", "handwritten.predict", *[str(test_images[0])] * 20]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=built.folder, **pipes) as process:
        assert process.stdout.readline().startswith("file,image,label")
        process.stdout.close()
        assert process.stderr.read() == "predict: run phase2 of data set generated predicts\n"
    assert process.returncode == 0


def plain_run(**settings) -> predict.Run:
    """A run without models, on images of 28 x 28."""
    return predict.Run("phase2", "x", ["0", "1"], (28, 28), [], **settings)


@pytest.mark.parametrize("ground", ["dark", "light"])
def test_pictures_as_a_run_was_trained_on_are_used_as_they_are(ground, tmp_path):
    grey = np.zeros((28, 28), np.uint8)
    grey[2:9, 3:5] = 130
    run = plain_run(ground=ground, centred=False)
    for picture in (grey, 255 - grey):
        images, notes = predict.read_images(str(saved(tmp_path / "a.png", picture)), run)
        np.testing.assert_array_equal(images, grey[None])
        assert notes == []
    large = str(saved(tmp_path / "a.png", np.pad(grey, 20)))
    assert predict.read_images(large, run).images[0].argmax() // 28 > 2  # centred
    assert predict.read_images(large, plain_run()).images[0].argmax() // 28 > 2


@pytest.mark.parametrize(
    ("size", "resized"), [((280, 560), True), ((300, 560), True), ((280, 280), False)]
)
def test_pictures_are_resized_as_those_that_a_run_was_trained_on(size, resized, tmp_path):
    grey = np.full(size, 255, np.uint8)
    grey[: size[0] // 2, 40:80] = 0
    run = plain_run(ground="light", centred=False, picture_shape=(100, 200))
    images, notes = predict.read_images(str(saved(tmp_path / "a.png", grey)), run)
    said = "resized to 28 x 28 pixels as a whole, as the training pictures were. Symbols were not"
    assert [note.startswith(said) for note in notes] == [True] * resized
    assert images.shape == (1, 28, 28) and images.max() == 255
    assert (images[0, :, :8].any() and not images[0, :, 8:].any()) == resized


def test_a_picture_for_a_data_set_of_one_symbol_each_has_one_line(tmp_path):
    grey = np.zeros((60, 90), np.uint8)
    grey[10:50, 10:16] = grey[10:50, 60:66] = 255  # as two strokes of hiragana
    path = str(saved(tmp_path / "a.png", grey))
    assert len(predict.read_images(path, plain_run(centred=False)).images) == 2
    assert len(predict.read_images(path, plain_run(centred=False, single=True)).images) == 1


def test_a_named_run_answers(built, test_images):
    path, *_ = test_images
    results = ["--dataset", "generated"]
    default = built.predict(*results, path)
    assert built.predict(*results, "--run", "phase2", path) == default
    assert built.predict(*results, "--run", "phase1", path) != default


def test_any_name_that_a_file_can_have_is_printed(
    built, test_images, tmp_path, monkeypatch, capsysbinary
):
    names = [tmp_path / "a\nb", tmp_path / os.fsdecode(b"\xff")]
    for name in names:
        shutil.copy(test_images[0], name)
    monkeypatch.chdir(built.folder)
    predict.main([*map(str, names)])
    printed = capsysbinary.readouterr().out
    assert printed.count(b'/a\nb",') == printed.count(b"/\xff,") > 0


def test_results_of_an_earlier_edition_are_said_to_be(tmp_path):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist/summary.json").write_text('{"schema": 1, "runs": {"phase1": {}}}')
    with pytest.raises(predict.UnreadableError, match="earlier edition of this program: run make"):
        predict.open_run(None, None, tmp_path)


def test_many_images_are_predicted_some_at_a_time(built, test_images, monkeypatch):
    run = predict.open_run("generated", "phase1", built.folder / "results")
    images = idx.read(test_images[0])[:7].reshape(7, -1)
    monkeypatch.setattr(predict, "BATCH", 3)
    found = np.stack(list(predict.predictions(images, run)))
    monkeypatch.setattr(predict, "BATCH", 100)
    np.testing.assert_allclose(found, list(predict.predictions(images, run)), atol=1e-6)


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"runs": {}}', '{"clear_ground": true, "runs": {"a": {}}}', "\0"]
)
def test_damaged_results_are_said_to_be_damaged(content, tmp_path):
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist/summary.json").write_text(content)
    with pytest.raises(predict.UnreadableError, match=r"is damaged .*: make verify says"):
        predict.open_run(None, None, tmp_path)


def test_what_cannot_be_read_is_said(built, tmp_path):
    results = ["--dataset", "generated"]
    cases = {
        "note.txt": (b"seven", "is not a readable"),
        "empty.png": (b"", "is empty: replace it"),
        "photo.jpg": (b"\0\0\0\x18ftypheic", "HEIC is not read: save it as PNG or JPEG"),
        "cut.png": (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a readable"),
        "float.idx": (idx.encode(np.zeros((2, 28, 28), np.float32)), "holds float32 of shape"),
        "small.idx": (idx.encode(np.zeros((2, 9, 9), np.uint8)), "28 rows and 28 columns"),
        "labels.idx": (idx.encode(np.zeros(5, np.uint8)), "28 rows and 28 columns"),
        "cut.idx": (idx.encode(np.zeros((2, 28, 28), np.uint8))[:99], "cut.idx"),
    }
    for name, (content, words) in cases.items():
        (tmp_path / name).write_bytes(content)
        assert words in built.predict(*results, tmp_path / name, status=1)
    Image.new("L", (50, 50), 255).save(tmp_path / "blank.png")
    assert "nothing is written" in built.predict(*results, tmp_path / "blank.png", status=1)
    assert "No such file" in built.predict(*results, tmp_path / "none.png", status=1)
    assert "there are phase1" in built.predict(*results, "--run", "phase3", "x", status=1)
    assert "there are generated" in built.predict("--dataset", "none", "x", status=1)


def test_where_nothing_was_built_it_says_so(tmp_path):
    with pytest.raises(predict.UnreadableError, match="holds no trained run: make trains one"):
        predict.open_run(None, None, tmp_path)
