"""What is installed: locks, conda environments and declarations say the same versions."""

import ast
import re
import sys
import tomllib
from argparse import Namespace
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from snakemake.exceptions import WorkflowError

from handwritten.io import syntax
from handwritten.io.packages import NOT_INSTALLED
from handwritten.plan.steps import Steps

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REFERENCE = ROOT / "workflow/scripts/handwritten/reference"
PYTORCH = re.search(r'VERSION = "(.+?)"', (REFERENCE / "pytorch_version.py").read_text())[1]
CONDA = sorted((ROOT / "envs").glob("*.yaml"))
# Installed into one environment; the others have environments of their own.
TOGETHER = ("build", "run", "crate", "export", "notebooks", "test", "browser", "cluster")


def lock(name: str) -> dict[str, str]:
    """The versions that a lock pins."""
    text = (ROOT / f"requirements/{name}.txt").read_text()
    return dict(re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE))


VERSIONS = {package: version for name in TOGETHER for package, version in lock(name).items()}


def names(requirements: list[str]) -> set[str]:
    """The packages that these lines of pyproject.toml ask for."""
    return {Requirement(line).name for line in requirements}


def test_locks_that_are_installed_together_agree_and_repeat_nothing_of_the_first():
    for name in TOGETHER:
        assert lock(name).items() <= VERSIONS.items(), name
        assert name == "run" or not lock(name).keys() & lock("run").keys(), name


def test_every_dependency_is_in_the_lock_of_its_name():
    assert names(PROJECT["project"]["dependencies"]) <= lock("run").keys()
    extras = PROJECT["project"]["optional-dependencies"] | PROJECT["dependency-groups"]
    for name, wanted in extras.items():
        assert names(wanted) <= lock(name).keys() | lock("run").keys(), name


def test_every_package_that_the_product_imports_is_declared():
    wanted = PROJECT["project"]["dependencies"]
    declared = names(sum(PROJECT["project"]["optional-dependencies"].values(), wanted))
    scripts, brought_by = ROOT / "workflow/scripts", metadata.packages_distributions()
    imported = {
        module.split(".")[0]
        for path in scripts.rglob("*.py")
        for module, _ in syntax.imports(ast.parse(path.read_bytes()))
    }
    own = {"handwritten", *(path.stem for path in scripts.glob("*.py"))}
    own |= {path.stem for path in (ROOT / "exercises").glob("*.py")}
    for module in imported - sys.stdlib_module_names - own - {"torch", "pydantic_core"}:
        assert declared & {name.lower() for name in brought_by[module]}, module


def test_installed_packages_are_the_locked_ones():
    for package in names(PROJECT["project"]["dependencies"]):
        assert metadata.version(package) == lock("run")[package]


def test_the_snakemake_that_is_needed_is_the_same_everywhere():
    snakefile = (ROOT / "workflow/Snakefile").read_text()
    least = re.search(r'^min_version\("(.+)"\)', snakefile, re.MULTILINE)[1]
    assert f"snakemake>={least}" in PROJECT["project"]["dependencies"]


def test_the_reference_implementation_has_one_version_of_pytorch_and_imports_it_alone():
    assert lock("bench")["torch"] == PYTORCH
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        assert "import torch" not in path.read_text() or path.parent == REFERENCE, path


@pytest.mark.parametrize("path", CONDA, ids=lambda path: path.name)
def test_conda_environments_have_the_locked_versions(path):
    python, *packages = yaml.safe_load(path.read_text())["dependencies"]
    assert python == f"python {PROJECT['project']['requires-python']}"
    for package in packages:
        name, version = package.replace("-base", "").split(" =")
        assert version == (VERSIONS | {"pytorch": PYTORCH})[name], f"{package} in envs/{path.name}"


@pytest.mark.parametrize("path", CONDA, ids=lambda path: path.name)
def test_what_a_conda_environment_pins_fits_together(path):
    """By what each package itself demands of the others and of Python."""
    _, *packages = yaml.safe_load(path.read_text())["dependencies"]
    pins = dict(package.replace("-base", "").split(" =") for package in packages)
    assert pins
    for name in pins.keys() - {"pytorch"}:  # in no lock, and so not installed here
        about = metadata.distribution(name)
        allowed = SpecifierSet(about.metadata["Requires-Python"])
        assert all(map(allowed.contains, ("3.11", "3.12", "3.13", "3.14"))), name
        for demand in map(Requirement, about.requires or []):
            if demand.name in pins and (demand.marker is None or demand.marker.evaluate()):
                assert demand.specifier.contains(pins[demand.name]), f"{name} wants {demand}"


def test_envs_holds_conda_environments_alone():
    assert [path.suffix for path in (ROOT / "envs").iterdir()] == [".yaml"] * len(CONDA)


def test_a_job_whose_packages_are_missing_says_which():
    steps = Steps("generated", [])
    recipe = {"step": "export", "packages": {"numpy": "2.4.6", "onnx": NOT_INSTALLED}}
    job = Namespace(version=steps.enter(recipe).version)
    with pytest.raises(WorkflowError, match=r"export needs packages .*: onnx"):
        steps.inputs(job)
