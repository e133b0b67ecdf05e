"""Somebody else's workflow imports these rules, with a configuration of its own."""

import pytest
import yaml
from project import ROOT, Project

pytestmark = pytest.mark.slow

FOREIGN = f"""
configfile: "settings.yaml"

module digits:
    snakefile: "{ROOT / "workflow/Snakefile"}"
    config: config["digits"]

use rule * from digits as digits_*

rule best_digit:
    default_target: True
    input:
        summary="results/generated/summary.json",
    output:
        "best.txt",
    run:
        import json
        runs = json.load(open(input.summary))["runs"]
        best = max(runs, key=lambda run: runs[run]["test"]["accuracy"])
        open(output[0], "w").write(best)
"""


def test_a_foreign_workflow_builds_the_same_artifacts(built, tmp_path):
    project = Project(tmp_path)
    (tmp_path / "Snakefile").write_text(FOREIGN)
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump({"digits": built.config()}))
    project.snakemake()
    assert (tmp_path / "best.txt").read_text() == "phase2"
    expected = built.artifacts()
    made = project.artifacts()
    assert "results/generated/report.html" in made
    assert made.items() <= expected.items()
    assert project.jobs() == {}
