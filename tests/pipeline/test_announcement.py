"""What a dry run and the start of a build say: which jobs will run, and why."""

import json
import shutil

import pytest
from project import Project

from handwritten.plan.announcement import NEW

LIBRARY = "workflow/scripts/handwritten"


def announced(project: Project, *arguments: str) -> str:
    """What a dry run says of its jobs."""
    said = project.snakemake("--dry-run", *arguments)
    assert "Job stats" not in said and "Reasons:" not in said
    start = said.index("to run:\n") if "to run:" in said else 0
    return said[said.rindex("\n", 0, start) + 1 :].split("\n\n")[0]


def test_a_setting_is_named_with_both_values(clone):
    changed = 'runs={"phase2": {"learning_rate": 0.05}}'
    assert announced(clone, "--config", changed) == (
        "8 jobs to run:\n"
        "  phase2: train_phase2, evaluate, robustness, adversarial_images, "
        "confusion_matrix, out_of_distribution\n"
        "    because learning_rate changed from 0.1 to 0.05\n"
        "  report: report, publish\n"
        "    because of what they read from phase2"
    )


def test_a_file_of_code_a_rule_and_a_template_are_named(clone):
    clone.edit(f"{LIBRARY}/evaluation/robustness.py", "import numpy", "import math\nimport numpy")
    clone.edit("workflow/rules/train.smk", "    conda:", "    shadow: 'minimal'\n    conda:")
    clone.edit("workflow/report/shared/page.css", "margin: 0;", "margin: 1px;")
    said = announced(clone)
    assert "the rule train_phase1 changed" in said
    assert "handwritten/evaluation/robustness.py changed" in said
    assert "shared/page.css changed" in said
    assert len(said.splitlines()) <= 10


@pytest.mark.slow
def test_a_first_build_has_one_reason(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    for part in ("results", "resources"):
        shutil.rmtree(project.folder / part)
    assert announced(project) == (
        "18 jobs to run:\n"
        "  data: generate_digits, parse_idx, unfamiliar_images\n"
        "  train: check_gradients\n"
        "  phase1: train_phase1, evaluate, robustness, adversarial_images, "
        "confusion_matrix, out_of_distribution\n"
        "  phase2: train_phase2, evaluate, robustness, adversarial_images, "
        "confusion_matrix, out_of_distribution\n"
        "  report: report, publish\n"
        "    because nothing of this is here yet, or it was deleted"
    )
    study = announced(project, "all", "sweeps", "--config", 'ablation={"train": true}')
    assert (
        "  ablation: train_phase2 (5), train_phase1, " in study
        and "  sweep: train_members (" in study
    )
    assert len(study.splitlines()) <= 9


@pytest.mark.slow
def test_many_runs_have_few_lines(built):
    rates = [0.01 + i / 1000 for i in range(30)]
    runs = {f"r{i}": {"extends": "phase2", "learning_rate": rate} for i, rate in enumerate(rates)}
    report = f"report={json.dumps([*runs])}"
    new = announced(built, "--config", f"runs={json.dumps(runs)}", report)
    runs |= {"phase2": {"momentum": 0.8}}
    changed = announced(built, "--config", f"runs={json.dumps(runs)}", report)
    for said, reason in (new, NEW), (changed, "learning_rate changed; momentum changed"):
        assert said.startswith("182 jobs to run:\n  r0, r1, r2 and 27 more: train_phase2 (30), ")
        assert f"    because {reason}\n" in said
        assert len(said.splitlines()) == 5


@pytest.mark.slow
def test_a_rule_that_is_no_step_is_announced(clone):
    own = "rule own:\n    output:\n        'own.txt',\n    shell:\n        'date > {output}'\n"
    clone.edit("Snakefile", "rule default", f"{own}\n\nrule default")
    assert announced(clone, "own") == (
        "1 job to run:\n  own: own\n    because Snakemake says: Missing output files: own.txt"
    )
    clone.snakemake("own")


@pytest.mark.slow
def test_deleted_folders_and_forced_rules_are_named(clone):
    shutil.rmtree(clone.folder / "results/generated/confusion_matrix")
    said = announced(clone)
    assert "phase1: confusion_matrix" in said and "was deleted" in said
    assert "because robustness is forced" in announced(clone, "--forcerun", "robustness")
    said = announced(clone, "--forceall", "--config", "seed=2")
    assert "seed changed from 1 to 2" in said and "forced" not in said
    shutil.rmtree(clone.folder / "results/generated/robustness")
    said = announced(clone, "--forcerun", "robustness", "evaluate")
    assert "because evaluate is forced; robustness and confusion_matrix are not here yet" in said


@pytest.mark.slow
def test_copies_that_are_not_current_are_named_by_dry_runs_and_builds_alike(clone):
    """As after a change back: every version is there, but the copies show another one."""
    (marker,) = clone.folder.glob("results/generated/current-*")
    marker.unlink()
    said = announced(clone)
    assert "1 job to run:\n  report: publish\n" in said
    for stable in (f"results/generated/{name}" for name in ("report.html", "summary.json")):
        assert announced(clone, stable) == announced(clone, "-f", stable) == said
    assert "the published copies are missing or of other versions" in said
    assert "Job stats" in clone.snakemake("--dry-run", "--quiet", "host")
    assert said in clone.snakemake()
    assert "Nothing to be done" in clone.snakemake("--dry-run")


def test_without_the_profile_snakemake_counts_jobs_itself(built):
    said = built.snakemake("--workflow-profile", "none", "--dry-run", "--forcerun", "report")
    assert "Job stats" in said and "to run:" not in said


def test_damaged_records_explain_nothing_and_do_no_harm(clone):
    step = clone.folder / "results/generated/train_phase2"
    shutil.rmtree(step)
    recipes = ["1", "{}", '{"settings": null}', '{"settings": []}', '{"code": 1}', '{"reads": 1}']
    records = ["", "{}", "[]", *(f'{{"made_from": {recipe}}}' for recipe in recipes)]
    for number, damage in enumerate(records):
        (step / str(number)).mkdir(parents=True)
        (step / str(number) / "provenance.json").write_text(damage)
    assert "phase2: train_phase2" in announced(clone)
