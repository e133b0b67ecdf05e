"""What a learner writes, as a run of the pipeline on few and generated digits."""

import re
import shutil

import pytest
from project import ROOT, Project
from solving import SOLVED

from handwritten.config.run_settings import Phase2Settings
from handwritten.plan import mine, plan

PAGE = "results/generated/mine.html"


def planned(project: Project, monkeypatch) -> plan.Plan:
    """The plan of the project as it is now."""
    monkeypatch.chdir(project.folder)
    return plan.make_plan(project.config(), 2, print)


@pytest.mark.slow
def test_a_learner_s_network_is_a_run_of_its_own(clone, monkeypatch):
    ours = clone.folder / "exercises"
    shutil.copytree(ROOT / "exercises", ours, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SOLVED / "phase1.py", ours)
    said = clone.snakemake("mine")
    assert f"Your network: {PAGE}" in said and "phase2.py is not part of it until" in said
    page = (clone.folder / PAGE).read_text()
    assert all(re.search(rf"<h3\b[^>]*>(<a [^>]*>)?{name}\b", page) for name in ("mine", "phase1"))
    assert 'weights-mine"' in page
    now = planned(clone, monkeypatch)
    assert now.mine.publication.current and now.publication.current
    clone.edit("exercises/phase1.py", "return a1, softmax(z2)", "return a1, softmax(z2")
    said = clone.snakemake("mine", status=1)
    assert "phase1.py cannot be read" in said.split("not everything could be built")[1]
    assert (clone.folder / PAGE).read_text() == page


def test_settings_that_the_exercises_do_not_have_are_named():
    settings = Phase2Settings().model_dump() | {"momentum": 0.9}
    assert mine.left_out(settings) == []
    more = {"optimizer": "adam", "dropout": 0.2, "shift": 2, "undistorted": 0.5, "train_on": "all"}
    assert set(mine.left_out(settings | more)) == more.keys()
    assert mine.left_out(settings | {"optimizer": "gradient_descent"}) == []


def test_its_version_is_that_of_its_code(clone, monkeypatch):
    shutil.copytree(SOLVED, clone.folder / "exercises")
    before = planned(clone, monkeypatch)
    assert [run.name for run in before.mine.runs] == ["mine", "mine_phase2"]
    assert [run.settings["trainer"] for run in before.mine.runs] == ["phase1", "phase2"]
    versions = [run.version for run in before.mine.runs]
    clone.edit("exercises/phase1.py", "import numpy as np", "import numpy as np  # a comment")
    assert versions == [run.version for run in planned(clone, monkeypatch).mine.runs]
    clone.edit("exercises/phase2.py", "v = momentum * v", "v = v * momentum")
    after = planned(clone, monkeypatch)
    assert after.report.version == before.report.version
    assert [run.version in versions for run in after.mine.runs] == [True, False]
