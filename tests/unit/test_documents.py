"""What is written twice is compared: docs with schema, environments with lock, and so on."""

import json
import re
import runpy
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from statistics import fmean

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from handwritten.config import configuration

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SNAKEFILE = (ROOT / "workflow/Snakefile").read_text()
RULES = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
LOCK = dict(
    re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
)
REFERENCE = ROOT / "workflow/scripts/handwritten/reference"
REFERENCE_S_PYTORCH = re.search(r'VERSION = "(.+?)"', (REFERENCE / "pytorch.py").read_text())[1]


def test_the_table_of_keys_is_the_schema_s():
    document = runpy.run_path(str(ROOT / "docs/make_configuration.py"))["document"]
    assert (ROOT / "config/README.md").read_text() == document(), "run `make docs`"


def test_the_ablation_s_page_is_what_its_facts_make():
    made = runpy.run_path(str(ROOT / "docs/make_ablation.py"))
    facts = json.loads((ROOT / "docs/ablation.json").read_text())
    assert (ROOT / "docs/ablation.md").read_text() == made["text"](facts)
    for step in facts["steps"]:
        for split in ("dev", "test"):
            assert step[split]["mean"] == pytest.approx(fmean(step[split]["errors"]))
    best = facts["steps"][-2]["test"]
    assert f"**{100 * best['mean']:.2f}%** (mean over five seeds" in README.replace("\n", " ")


def test_the_record_s_page_is_what_its_facts_make():
    made = runpy.run_path(str(ROOT / "docs/make_record.py"))
    facts = json.loads((ROOT / "docs/record.json").read_text())
    assert (ROOT / "docs/record.md").read_text() == made["text"](facts)
    together = facts["ensemble"]["errors"] / facts["ensemble"]["n"]
    mean = fmean(model["errors"] / model["n"] for model in facts["models"])
    words = README.replace("\n", " ")
    assert f"**{100 * mean:.2f}%** of the test digits wrong" in words
    assert f"together {100 * together:.2f}%" in words


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.name)
def test_conda_environments_have_the_lock_s_versions(path):
    python, *packages = yaml.safe_load(path.read_text())["dependencies"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert python.split()[1] == project["requires-python"]
    for package in packages:
        name, version = package.split(" =")
        if name == "pytorch":
            assert version == REFERENCE_S_PYTORCH
            continue
        assert LOCK[name.removesuffix("-base")] == version, f"{name} in envs/{path.name}"


@pytest.mark.parametrize("path", sorted((ROOT / "envs").glob("*.yaml")), ids=lambda path: path.name)
def test_what_a_conda_environment_pins_fits_together(path):
    """By what each package itself demands of the others and of Python."""
    _, *packages = yaml.safe_load(path.read_text())["dependencies"]
    pins = dict(package.replace("-base", "").split(" =") for package in packages)
    assert pins
    for name in pins.keys() - {"pytorch"}:  # no part of the lock, and so not installed here
        about = metadata.distribution(name)
        allowed = SpecifierSet(about.metadata["Requires-Python"])
        assert all(allowed.contains(python) for python in ("3.11", "3.12", "3.13")), name
        for demand in map(Requirement, about.requires or []):
            if demand.name in pins and (demand.marker is None or demand.marker.evaluate()):
                assert demand.specifier.contains(pins[demand.name]), f"{name} wants {demand}"


@pytest.mark.parametrize(
    ("word", "offered"),
    [
        ("phase2_f", ["phase2_full_batch"]),
        ("note", ["notebooks"]),
        ("--list-t", ["--list-target-rules"]),
    ],
)
def test_the_shell_completes_runs_targets_and_flags(word, offered):
    line = f"COMP_WORDS=(snakemake {word}); COMP_CWORD=1; _handwritten_snakemake"
    script = f'source envs/completion.bash; {line}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    run = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env={"PATH": path}, text=True, capture_output=True
    )
    assert (run.stdout.split(), run.stderr) == (offered, "")


