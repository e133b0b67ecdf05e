"""The ablation study and ensembles, built for real: when, what they say, and what runs again."""

import csv
import json
import shutil
import subprocess
import sys
from html import unescape

import numpy as np
import pytest
from project import content, words_of

from handwritten.artifacts import sealed

pytestmark = pytest.mark.slow

TRAIN = ("--config", 'ablation={"train": true}')
PAGE = {"report": 1, "publish": 1}
# Seed 1 of the first two steps is that of the runs on the page, built already; the ensemble on the
# page shares its other seed with the second step.
MODELS = {"train_phase1": 1, "train_phase2": 5, "evaluate": 6, "baseline": 2}
RUN = {"ensemble": 2, "confusion_matrix": 1, "robustness": 1, "out_of_distribution": 1}
RUN |= {"adversarial_images": 1}
ABLATION = MODELS | RUN | {"ablation": 1} | PAGE


@pytest.fixture(scope="module")
def with_ablation(built, shared):
    """A project with an ensemble on its page and its ablation built, for tests to look at only."""

    def build(folder):
        project = built.clone(folder)
        project.write_config(project.config() | {"report": ["phase1", "phase2", "phase2_ensemble"]})
        assert project.jobs(*TRAIN) == ABLATION
        project.snakemake(*TRAIN)

    return shared("ablation", build)


@pytest.fixture(scope="module")
def facts(with_ablation):
    (path,) = with_ablation.folder.glob("results/generated/ablation/*/ablation.json")
    return json.loads(path.read_text())


def page(project):
    return (project.folder / "results/generated/report.html").read_text()


def test_a_plain_run_trains_no_ablation_but_keeps_one_that_is_there(built, with_ablation):
    assert 'id="ablation"' not in page(built)
    assert 'id="ablation"' in page(with_ablation)
    assert "Nothing to be done" in with_ablation.snakemake()
    assert with_ablation.jobs(*TRAIN) == {}
    assert 'id="ablation"' in page(with_ablation)


def test_a_ablation_step_s_setting_runs_that_ablation_step_and_those_above(with_ablation, tmp_path):
    project = with_ablation.clone(tmp_path / "clone")
    project.edit("config.yaml", "Smoother labels", "Doubt")
    assert project.jobs(*TRAIN) == {"ablation": 1} | PAGE
    config, above = project.config(), {"ensemble": 1, "ablation": 1} | PAGE
    config["ablation"]["steps"][3]["label_smoothing"] = 0.2
    project.write_config(config)
    assert project.jobs(*TRAIN) == {"train_phase2": 2, "evaluate": 2} | above
    assert project.jobs() == PAGE  # now without an ablation study
    config["ablation"]["steps"][1]["epochs"] = 4
    project.write_config(config)
    assert project.jobs(*TRAIN) == {"train_phase2": 6, "evaluate": 6} | above


def test_the_ablation_is_what_the_models_answered(with_ablation, facts):
    results = with_ablation.folder / "results/generated"
    (labels,) = (np.load(path)["y"] for path in results.glob("parse_idx/*/test.npz"))
    steps = facts["steps"]
    assert [step["change"] for step in steps] == [
        "Phase 1",
        "Phase 2",
        "Averaged weights",
        "Smoother labels",
        "Ensemble",
    ]
    assert [step["below"] for step in steps] == [None, 0, 1, 1, 3]
    right = [[answers(results, model) == labels for model in step["models"]] for step in steps]
    for step, rows in zip(steps[:4], right, strict=False):
        assert step["test"]["errors"] == [int((~row).sum()) / 300 for row in rows]
        assert step["test"]["low"] <= step["test"]["mean"] <= step["test"]["high"]
    for step, rows in zip(steps[1:4], right[1:], strict=False):
        rows_below = right[step["below"]]
        gains = [int(b.sum()) - int(a.sum()) for a, b in zip(rows_below, rows, strict=True)]
        assert step["comparison"]["difference"]["mean"] == pytest.approx(-np.mean(gains) / 300)
        assert step["comparison"]["better"] == sum(gain > 0 for gain in gains)
    assert steps[3]["changed"] == {"label_smoothing": 0.3}
    ensemble = steps[4]
    assert ensemble["models"] == steps[3]["models"]
    assert ensemble["parameters"] == 2 * steps[3]["parameters"]
    assert len(ensemble["test"]["errors"]) == 1


