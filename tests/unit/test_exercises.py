"""The exercises' check: does it name mistakes rightly, let pass what is right, and never hang?"""

import itertools
import resource
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from solving import MADE, SOLVED, SOURCES, exchanged, functions, judged, with_function
from unusual import STYLES

from handwritten.exercises import judging, registry, report

ROOT = Path(__file__).parents[2]
ROWS = [(key, row) for key, rows in MADE.items() for row in rows]
KEYS = [exercise.key for exercise in registry.EXERCISES]
SECONDS = 3  # of processor time: what feedback may take


def ids(row: tuple) -> str:
    key, made = row
    return f"{key}: {made['mistake']}"


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_a_mistake_made_on_purpose_is_named(row):
    key, made = row
    found = judged(key, exchanged(key, made["right"], made["wrong"]))
    assert found.state in ("wrong", "crashed")
    assert report.mistake_name(found) == made["mistake"]


def test_mistakes_are_made_in_every_function():
    assert set(MADE) == set(KEYS)
    assert len(ROWS) > 200


@pytest.mark.parametrize("key", KEYS)
def test_what_is_right_passes(key):
    assert judged(key, SOURCES).state == "right"


@pytest.mark.parametrize(("key", "source"), STYLES, ids=range(len(STYLES)))
def test_what_is_right_in_an_unusual_way_passes(key, source):
    sources = SOURCES
    parts = source.split("\n\n\n")
    for part in parts:
        sources = with_function(sources, key.split(".")[0], part)
    # Several functions of one convention have to be right together, with all that use them.
    for each in [key] if len(parts) == 1 else KEYS[: KEYS.index("phase1.accuracy")]:
        found = judged(each, sources)
        assert (found.state, found.wrong, found.changed) == ("right", [], [])


@pytest.mark.parametrize("exercise", registry.EXERCISES, ids=lambda exercise: exercise.key)
def test_mistakes_differ_from_each_other_on_the_probes(exercise):
    """Two mistakes with the same numbers could never be named."""
    probes = exercise.probes(registry.STAND_INS)
    for kind, known in exercise.mistakes.items():
        ways = [(mistake.name, way) for mistake in known for way in mistake.ways]
        calls = [(name, probe) for probe in probes for name in probe.right]
        calls = [call for call in calls if call[0].rstrip("0123456789") == kind]
        assert calls
        given = [(name, [judging.outcome_of(way, *call) for call in calls]) for name, way in ways]
        given = [
            (name, outcomes) for name, outcomes in given if any(o is not None for o in outcomes)
        ]
        for (one, ours), (other, theirs) in itertools.combinations(given, 2):
            assert one == other or not alike(ours, theirs, exercise.tolerance), (one, other)


def alike(ours: list, theirs: list, tolerance: float) -> bool:
    """Whether two mistakes do the same in all calls in which they can be made."""
    pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None or b is not None]
    return all(a is not None and b is not None and judging.equal(a, b, tolerance) for a, b in pairs)


def run(folder: Path, *arguments: str) -> tuple[str, int, float]:
    """What the command prints, its status, and the processor's seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "handwritten.exercises", "--folder", str(folder), *arguments]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.stderr == ""
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = sum(getattr(after, key) - getattr(before, key) for key in ("ru_utime", "ru_stime"))
    return done.stdout, done.returncode, spent


def test_as_shipped_nothing_is_written_yet():
    printed, status, seconds = run(ROOT / "exercises")
    assert printed.count("not written yet") == len(KEYS) + 1
    assert "\none_hot is not written yet: line " in printed
    assert status == 0 and seconds < SECONDS


def test_all_right_is_said_in_time():
    printed, status, seconds = run(SOLVED)
    assert printed.count(" right\n") == len(KEYS)
    assert status == 0 and seconds < SECONDS


@pytest.fixture
def folder(tmp_path):
    """`folder(code)`: the solved files in a folder, with this code in the place of ReLU's."""

    def made(code: str) -> Path:
        for file, text in exchanged("phase1.relu", "return np.maximum(z, 0)", code).items():
            (tmp_path / f"{file}.py").write_text(text)
        return tmp_path

    return made


def test_an_endless_loop_ends_with_its_line(folder):
    printed, status, seconds = run(folder("while True:\n        z = z + 1"))
    assert "✗ relu              does not end" in printed
    assert "It did not end within the time limit. It was in relu, line " in printed
    assert "softmax" not in printed
    assert status == 1 and seconds < SECONDS


def test_an_endless_loop_before_the_exercise_that_is_asked_for_is_named(folder):
    printed, status, _ = run(folder("while True:\n        z = z + 1"), "softmax")
    assert "✗ relu              does not end" in printed
    assert "ended the whole process" not in printed and status == 1


LOOP = """def again():
        while True:
            pass

    while True:
        try:
            again()
        except BaseException:
            print("no")"""  # it catches the end of its time, too


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os; os._exit(0)", "relu ended the whole process"),
        ("import sys; sys.exit(0)", "SystemExit: 0"),
        ("import time; time.sleep(60)", "It was in relu, line "),
        (LOOP, "relu did not end in time"),
        ("return np.zeros((10**6, 10**5))", "MemoryError"),
        ("return z +* 2", "SyntaxError"),
        ("return z @ z", "There z is (3, 4)."),
    ],
)
def test_what_a_learner_s_code_may_do(folder, code, says):
    printed, status, seconds = run(folder(code), "relu")
    assert says in printed
    assert f"    {code}\n" in printed or "@" not in code
    assert status == 1 and seconds < SECONDS
    assert not list(folder(code).rglob("*.pyc"))


