"""One environment serves several copies of the project: each runs its own library."""

import re
import subprocess
import sys

import pytest
from project import Project

pytestmark = pytest.mark.slow

SAYS_WHERE = 'print("library:", __file__, flush=True)\n'
SHOW = [sys.executable, "-c", "import handwritten; print(handwritten.__file__)"]


def test_a_copy_runs_its_own_library_and_not_the_installed_one(tmp_path):
    project = Project.fresh(tmp_path / "copy")
    library = project.folder / "workflow/scripts/handwritten/__init__.py"
    library.write_text(SAYS_WHERE)
    output, _ = project.start().communicate(timeout=300)
    files = re.findall(r"^library: (.*)$", output, re.MULTILINE)
    assert len(files) > 10, output  # Snakemake, and the Python of every job
    assert set(files) == {str(library)}


def test_a_module_runs_the_library_of_the_workflow_that_it_names(tmp_path):
    project, user = Project.fresh(tmp_path / "copy"), Project(tmp_path / "user")
    library = project.folder / "workflow/scripts/handwritten/__init__.py"
    library.write_text(SAYS_WHERE)
    user.folder.mkdir()
    (user.folder / "Snakefile").write_text(
        f'configfile: "{project.folder}/config.yaml"\n'
        "module digits:\n"
        f'    snakefile: "{project.folder}/workflow/Snakefile"\n'
        "    config: config\n"
        "use rule * from digits as digits_*\n"
    )
    command = [sys.executable, "-m", "snakemake", "--cores", "2", "digits_phase1"]
    output, _ = user.start(*command).communicate(timeout=300)
    files = re.findall(r"^library: (.*)$", output, re.MULTILINE)
    assert len(files) > 3, output
    assert set(files) == {str(library)}


def test_the_library_is_installed(tmp_path):
    """So that `python -m handwritten.predict` works in any folder, without a search path."""
    run = subprocess.run(SHOW, cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("workflow/scripts/handwritten/__init__.py")
