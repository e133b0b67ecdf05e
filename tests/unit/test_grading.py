"""The check of submissions whose code is not trusted: every verdict right, and nothing touched."""

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hostile import RIGHT, WITHOUT_RELU, submissions
from solving import MADE, SOURCES, exchanged

from handwritten.exercises import course, grading, registry, remote
from handwritten.exercises import submissions as folder_of
from handwritten.io import reading
from handwritten.page import grades

# One mistake in each of some functions that no other one uses.
MADE_FEW = [(key, MADE[key][0]) for key in ("phase1.accuracy", "phase2.he", "phase2.batches")]
ROOT = Path(__file__).parents[2]
CHEAP = ("memory", "everything", "end", "forged", "patched", "library", "text")
PHASE1 = [exercise.key for exercise in registry.EXERCISES if exercise.file == "phase1"]
# The structure that Classroom 50 documents for result.json (schemas/result-v1.schema.json there).
RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "classroom", "assignment", "assignment_type", "owner", "submission"]
    + ["commit", "release", "review", "datetime", "score", "max-score", "tests"],
    "properties": {
        "schema": {"const": "classroom50/result/v1"},
        "assignment_type": {"enum": ["individual", "group"]},
        "submission": {"type": "string", "pattern": "^submit/"},
        "datetime": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT[012]\d:[0-5]\d:[0-5]\dZ$"},
        "score": {"type": "integer", "minimum": 0},
        "max-score": {"type": "integer", "minimum": 0},
        **{
            key: {"type": "string", "minLength": 1}
            for key in ("classroom", "assignment", "owner", "commit", "release", "review")
        },
        "tests": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["test-name", "passed", "score", "max-score"],
                "properties": {
                    "test-name": {"type": "string", "minLength": 1},
                    "passed": {"type": "boolean"},
                    "score": {"type": "integer", "minimum": 0},
                    "max-score": {"type": "integer", "minimum": 0},
                },
            },
        },
    },
}
VARIABLES = {
    "CLASSROOM": "cs",
    "ASSIGNMENT": "network",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "alice",
    "SUBMISSION_TAG": "submit/2026-06-01T14-32-05Z-a1b2c3d",
    "COMMIT_URL": "https://example.org/commit/1",
    "RELEASE_URL": "https://example.org/release/1",
}


def checked(folder: Path, **files: str) -> dict[str, dict]:
    """The verdicts on these files, by exercise."""
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8", errors="surrogatepass")
    return {verdict["exercise"]: verdict for verdict in grading.verdicts(folder)}


def states(verdicts: dict[str, dict]) -> dict[str, int]:
    """How many exercises of phase 1 have each state."""
    found = [verdicts[key]["state"] for key in PHASE1]
    return {state: found.count(state) for state in found}


def test_what_is_right_is_right_and_mistakes_have_their_names(tmp_path):
    found = checked(tmp_path / "right", **SOURCES)
    assert {verdict["state"] for verdict in found.values()} == {"right"}
    sources = dict(SOURCES)
    for key, row in MADE_FEW:
        file = key.split(".")[0]
        sources[file] = exchanged(key, row["right"], row["wrong"], sources)[file]
    found = checked(tmp_path / "wrong", **sources)
    for key, row in MADE_FEW:
        assert (found[key]["state"], found[key]["mistake"]) == ("wrong", row["mistake"])
        assert any(line.startswith(("looks like", "look at")) for line in found[key]["lines"])


def try_it(tmp_path: Path, name: str) -> None:
    """One hostile submission: the verdicts, and what is outside."""
    victim, made = tmp_path / "victim/kept.txt", tmp_path / "made"
    victim.parent.mkdir()
    victim.write_text("kept")
    text, state = submissions(victim, made)[name]
    found = checked(tmp_path / "submission", phase1=text)
    assert found["phase1.relu"]["state"] == state
    assert found["phase2.he"]["state"] == "missing"
    counts = states(found)
    if state == "unreadable":
        assert counts == {state: len(PHASE1)}
    else:
        assert counts["right"] == (len(PHASE1) if state == "right" else WITHOUT_RELU)
    assert victim.read_text() == "kept" and not made.exists()
    text = json.dumps(found, ensure_ascii=False)
    assert text.encode() and "\x1b" not in text and "\u202e" not in text


@pytest.mark.promise("submissions")
@pytest.mark.parametrize("name", CHEAP)
def test_a_hostile_submission_harms_nothing(tmp_path, name):
    try_it(tmp_path, name)