def test_one_exercise_alone_while_those_before_it_are_not_written(tmp_path):
    shipped = {file: (ROOT / f"exercises/{file}.py").read_text() for file in SOURCES}
    right = "def hidden_error(delta2, W2, a1):\n    return delta2 @ W2.T * (a1 > 0)"
    for file, source in with_function(shipped, "phase1", right).items():
        (tmp_path / f"{file}.py").write_text(source)
    printed, status, _ = run(tmp_path, "phase1.hidden_error", "softmax")
    assert "✓ hidden_error      right\n" in printed
    assert "· softmax           not written yet\n" in printed
    assert "relu" not in printed and status == 0


def test_an_output_error_without_1_over_n_is_right_with_a_note(tmp_path):
    for file, source in exchanged("phase1.output_error", " / len(p)", "").items():
        (tmp_path / f"{file}.py").write_text(source)
    printed, status, _ = run(tmp_path, "output_error")
    assert "✓ output_error      right: it is without 1/n, so the gradients need it\n" in printed
    assert status == 0
    assert "1/n" not in run(SOLVED, "output_error")[0]


def test_what_comes_next_is_said(folder):
    printed, _, _ = run(SOLVED, "relu")
    assert printed.endswith("\nRight. `make exercises` looks at all of them.\n\n")
    ours = folder("return np.maximum(z, 0)")
    (ours / "phase2.py").write_text((ROOT / "exercises/phase2.py").read_text())
    printed, _, _ = run(ours)
    assert (
        "trains it, and shows it on a page.\nphase2.py comes next." in printed
        and "\nhe is not" in printed
    )
    printed, _, _ = run(folder("return z"), "softmax")
    assert "make mine" not in printed


def test_a_missing_file_is_named_and_phase_2_says_no_more(tmp_path):
    (tmp_path / "phase2.py").write_text(SOURCES["phase2"])
    printed, status, _ = run(tmp_path)
    assert "phase1.py is missing. `git checkout " in printed and status == 1
    assert "· one_hot           the file is missing" in printed
    printed, _, _ = run(tmp_path, "phase2")
    assert "phase2.py uses phase1.py, which is missing." in printed and "Error" not in printed


def test_an_unknown_exercise_is_refused():
    printed, status, _ = run(SOLVED, "sofmax")
    assert "no exercise 'sofmax'; there are phase1.one_hot, " in printed
    assert status == 1


def text(key: str, old: str, new: str) -> str:
    """What a learner reads of a function with `old` exchanged."""
    sources = exchanged(key, old, new)
    file, name = key.split(".")
    function = functions(sources)[file][name]
    return "\n".join(report.described(judged(key, sources), function, f"{file}.py"))


def test_the_report_of_a_wrong_number():
    said = text("phase1.softmax", "e.sum(axis=1, keepdims=True)", "e.sum()")
    assert "called      softmax(z), ordinary numbers" in said
    assert "came        p (7, 4):" in said
    assert "expected    p (7, 4):" in said
    assert "differs     28 of 28 numbers differ, the first p[0, 0]: it is 0.03" in said
    assert "right       The shape (7, 4)." in said
    assert "looks like  The sum in softmax is over all numbers of the batch" in said


def test_the_report_names_nan_and_says_what_is_right_already():
    said = text("phase1.softmax", "z - z.max(axis=1, keepdims=True)", "z")
    assert "All is right with ordinary numbers" in said
    assert "There is NaN in p" in said


def test_the_report_of_an_unknown_mistake_names_what_cannot_be():
    said = text("phase1.cross_entropy", "return -np.sum", "return -20 - np.sum")
    assert "A loss cannot be negative" in said
    assert "No single mistake that this check knows" in said
    assert "looks like" not in said


def test_prints_are_shown_and_bounded():
    said = text(
        "phase1.relu", "return", 'print("here", z.shape)\n    print("-" * 10**7)\n    return 2 *'
    )
    assert "printed     here (3, 4)" in said
    assert len(said) < 5000


def test_one_function_that_calls_another_which_is_not_written():
    sources = with_function(
        SOURCES, "phase1", 'def relu(z):\n    raise NotImplementedError("relu is not written yet")'
    )
    found = judged("phase1.forward", sources)
    said = report.described(found, functions(sources)["phase1"]["forward"], "phase1.py")
    assert found.state == "not written"
    assert said[0].startswith("forward calls relu, which is not written yet: line ")


def test_the_original_project_s_functions_are_right_answers():
    """train_phase1.py sums over the images, and divides by their number at the end."""
    import train_phase1

    names = functions(SOURCES)["phase1"]
    rng = np.random.default_rng(0)
    x, labels = rng.random((7, 6)).astype(np.float32), rng.integers(0, 4, 7)
    parameters = [rng.standard_normal(shape) for shape in ((6, 5), 5, (5, 4), 4)]
    y = names["one_hot"](labels, 4)
    assert (y == train_phase1.one_hot(labels, 4)).all()
    for ours, theirs in zip(
        names["step"](x, y, *parameters, 0.1),
        train_phase1.full_batch_gradients(x, y, *parameters),
        strict=True,
    ):
        before = next(each for each in parameters if each.shape == theirs.shape)
        np.testing.assert_allclose(ours, before - 0.1 * theirs, rtol=1e-5)
    a1, p = names["forward"](x, *parameters)
    np.testing.assert_allclose(a1, train_phase1.forward(x, *parameters)[0])
    expected = train_phase1.cross_entropy(p, y) / len(x)
    assert names["cross_entropy"](p, y) == pytest.approx(expected)
