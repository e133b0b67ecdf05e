"""Whatever is forced, left out or named: what was asked for is there, or the build fails."""

import itertools
import random
import re
import shutil

import pytest
from expected_jobs import DIGITS, PHASE2
from project import Project

import planning

pytestmark = pytest.mark.promise("forced")
RESULTS = "results/generated"
SLOWER = ("--config", 'runs={"phase2": {"learning_rate": 0.05}}')
OTHER_RUN = (
    "--config",
    'runs={"other": {"extends": "phase2", "seed": 3}}',
    "report=[phase1, other]",
)
# What is missing, by pattern and with what is added to the command line.
STATES = {
    "nothing": ((), ()),
    "what a setting changes": ((), SLOWER),
    "another run": ((), OTHER_RUN),
    "the data": (("parse_idx",), ()),
    "the data and what a setting changes": (("parse_idx",), SLOWER),
    "models": (("train_*",), ()),
    "evaluations": (("evaluate", "robustness"), ()),
    "both ends": (("parse_idx", "confusion_matrix", "report"), ()),
    "one file": (("evaluate/*/provenance.json",), ()),
    "the copies": (("current-*", "report.html"), ()),
    "everything": (("*",), ()),
}
LINES = [
    ("-F",),
    ("-f",),
    ("all", "exports", "-R", "train_phase1"),
    ("exports", "phase2_ensemble", "-R", "export"),
    ("-R", "parse_idx", "evaluate"),
    ("-R", "check_gradients", "train_phase2"),
    ("--batch", "default=1/2"),
    ("phase2", "-f"),
    ("notebooks", "-R", "parse_idx"),
    ("all", "sweeps", "-R", "parse_idx"),
]


def of_each_rule(rule: str) -> list[tuple[str, ...]]:
    """Command lines about one rule."""
    return [
        ("-R", rule),
        ("--until", rule),
        ("--omit-from", rule),
        ("-R", rule, "phase2_ensemble"),
        ("-R", rule, "--until", "evaluate"),
        ("-R", rule, "--omit-from", "report"),
        ("--until", rule, "--omit-from", "confusion_matrix"),
    ]


def of_each_file(project: Project) -> list[tuple[str, ...]]:
    """Command lines about one file of each step, which may be missing."""
    files = sorted((project.folder / RESULTS).glob("*/*/provenance.json"))
    names = [str(path.relative_to(project.folder)) for path in files]
    ways = [("-R",), ("-f",), ("--until",), ("--omit-from",), ()]
    return [(*way, name) for name in names for way in ways] + [(name, "all") for name in names]


def assert_nothing_is_left_out(project: Project, lines: list[tuple[str, ...]]) -> None:
    """Every line is planned whole, or refused in a sentence."""
    for line, found in zip(lines, planning.left_out(project.folder, lines), strict=True):
        if isinstance(found, str):
            assert any(each in found for each in REFUSED), f"{line}: {found}"
            assert "KeyError" not in found, f"{line}: {found}"
        else:
            assert found == [], f"{line} leaves out {found}"


REFUSED = (
    "Unable to execute batch",
    "do not make a version",  # the file is one of other settings
    "Name only the last rule",
)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["parse_idx", "train_phase1", "check_gradients", "report"])
def test_a_forced_rule_leaves_nothing_out(built, rule):
    assert_nothing_is_left_out(built, [(*line, *SLOWER) for line in of_each_rule(rule)[:3]])


@pytest.mark.slow
def test_what_is_forced_together_is_made_together(built):
    assert_nothing_is_left_out(built, [(*line, *SLOWER) for line in LINES[2:6]])
    assert_nothing_is_left_out(built, LINES[4:6])