def test_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    assert {re.match(r"[\w-]+", name)[0] for name in wanted} <= set(LOCK)


def test_the_peers_live_beside_the_same_packages():
    """So that a plan made there is the plan made here."""
    listed = (ROOT / "benchmarks/requirements.txt").read_text()
    found = dict(re.findall(r"^([\w.-]+)==(\S+)$", listed, re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in project["dependencies"]:
        assert found[re.match(r"[\w-]+", name)[0]] == LOCK[re.match(r"[\w-]+", name)[0]]
    assert found["torch"] == REFERENCE_S_PYTORCH
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        assert "import torch" not in path.read_text() or path.parent == REFERENCE, path


def test_installed_packages_are_the_locked_ones():
    import numpy

    assert numpy.__version__ == LOCK["numpy"]
    assert (3, 11) <= sys.version_info[:2] < (3, 14)


def test_one_step_one_name():
    rules = set(re.findall(r"^(?:rule|checkpoint) (\w+):", RULES, re.MULTILINE))
    assert rules == {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
    assert rules == set(configuration.STEPS)
    assert re.findall(r"^rule (\w+):", SNAKEFILE, re.MULTILINE) == [*configuration.TARGETS]
    for rule in rules:
        found = re.search(rf"^\w+ {rule}:\n(.*?)(?=^\w+ \w+:|\Z)", RULES, re.M | re.DOTALL)
        block = found[1]
        assert f'"../scripts/{rule}.py"' in block
        assert re.search(rf"logs/.*{rule}\b", block)
        assert re.match(r'\s+"""', block), f"rule {rule} has no docstring"
        assert "conda:" in block
        assert "run:" not in block


def test_the_readme_draws_every_rule():
    drawing = re.search(r"```mermaid\n(.*?)```", README, re.DOTALL)[1]
    drawn = set(re.findall(r"\b[a-z]+(?:_\w+)?\b", drawing)) - {"flowchart", "instead"}
    assert drawn == set(configuration.STEPS)


def test_scripts_are_short_and_the_library_s_inits_empty():
    for path in (ROOT / "workflow/scripts").glob("*.py"):
        if path.stem != "train_phase1":  # the original project, which is one script on purpose
            assert len(path.read_text().splitlines()) < 63, path.name
    for path in (ROOT / "workflow/scripts/handwritten").rglob("__init__.py"):
        assert path.read_text() == "", path


def test_links_in_the_documents_lead_somewhere():
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_arrows_between_wings_run_one_way():
    """page -> evaluation -> learning -> data; plan -> config; learning knows no files."""
    allowed = {
        "io": {"io"},
        "artifacts": {"artifacts", "io"},
        "download": {"download", "data", "io"},
        "config": {"config", "data"},
        "plan": {"plan", "config", "data", "download", "io", "page", "randomness"},
        "data": {"data", "io"},
        "learning": {"learning", "data"},
        "evaluation": {"evaluation", "learning", "data"},
        "page": {"page", "evaluation", "learning", "data", "io"},
        "export": {"export", "learning", "artifacts", "io"},
        "handwritten": {"data", "evaluation", "learning", "artifacts", "io"},  # predict
        "reference": {"reference", "learning", "data", "randomness"},  # alone imports PyTorch
    }
    for path in (ROOT / "workflow/scripts/handwritten").rglob("*.py"):
        wing = path.parent.name
        wings = set(re.findall(r"from handwritten\.(\w+)", path.read_text()))
        assert wings <= allowed.get(wing, set()), path


def test_only_these_modules_write_files():
    writing = re.compile(r"\.write_(text|bytes)\(|open\([^)]*[\"']w|os\.(rename|replace)\(")
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        if path.name not in ("writing.py", "checkpoints.py", "files.py", "lock.py"):
            assert not writing.search(path.read_text()), path
