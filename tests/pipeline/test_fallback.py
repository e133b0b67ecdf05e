"""A machine that reaches no source of its data set."""

import json

import pytest
from project import Project

pytestmark = pytest.mark.slow

DEAD = {"sources": ["resources/{dataset}", "http://127.0.0.1:9/mnist/"], "timeout_seconds": 2}


@pytest.fixture
def unreachable(tmp_path):
    project = Project.fresh(tmp_path / "project", dataset="mnist", report=["phase1"], download=DEAD)
    return project


def test_generated_digits_stand_in_under_their_own_name_and_say_so(unreachable):
    said = unreachable.snakemake()
    assert said.count("No source of mnist answers") == 2  # at the start and at the end
    assert "resources/mnist: no such folder" in said
    results = unreachable.folder / "results"
    assert [place.name for place in results.iterdir()] == ["generated"]
    summary = json.loads((results / "generated/summary.json").read_text())
    assert (summary["dataset"], summary["fallback"]) == ("generated", True)
    page = (results / "generated/report.html").read_text()
    assert "These are not the results of mnist" in page
    assert "connection failed" in page
    assert unreachable.jobs() == {}


def test_or_the_pipeline_stops_with_what_was_tried(unreachable):
    said = unreachable.snakemake("--config", 'download={"if_unreachable": "fail"}', status=1)
    assert "could not be obtained from any source" in said
    assert "http://127.0.0.1:9/mnist/: connection failed" in said
    assert not (unreachable.folder / "results").exists()