@pytest.mark.slow
@pytest.mark.full
@pytest.mark.promise("submissions")
@pytest.mark.parametrize(
    "name", [name for name in submissions(Path(), Path()) if name not in CHEAP]
)
def test_other_hostile_submissions_harm_nothing_either(tmp_path, name):
    try_it(tmp_path, name)


def test_phase_2_alone_says_that_phase_1_is_missing(tmp_path):
    found = checked(tmp_path / "phase2", phase2=SOURCES["phase2"])
    assert "No module named 'phase1'" in "\n".join(found["phase2.he"]["lines"])


def test_what_waits_is_ended_and_what_is_left_is_not_checked(tmp_path, monkeypatch):
    monkeypatch.setattr(remote, "WALL", 0.7)
    monkeypatch.setattr(grading, "SECONDS", 0.5)
    asleep = RIGHT.replace("return y\n", "import time; time.sleep(60)\n")
    found = checked(tmp_path / "asleep", phase1=asleep)
    assert states(found)["stopped"] >= 9
    assert "used up the time" in found["phase1.step"]["lines"][0]


RESTRICTED = """
import sys
sys.path.insert(0, {library!r})
from handwritten.exercises import runner
if runner.restrict_by_the_system([{readable!r}]):
    assert open({readable!r} + "/a").read() == "a"
    for action in (
        lambda: open({readable!r} + "/a", "w"),
        lambda: open({outside!r}),
        lambda: __import__("os").remove({outside!r}),
        lambda: __import__("os").kill(__import__("os").getppid(), 0),
        lambda: __import__("os").execv("/bin/true", ["true"]),
    ):
        try:
            action()
        except PermissionError:
            continue
        sys.exit("allowed")
    print("refused")
else:
    print("unknown")
"""


def test_the_system_itself_refuses_where_it_can(tmp_path):
    """Without the help of Python's own hook."""
    (tmp_path / "in").mkdir()
    for name in ("in/a", "b"):
        (tmp_path / name).write_text("a")
    library = str(ROOT / "workflow/scripts")
    paths = {"library": library, "readable": str(tmp_path / "in"), "outside": str(tmp_path / "b")}
    code = RESTRICTED.format(**paths)
    done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True)
    assert done.stdout.strip() in ("refused", "unknown"), done.stderr
    assert (tmp_path / "b").exists()


def test_submissions_are_found_in_every_form_and_by_what_they_hold(tmp_path):
    for name in ("Müller Anna", "-rf", "=1+1", "repository/exercises", "empty", ".git"):
        (tmp_path / "in" / name).mkdir(parents=True)
    for name in ("Müller Anna/phase1.py", "-rf/phase2.py", "repository/exercises/phase1.py"):
        (tmp_path / "in" / name).write_text("x = 1")
    for name in ("o_neill_phase1.py", "o_neill_phase2.py", "empty phase1.py", "notes.txt"):
        (tmp_path / "in" / name).write_text("x = 2")
    os.mkdir(os.fsencode(tmp_path / "in") + b"/\xff\n")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "in/-rf/phase1.py").symlink_to(tmp_path / "secret")
    (tmp_path / "in/link").symlink_to(tmp_path / "in/Müller Anna")
    os.mkfifo(tmp_path / "in/=1+1/phase1.py")
    (tmp_path / "in/=1+1/phase2.py").write_bytes(b"#" * 300_000)
    found, others = folder_of.find(tmp_path / "in")
    names = ["-rf", "=1+1", "??", "empty", "empty (2)", "link", "Müller Anna", "o_neill"]
    assert [each.name for each in found] == [*names, "repository"]
    assert others == ["notes.txt"]
    known = {each.name: folder_of.described(each.files) for each in found}
    assert "link" in known["-rf"]["phase1.py"]["problem"]
    assert "link" in known["link"]["phase1.py"]["problem"]
    assert "not a regular file" in known["=1+1"]["phase1.py"]["problem"]
    assert "at most 200,000" in known["=1+1"]["phase2.py"]["problem"]
    assert known["Müller Anna"] == known["repository"] != {}
    assert set(known["o_neill"]) == {"phase1.py", "phase2.py"}
    with pytest.raises(reading.UnreadableFileError):
        folder_of.find(tmp_path / "nothing")


def student(name: str, **changes: dict) -> grades.Student:
    """A submission of which all is right but for these exercises."""
    right = {"state": "right", "mistake": None, "lines": []}
    verdicts = [{"exercise": e.key} | right | changes.get(e.name, {}) for e in registry.EXERCISES]
    return grades.Student(name, f"version of {changes}", verdicts)


