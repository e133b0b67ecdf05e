"""The ladder and committees, built for real: when they are, what they say, and what runs again."""

import csv
import json
import shutil
import subprocess
import sys
from html import unescape

import numpy as np
import pytest
from project import content

TRAIN = ("--config", 'ladder={"train": true}')
PAGE = {"report": 1, "publish": 1}
# Seed 1 of the first two rungs is that of the runs on the page, built already; the committee on the
# page shares its other seed with the second rung.
MODELS = {"train_phase1": 1, "train_phase2": 3, "evaluate": 4}
LADDER = MODELS | {"committee": 2, "confusion_matrix": 1, "robustness": 1, "ladder": 1} | PAGE


@pytest.fixture(scope="module")
def laddered(built, tmp_path_factory):
    """A project with a committee on its page and its ladder built, for tests to look at only."""
    project = built.clone(tmp_path_factory.mktemp("laddered") / "project")
    project.write_config(project.config() | {"report": ["phase1", "phase2", "phase2_committee"]})
    assert project.jobs(*TRAIN) == LADDER
    project.snakemake(*TRAIN)
    return project


@pytest.fixture(scope="module")
def facts(laddered):
    (path,) = laddered.folder.glob("results/generated/ladder/*/ladder.json")
    return json.loads(path.read_text())


def page(project):
    return (project.folder / "results/generated/report.html").read_text()


def test_a_plain_run_trains_no_ladder_but_keeps_one_that_is_there(built, laddered):
    assert 'id="ladder"' not in page(built)
    assert 'id="ladder"' in page(laddered)
    assert "Nothing to be done" in laddered.snakemake()
    assert laddered.jobs(*TRAIN) == {}
    assert 'id="ladder"' in page(laddered)


def test_a_rung_s_setting_runs_that_rung_and_those_above(laddered, tmp_path):
    project = laddered.clone(tmp_path / "clone")
    project.edit("config/config.yaml", "Smoother labels", "Doubt")
    assert project.jobs(*TRAIN) == {"ladder": 1} | PAGE
    config, above = project.config(), {"committee": 1, "ladder": 1} | PAGE
    config["ladder"]["rungs"][2]["label_smoothing"] = 0.2
    project.write_config(config)
    assert project.jobs(*TRAIN) == {"train_phase2": 2, "evaluate": 2} | above
    assert project.jobs() == PAGE  # now without a ladder
    config["ladder"]["rungs"][1]["epochs"] = 4
    project.write_config(config)
    assert project.jobs(*TRAIN) == {"train_phase2": 4, "evaluate": 4} | above


def test_the_ladder_is_what_the_models_answered(laddered, facts):
    results = laddered.folder / "results/generated"
    (labels,) = (np.load(path)["y"] for path in results.glob("parse_idx/*/test.npz"))
    rungs = facts["rungs"]
    assert [rung["idea"] for rung in rungs] == [
        "Phase 1",
        "Phase 2",
        "Smoother labels",
        "Committee",
    ]
    right = [[answers(results, model) == labels for model in rung["models"]] for rung in rungs]
    for rung, rows in zip(rungs[:3], right, strict=False):
        assert rung["test"]["errors"] == [int((~row).sum()) / 300 for row in rows]
        assert rung["test"]["low"] < rung["test"]["mean"] < rung["test"]["high"]
    for below, rung, rows_below, rows in zip(rungs, rungs[1:3], right, right[1:], strict=False):
        won = [int((b & ~a).sum()) for a, b in zip(rows_below, rows, strict=True)]
        assert rung["against_below"]["won"] == won
        assert rung["against_below"]["seeds"] == 2 == len(below["models"])
    assert rungs[2]["changed"] == {"label_smoothing": 0.3}
    committee = rungs[3]
    assert committee["models"] == rungs[2]["models"]
    assert committee["parameters"] == 2 * rungs[2]["parameters"]
    assert len(committee["test"]["errors"]) == 1


def answers(results, model):
    """What the model of a training's folder says on test, found by what its evaluation read."""
    for path in results.glob("evaluate/*/provenance.json"):
        if json.loads(path.read_text())["made_from"]["reads"]["model"] == model.split("/")[1]:
            return np.load(path.parent / "probabilities.npz")["test"].argmax(axis=1)


def test_the_table_and_the_page_say_what_the_ladder_found(laddered, facts):
    with (laddered.folder / "results/generated/ladder.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    section = page(laddered).split('<section id="ladder"')[1].split("</section>")[0]
    shown = [row for row in section.split("<tr>") if "data-seconds" in row]
    for rung, row, text in zip(facts["rungs"], rows, reversed(shown), strict=True):
        assert float(row["test_error_mean"]) == rung["test"]["mean"]
        assert rung["idea"] == row["idea"] and f"<strong>{rung['idea']}</strong>" in text
        assert f"{100 * rung['test']['mean']:.2f}%" in text
        assert f"{100 * rung['dev']['mean']:.2f}%" in text
        assert f"{rung['parameters']:,}" in text
        assert rung["against_below"] is None or rung["against_below"]["verdict"] in text


def test_only_the_times_on_the_page_differ_from_machine_to_machine(laddered, tmp_path):
    project = laddered.clone(tmp_path / "slower")
    results = project.folder / "results/generated"
    for path in results.glob("train_*/*/run.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {"seconds": 1234.5}))
    shutil.rmtree(results / "ladder")
    assert project.jobs() == PAGE  # a plain run does not make a ladder again
    for step in ("committee", "report"):
        shutil.rmtree(results / step)
    project.snakemake(*TRAIN)
    made, before = project.artifacts(), laddered.artifacts()
    assert made.items() <= before.items()  # before there also was a page without a ladder
    assert {path.split("/")[2] for path in made} >= {"committee", "ladder", "report"}
    (versioned,) = results.glob("report/*/report.html")
    assert "1,234" in page(project) and "1,234" not in versioned.read_text()
    assert page(project) != page(laddered)
    assert content(results / "report.html") == versioned.read_bytes()


def test_a_committee_is_a_run_that_can_be_reported(laddered):
    results = laddered.folder / "results/generated"
    runs = json.loads((results / "summary.json").read_text())["runs"]
    assert set(runs["phase2_committee"]) == set(runs["phase2"]) - {"model"} | {"members"}
    assert runs["phase2_committee"]["members"][0] == runs["phase2"]["model"]
    assert len(runs["phase2_committee"]["members"]) == 2
    assert runs["phase2_committee"]["parameters"] == 2 * runs["phase2"]["parameters"]
    assert "2 networks, each 784 to " in page(
        laddered
    ) and "phase2_committee did not learn" in page(laddered)
    assert runs["phase2_committee"]["version"] in (results / "index.html").read_text()


def test_the_page_s_snippet_for_a_committee_prints_the_accuracy_it_says(laddered):
    snippet = unescape(page(laddered).split("<code>import numpy")[1].split("</code>")[0])
    command = [sys.executable, "-c", "import numpy" + snippet]
    said = subprocess.run(command, cwd=laddered.folder, capture_output=True, text=True, check=True)
    summary = json.loads((laddered.folder / "results/generated/summary.json").read_text())
    assert float(said.stdout) == summary["runs"]["phase2_committee"]["test"]["accuracy"]
