"""The training of a learner's own network: what is right learns what phase 1 learns, however it is
written, and what goes wrong ends it with the line and the exercise."""

import time
import types
from pathlib import Path

import numpy as np
import pytest
from solving import SOURCES, exchanged, functions, with_function
from unusual import STYLES

import train_phase1
from handwritten.exercises import apart, own_code, phase1_training, phase2_training
from handwritten.exercises.learner import ExerciseError, Learner
from handwritten.io import files
from handwritten.randomness import generator

EXERCISES = Path(__file__).parents[2] / "exercises"
SETTINGS = {"seed": 1, "classes": 3, "hidden_units": 5, "initial_range": 0.5}
SETTINGS |= {"steps": 60, "learning_rate": 0.5}
PHASE2 = {"seed": 1, "layer_dims": [12, 8, 3], "batch_size": 16, "epochs": 6, "momentum": 0.9}
PHASE2 |= {"learning_rate": 0.1, "schedule": "cosine", "warmup": 0, "l2": 1e-4}
PHASE2 |= {"label_smoothing": 0.1}
RELU = "return np.maximum(z, 0)"


class Module:
    """In the place of a module that is imported."""


def samples(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of 12 pixels, of which four are bright in each of three classes."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    x = rng.integers(0, 128, (n, 12)) + 127 * (np.arange(12) // 4 == labels[:, None])
    return (x.astype(np.uint8)), labels


def trained(trainer, sources: dict[str, str], settings: dict, limit: float = 5.0):
    """The model, the snapshots and the messages of a training with these files."""
    file, messages = trainer.__name__.split(".")[-1].removesuffix("_training"), []
    module = Module()
    module.__dict__ = functions(sources)[file]
    train, dev = ((x.astype(np.float32) / 255, y) for x, y in (samples(200, 1), samples(50, 2)))
    train[0].flags.writeable = dev[0].flags.writeable = False
    learner = Learner(module, Path(f"tests/solved/{file}.py"), limit)
    model, snapshots = trainer.train(learner, settings, train, dev, messages.append)
    return model, snapshots, messages


def styles() -> list[dict[str, str]]:
    """The solved files, and each with a function of phase 1 in another style."""
    found = [SOURCES]
    for key, source in STYLES:
        if key.startswith("phase1."):
            sources = SOURCES
            for part in source.split("\n\n\n"):
                sources = with_function(sources, "phase1", part)
            found.append(sources)
    return found


def test_what_is_right_learns_what_phase_1_learns():
    splits = ({"x": x, "y": y} for x, y in (samples(200, 1), samples(50, 2)))
    right, history, _ = train_phase1.train(*splits, SETTINGS, generator(1, "initialisation"))
    for sources in styles():
        model, snapshots, messages = trained(phase1_training, sources, SETTINGS)
        rows = [message["row"] for message in messages if "row" in message]
        for ours, theirs in zip(model.values(), right, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=2e-3)
            assert ours.dtype == np.float32
        assert [row["step"] for row in rows] == [25, 50, 60]
        for key, value in history[-1].items():
            assert rows[-1][key] == pytest.approx(value, abs=0.01)
        assert snapshots["W1"].shape == (len(snapshots["after"]), 12, 5)


def test_phase_2_learns():
    model, snapshots, messages = trained(phase2_training, SOURCES, PHASE2)
    rows = [message["row"] for message in messages if "row" in message]
    assert list(model) == ["W1", "b1", "W2", "b2"]
    assert rows[-1]["dev_accuracy"] > 0.9 and rows[-1]["dev_loss"] < rows[0]["dev_loss"]
    assert rows[0]["learning_rate"] > 0.09 and rows[-1]["learning_rate"] < 0.01
    assert snapshots["after"][-1] == 6


@pytest.mark.parametrize(
    ("key", "old", "new", "says"),
    [
        ("relu", RELU, "return z @ z", "line 13, in relu: ValueError: .*\n.*\nThere z is"),
        ("relu", RELU, "raise NotImplementedError", "relu is not written yet: .*line 13"),
        ("relu", RELU, "z *= 0\n    return z + input", "in relu: TypeError"),
        ("forward", "a1 = relu", "x += 1\n    a1 = relu", "in forward: ValueError: .*read-only"),
        ("softmax", "e / e.sum", "(e - e) / (e - e).sum", "in step 1 there is NaN in what softmax"),
        (
            "step",
            "- learning_rate * dW1",
            "* 1e30",
            "in step 2 there is inf in W1, which step .* 4.87e",
        ),
        (
            "step",
            "return W1",
            "b1, b2 = b1 * np.nan, b2 / 0\n    return W1",
            "in step 1 .* b1, b2, wh",
        ),
        ("step", "return W1,", "return b1,", "in step: W1 has the shape \\(5,\\), expected \\(12"),
        ("step", "return W1, b1, W2, b2", "pass", "in step: it returned nothing"),
        ("step", "return W1", "while True: pass\n    return W1", "step had not ended after 0"),
        ("one_hot", "return y", "return y.T", "in one_hot: y has the shape"),
        ("cross_entropy", "p + 1e-12", "p * 0", "there is inf|there is NaN in J, which cross_e"),
        ("accuracy", "return np.mean(", "return (", "in accuracy: share has the shape"),
        ("accuracy", "return", "exit()\n    return", "in accuracy: SystemExit"),
    ],
)
def test_a_mistake_ends_it_with_its_place(key, old, new, says):
    sources = exchanged(f"phase1.{key}", old, new)
    with pytest.raises(ExerciseError, match=says):
        trained(phase1_training, sources, SETTINGS | {"steps": 3}, limit=0.2)


def test_what_is_slow_is_said_beforehand():
    slow = exchanged("phase1.relu", RELU, f"import time; time.sleep(0.02); {RELU}")
    settings = SETTINGS | {"steps": 3}
    *_, messages = trained(phase1_training, slow, settings)
    assert not any("slow" in message for message in messages)
    limit = phase1_training.limit
    module = types.SimpleNamespace(step=lambda z: module.relu(z), relu=lambda z: time.sleep(0.01))
    learner = Learner(module, Path("phase1.py"), 5.0)
    learner.seconds = 2.0
    assert limit(learner, 100, 500, ("step", 1), messages.append) == learner.limit == 2000
    said = messages[-1]["slow"]
    assert said.startswith("one step may take 3 minutes, and all 500 of them 28 hours. Most of it ")
    assert "is spent in relu." in said and "Ctrl+C ends it" in said


@pytest.fixture
def job(tmp_path):
    """`job(code)`: a small training, with this code in the place of ReLU's."""

    def made(code: str) -> dict:
        for file, text in exchanged("phase1.relu", RELU, code).items():
            (tmp_path / f"{file}.py").write_text(text)
        for split, n in (("train", 60), ("dev", 20)):
            x, y = samples(n, 1)
            files.write_arrays(tmp_path / f"{split}.npz", {"x": x, "y": y})
        paths = {split: str(tmp_path / f"{split}.npz") for split in ("train", "dev")}
        settings = SETTINGS | {"steps": 3}
        return paths | {"file": str(tmp_path / "phase1.py"), "settings": settings}

    return made


def test_a_process_of_its_own_brings_back_the_model(job):
    messages = []
    model, _, history = apart.train(job(f"print('hello'); {RELU}"), messages.append)
    assert model["W1"].shape == (12, 5) and history[-1]["step"] == 3
    assert [message["step"] for message in messages if "step" in message] == [1, 2, 3]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os._exit(0)", "has ended the training with status 0"),
        ("import os; os.kill(os.getpid(), 9)", r"the system has ended the training \(signal 9\)"),
        ("return z +* 2", "cannot be read:\n(.*\n)*SyntaxError"),
    ],
)
def test_a_process_that_ends_is_explained(job, code, says):
    with pytest.raises(ExerciseError, match=says):
        apart.train(job(code), print)


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("return z @ z", "`make exercises ARGS=phase1.relu` says more."),
        ("return (z * (z > 0)).tolist()", "'list' object(.*\\n)*.*ARGS=phase1.relu` says more."),
        (f"assert len(z) < 60\n    {RELU}", "`make exercises` finds nothing wrong: it shows only"),
        ("return z +* 2", "\n    return z \\+\\* 2\n.*\n.*invalid syntax$"),
    ],
)
def test_what_the_check_knows_of_it_is_said(job, code, says):
    with pytest.raises(ExerciseError, match=says):
        apart.train(job(code), print)