def test_the_ablation_has_baselines_and_leaves_out_one_change(facts):
    """Without its last change, a step is the one below it, which is not trained again."""
    majority, nearest = facts["baselines"]
    assert majority["test"]["mean"] > 0.85 > 0.2 > nearest["test"]["mean"]
    assert nearest["chosen"]["neighbours"] in (1, 3)
    (without,) = facts["left_out"]
    assert without["models"] == facts["steps"][1]["models"]
    assert without["comparison"] == facts["steps"][3]["comparison"]


def answers(results, model):
    """What the model of a training's folder says on test, found by what its evaluation read."""
    for path in results.glob("evaluate/*/provenance.json"):
        if json.loads(path.read_text())["made_from"]["reads"]["model"] == f"{model}/model.npz":
            return np.load(path.parent / "probabilities.npz")["test"].argmax(axis=1)


def test_the_table_and_the_page_say_what_the_ablation_found(with_ablation, facts):
    with (with_ablation.folder / "results/generated/ablation.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    section = page(with_ablation).split('<section id="ablation"')[1].split("</section>")[0]
    shown = [row for row in section.split("<tr>") if "data-seconds" in row]
    *shown, _ = shown  # of the change that is left out
    rows = [row for row in rows if row["kind"] == "steps"]
    for step, row, text in zip(facts["steps"], rows, reversed(shown), strict=True):
        assert float(row["test_error_mean"]) == step["test"]["mean"]
        assert (
            step["change"] == row["change"]
            and words_of(text.split("</strong>")[0]) == step["change"]
        )
        assert f"{100 * step['test']['mean']:.2f}%" in text
        assert f"{100 * step['dev']['mean']:.2f}%" in text
        assert f"{step['parameters']:,}" in text
        assert step["comparison"] is None or step["comparison"]["verdict"] in text


def test_the_document_is_published_with_its_figure_and_the_times(with_ablation, facts):
    results = with_ablation.folder / "results/generated"
    text = (results / "ablation.md").read_text()
    assert all(f"**{step['change']}**" in text for step in facts["steps"] + facts["baselines"])
    assert json.loads((results / "ablation.json").read_text()) == facts
    assert (results / "ablation.png").read_bytes().startswith(b"\x89PNG")
    (versioned,) = results.glob("ablation/*/ablation.md")
    assert ">–</span>" in versioned.read_text() and ">–</span>" not in text


def test_only_the_times_on_the_page_differ_from_machine_to_machine(with_ablation, tmp_path):
    project = with_ablation.clone(tmp_path / "slower")
    results = project.folder / "results/generated"
    for path in results.glob("train_*/*/run.json"):
        path.write_text(sealed.as_text(sealed.read(path) | {"seconds": 1234.5}))
    shutil.rmtree(results / "ablation")
    assert project.jobs() == PAGE  # a plain run does not make an ablation study again
    for step in ("ensemble", "report"):
        shutil.rmtree(results / step)
    project.snakemake(*TRAIN)
    made, before = project.artifacts(), with_ablation.artifacts()
    assert made.items() <= before.items()  # before there also was a page without an ablation study
    assert {path.split("/")[2] for path in made} >= {"ensemble", "ablation", "report"}
    (versioned,) = results.glob("report/*/report.html")
    assert "1,234" in page(project) and "1,234" not in versioned.read_text()
    assert page(project) != page(with_ablation)
    assert content(results / "report.html") == versioned.read_bytes()


def test_a_ensemble_is_a_run_that_can_be_reported(with_ablation):
    results = with_ablation.folder / "results/generated"
    runs = json.loads((results / "summary.json").read_text())["runs"]
    assert set(runs["phase2_ensemble"]) == set(runs["phase2"]) - {"model"} | {"members"}
    assert runs["phase2_ensemble"]["members"][0] == runs["phase2"]["model"]
    assert len(runs["phase2_ensemble"]["members"]) == 2
    assert runs["phase2_ensemble"]["parameters"] == 2 * runs["phase2"]["parameters"]
    assert "2 networks, each 784 to " in page(with_ablation)
    said = words_of(page(with_ablation))
    assert "phase2_ensemble is an ensemble and was not trained itself" in said
    assert runs["phase2_ensemble"]["version"] in (results / "index.html").read_text()


def test_the_page_s_snippet_for_a_ensemble_prints_the_accuracy_it_says(with_ablation):
    snippet = unescape(page(with_ablation).split("<code>import numpy")[1].split("</code>")[0])
    command = [sys.executable, "-c", "import numpy" + snippet]
    said = subprocess.run(
        command, cwd=with_ablation.folder, capture_output=True, text=True, check=True
    )
    summary = json.loads((with_ablation.folder / "results/generated/summary.json").read_text())
    assert float(said.stdout) == summary["runs"]["phase2_ensemble"]["test"]["accuracy"]
