"""Somebody deploys this workflow by its address with snakedeploy, and builds with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from project import PARTS, ROOT, Project, copy

ADDRESS = "https://github.com/somebody/handwritten"


@pytest.fixture
def published(tmp_path, monkeypatch):
    """The project as a repository with a tag, which git finds here when it is asked for ADDRESS."""
    source, settings = tmp_path / "source", tmp_path / "gitconfig"
    source.mkdir()
    for part in (*PARTS, "LICENSE"):
        copy(ROOT / part, source / part)
    settings.write_text(
        f'[url "file://{source}"]\n    insteadOf = {ADDRESS}\n    insteadOf = {ADDRESS}.git\n'
        "[user]\n    name = n\n    email = e\n"
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "All"], ["tag", "v1"]):
        subprocess.run(["git", *command], cwd=source, check=True)
    return source


def test_a_deployed_workflow_builds_the_same_artifacts(published, built, tmp_path):
    deployed = tmp_path / "deployed"
    snakedeploy = Path(sys.executable).with_name("snakedeploy")
    command = [snakedeploy, "deploy-workflow", ADDRESS, deployed, "--tag", "v1"]
    said = subprocess.run(command, check=True, text=True, capture_output=True, env=os.environ)
    assert "warning" not in said.stderr.lower().replace("warning: remote head", "")
    assert (deployed / "config/README.md").exists() and (deployed / "profiles/default").exists()
    project = Project(deployed)
    project.write_config(built.config())
    project.snakemake()
    made = project.artifacts()
    assert "results/generated/report.html" in made
    assert made.items() <= built.artifacts().items()
    assert project.jobs() == {}
    commit = subprocess.check_output(["git", "rev-parse", "v1"], cwd=published, text=True).strip()
    assert [path.name for path in (deployed / ".snakemake/handwritten").iterdir()] == [commit]


def test_the_catalog_s_file_says_how_it_is_used():
    usage = yaml.safe_load((ROOT / ".snakemake-workflow-catalog.yml").read_text())["usage"]
    deployment = usage["software-stack-deployment"]
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert deployment["conda"] == ("conda:" in rules)
    assert deployment["apptainer"] == ("container:" in rules)
    assert usage["report"] == ("report(" in rules)
    assert (ROOT / "workflow/Snakefile").exists() and (ROOT / "config/README.md").exists()