def test_tables_and_page_hold_every_submission(tmp_path):
    wrong = {"state": "wrong", "mistake": "sign", "lines": ["<script>alert(1)</script>"]}
    crashed = {"state": "crashed", "mistake": None, "lines": ["boom"]}
    students = [
        student("=cmd()"),
        student("<b>"),
        student("one", relu=wrong, step=crashed),
        student("two", relu=wrong),
    ]
    rows = grades.table(students)
    assert [row["submission"] for row in rows] == ["'=cmd()", "<b>", "one", "two"]
    assert rows[2]["phase1.relu"] == "wrong: sign" and rows[2]["right"] == 16
    assert grades.mistakes(students) == [
        {"exercise": "phase1.relu", "mistake": "sign", "submissions": 2},
        {"exercise": "phase1.step", "mistake": "not recognised", "submissions": 1},
    ]
    html = grades.page(students, ["notes.txt"])
    assert "<b>:" not in html and "<script>alert" not in html
    assert "The same files, byte for byte, as &lt;b&gt;." in html
    assert "notes.txt" in html and html.count("<details") == 4


@pytest.mark.parametrize(("old", "new", "score"), [("", "", 11), ("p - y", "y - p", 9)])
def test_classroom_50_gets_a_result_of_its_form(tmp_path, old, new, score):
    """By the autograder of the example, in a checkout, with the library beside it."""
    bundle, checkout = tmp_path / "bundle", tmp_path / "checkout/exercises"
    bundle.mkdir()
    checkout.mkdir(parents=True)
    example = ROOT / "exercises/courses/classroom50/autograder.py"
    (bundle / "autograder.py").write_text(example.read_text())
    (bundle / "handwritten").symlink_to(ROOT / "workflow/scripts/handwritten")
    (checkout / "phase1.py").write_text(RIGHT.replace(old, new))
    command = [sys.executable, str(bundle / "autograder.py")]
    subprocess.run(
        command, cwd=checkout.parent, env=os.environ | VARIABLES, check=True, capture_output=True
    )
    result = json.loads((checkout.parent / "result.json").read_text())
    jsonschema.validate(result, RESULT)
    assert (result["score"], result["max-score"]) == (score, 18)
    assert result["score"] == sum(test["score"] for test in result["tests"])
    assert result["review"] == VARIABLES["COMMIT_URL"]


def test_the_exit_code_says_whether_all_is_right(tmp_path, capsys):
    (tmp_path / "phase1.py").write_text(RIGHT)
    assert course.main([str(tmp_path), "--file", "phase1"]) == 0
    (tmp_path / "phase1.py").write_bytes(b"#" * 300_000)
    assert course.main([str(tmp_path), "--file", "phase1"]) == 1
    assert "allowed: at most 200,000" in capsys.readouterr().out


class Case:
    """Otter's decorator, as far as its documentation describes it."""

    def __init__(self, name: str, points: int):
        self.name, self.points = name, points

    def __call__(self, function):
        self.function = function
        return self


def test_otter_s_cases_pass_and_fail_with_the_words_of_the_check(monkeypatch):
    stub = type(sys)("otter.test_files")
    stub.test_case = Case
    monkeypatch.setitem(sys.modules, "otter", type(sys)("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", stub)
    names: dict = {}
    exec((ROOT / "exercises/courses/otter/phase1.py").read_text(), names)
    cases = {each.name: each for each in names.values() if isinstance(each, Case)}
    assert names["OK_FORMAT"] is False and list(cases) == course.names("phase1")
    environment: dict = {}
    exec(compile(RIGHT, "student.py", "exec"), environment)
    for name in ("phase1.relu", "phase1.output_gradients"):
        cases[name].function(environment)
    environment["relu"] = lambda z: np.minimum(z, 0)
    with pytest.raises(AssertionError, match="keeps what is below 0"):
        cases["phase1.relu"].function(environment)
    del environment["relu"]
    with pytest.raises(AssertionError, match="There is no function relu"):
        cases["phase1.relu"].function(environment)
    assert resource.getrlimit(resource.RLIMIT_CPU)[0] == resource.RLIM_INFINITY
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_csv_of_the_grades_can_be_read_back():
    text = io.StringIO()
    rows = grades.table([student('a "quoted", name')])
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    (row,) = csv.DictReader(io.StringIO(text.getvalue()))
    assert row["submission"] == 'a "quoted", name'