def test_what_is_wrong_in_phase_1_is_not_said_again_of_phase_2(job, tmp_path):
    given = job(RELU) | {"file": str(tmp_path / "phase2.py"), "settings": PHASE2}
    phase1 = tmp_path / "phase1.py"
    for text, says in (
        ("x = (", "uses phase1.py, which cannot be read"),
        ("", "does not have: ca"),
    ):
        phase1.write_text(text)
        with pytest.raises(ExerciseError, match=says):
            apart.train(given, print)
    phase1.unlink()
    with pytest.raises(ExerciseError, match=r"phase2.py uses phase1.py, which is missing\.$"):
        apart.train(given, print)


def test_a_missing_file_is_named_and_no_package(tmp_path):
    (tmp_path / "phase2.py").write_text(SOURCES["phase2"])
    assert "phase1" not in own_code.fingerprints(tmp_path / "phase2.py")["packages"]
    with pytest.raises(ExerciseError, match=r"phase1.py is missing\. `git checkout .*/phase1.py`"):
        own_code.require_written(tmp_path / "phase1.py")


def test_a_loop_that_catches_everything_is_ended(job, monkeypatch):
    monkeypatch.setattr(apart, "LIMIT", 1)
    monkeypatch.setattr(apart, "GRACE", 0)
    with pytest.raises(ExerciseError, match="a function has not ended after 1 seconds"):
        apart.train(job("while True:\n        pass"), print)


def test_what_is_not_written_is_known_without_running_it(tmp_path):
    assert len(own_code.not_written(EXERCISES / "phase1.py")) == 11
    assert own_code.not_written(tmp_path / "phase2.py")[0] == "he"
    file = tmp_path / "phase1.py"
    for text in (SOURCES["phase1"], "", "def relu(", "\0", "x = [" * 9999):
        file.write_text(text)
        assert own_code.not_written(file) == []
    file.write_text("def relu(z):\n    'text'\n    raise NotImplementedError\n")
    assert own_code.not_written(file) == ["relu"]
    with pytest.raises(ExerciseError, match="relu is not written yet"):
        own_code.require_written(file)


def test_code_is_known_by_what_it_does(tmp_path):
    file = tmp_path / "phase1.py"
    known = []
    for text in ("import numpy\n", "# why\nimport numpy\n", "import numpy, helper\n"):
        file.write_text(text)
        (tmp_path / "helper.py").write_text("x = 1\n")
        known.append(own_code.fingerprints(file))
    assert known[0] == known[1] != known[2]
    assert "numpy" in known[0]["packages"] and "helper" in known[2]["files"]
    for text in ("def relu(", "\0", "eval('1')", "x = [" * 9999, "#" * 300_000):
        file.write_text(text)
        known.append(own_code.fingerprints(file))
        assert set(known[-1]["files"]) == {"helper.py", "phase1.py"}
    assert len({str(each) for each in known}) == 7
