"""A folder of submissions, each a job of the pipeline."""

import csv
import random
import shutil
from pathlib import Path

import pytest
from hostile import submissions
from project import Project
from solving import MADE, SOURCES, exchanged

from handwritten.config.messages import ConfigurationError
from handwritten.plan import plan

HERE = ["--config", "submissions=handed in"]
GRADES = "results/grades/grades.csv"
HOSTILE = ("loop", "memory", "everything", "exit", "print")


def hand_in(project: Project, name: str, sources: dict[str, str]) -> Path:
    """A submission with these files."""
    folder = project.folder / "handed in" / name
    folder.mkdir(parents=True)
    for file, text in sources.items():
        (folder / f"{file}.py").write_text(text)
    return folder


def rows(project: Project) -> dict[str, dict]:
    """The rows of the table of grades, by submission."""
    with (project.folder / GRADES).open(encoding="utf-8", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


@pytest.mark.slow
def test_each_is_checked_once_and_only_what_has_changed_is_checked_again(clone, monkeypatch):
    made = MADE["phase1.accuracy"][0]
    hand_in(clone, "Müller, Anna", SOURCES)
    hand_in(clone, "-rf", SOURCES)
    wrong = hand_in(clone, "c", exchanged("phase1.accuracy", made["right"], made["wrong"]))
    said = clone.snakemake("grade", *HERE)
    assert said.count("of 18 exercises are right") == 2  # two are equal
    assert "The grades: results/grades/grades.html" in said
    found = rows(clone)
    assert [row["right"] for row in found.values()] == ["18", "17", "18"]
    assert found["c"]["phase1.accuracy"] == f"wrong: {made['mistake']}"
    shutil.copy(clone.folder / "handed in/-rf/phase1.py", wrong)
    with (wrong / "phase1.py").open("a") as file:
        file.write("# mine\n")
    monkeypatch.chdir(clone.folder)
    now = plan.make_plan(clone.config() | {"submissions": "handed in"}, 2, print)
    checks = [now.steps[version] for version in now.grading.files]
    assert [now.context.is_built(step) for step in checks] == [True, False]
    other = plan.make_plan(clone.config(), 2, print)
    assert now.crate == other.crate and now.report == other.report


def test_a_folder_that_is_none_is_refused(clone, monkeypatch):
    said = clone.snakemake("grade", status=1)
    assert "grade needs a folder: snakemake --cores 4 grade --config submissions=<folder>" in said
    assert "Traceback" not in said
    monkeypatch.chdir(clone.folder)
    for folder, says in (("nowhere", "No such file"), ("config", "has no submission; expected")):
        with pytest.raises(ConfigurationError, match=says):
            _ = plan.make_plan(clone.config() | {"submissions": folder}, 2, print).grading


@pytest.mark.full
@pytest.mark.promise("submissions")
def test_thirty_with_five_hostile_ones_have_the_right_verdicts(clone, tries):
    """Each of the others has a mistake in one function that no other function uses."""
    tries(30, 30)
    rng, victim = random.Random(1), clone.folder / "victim/kept.txt"
    victim.parent.mkdir()
    victim.write_text("kept")
    keys = ("phase1.accuracy", "phase2.he", "phase2.batches", "phase2.momentum_step")
    made = {f"student {i}": (key := rng.choice(keys), rng.choice(MADE[key])) for i in range(25)}
    for name, (key, row) in made.items():
        hand_in(clone, name, exchanged(key, row["right"], row["wrong"]))
    hostile = submissions(victim, clone.folder / "made")
    for name in HOSTILE:
        hand_in(clone, name, SOURCES | {"phase1": hostile[name][0]})
    clone.snakemake("grade", *HERE)
    found = rows(clone)
    assert len(found) == 30
    for name, (key, row) in made.items():
        assert found[name][key].endswith(f": {row['mistake']}")
    for name in HOSTILE:
        assert found[name]["phase1.relu"] == hostile[name][1]
        assert found[name]["phase2.batches"] == "right"
    assert victim.read_text() == "kept" and not (clone.folder / "made").exists()