@pytest.mark.full
@pytest.mark.parametrize("state", STATES)
def test_no_combination_of_options_leaves_anything_out(built, clone, tries, state):
    deleted, more = STATES[state]
    lines = LINES + [
        line for rule in DIGITS | {"check_gradients": 1} for line in of_each_rule(rule)
    ]
    lines = random.Random(state).sample(lines + of_each_file(built), 40)
    for path in itertools.chain(*map((clone.folder / RESULTS).glob, deleted)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    tries(0, len(lines))
    assert_nothing_is_left_out(clone, [(*line, *more) for line in lines])


@pytest.mark.full
def test_a_forced_build_with_other_settings_makes_everything(clone):
    said = clone.snakemake(*SLOWER, "--forcerun", "parse_idx")
    assert f"The page: {RESULTS}/report.html" in said
    assert clone.jobs(*SLOWER) == {}


@pytest.mark.full
@pytest.mark.parametrize("rule", ["parse_idx", "check_gradients", "report", "publish"])
def test_what_is_forced_is_the_same_again(clone, rule):
    before = clone.artifacts()
    clone.snakemake("--forcerun", rule)
    assert clone.artifacts() == before
    assert clone.jobs() == {}


def test_where_the_page_is_is_said_also_when_nothing_was_to_be_done(built):
    said = built.snakemake()
    assert "Nothing to be done" in said and f"The page: {RESULTS}/report.html" in said
    assert f"All versions: {RESULTS}/index.html" in said


def test_a_page_is_named_only_where_it_is(clone):
    (clone.folder / RESULTS / "report.html").unlink()
    (clone.folder / RESULTS / "index.html").unlink()
    said = clone.snakemake("phase1")
    assert "The page:" not in said and "All versions:" not in said


@pytest.mark.parametrize(
    "line", ["from handwritten.learning import nothing", "import os; os.kill(os.getpid(), 9)"]
)
def test_a_job_that_ends_before_its_log_has_an_error_is_the_last_thing_said(clone, line):
    clone.edit("workflow/scripts/evaluate.py", "settings =", f"{line}\nsettings =")
    said = clone.snakemake("phase2", status=1)
    last = said[said.rindex("\nError: not everything could be built.") :]
    assert re.search(r"logs/generated/evaluate/\w+\.log:\nThe job ended before", last)
    assert len(last.splitlines()) <= 4


def test_a_file_that_is_missing_in_the_end_is_named_and_the_build_fails(clone):
    (path, _) = sorted((clone.folder / RESULTS).glob("evaluate/*/probabilities.npz"))
    path.unlink()
    said = clone.snakemake("--until", "evaluate", status=1)
    assert str(path.relative_to(clone.folder)) in said and "Delete the folders" in said
    assert "closing.py" not in said


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (("--until", "sweep"), "--until sweep has had no effect"),
        pytest.param(
            ("--forcerun", "export"),
            "--forcerun export has had no effect",
            marks=pytest.mark.full,
        ),
        ((f"{RESULTS}/evaluate/0123456789/metrics.json",), "do not make a version 0123456789"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_build_fails(built, line, message):
    said = built.snakemake(*line, status=1)
    assert message in said and "KeyError" not in said


def test_rules_that_need_each_other_cannot_both_be_the_last(built):
    line = ("--until", "train_phase1", "train_phase2", "evaluate", *SLOWER)
    (said,) = planning.left_out(built.folder, [line])
    assert "Name only the last rule" in said


def test_a_stable_file_is_a_target_and_never_an_old_one(built):
    name = f"{RESULTS}/summary.json"
    assert built.jobs(name) == {}
    assert built.jobs(name, *SLOWER) == PHASE2 | {"copies_current": 1}


@pytest.mark.full
@pytest.mark.parametrize("more", [(), ("-F",), ("-R", "parse_idx")])
def test_touch_makes_nothing_up(clone, more):
    before = clone.artifacts()
    clone.snakemake("--touch", *more)
    assert clone.artifacts() == before
    shutil.rmtree(clone.folder / RESULTS / "evaluate")
    said = clone.snakemake("--touch", *more, status=1)
    assert "Traceback" not in said
    clone.snakemake()
    assert clone.artifacts() == before
