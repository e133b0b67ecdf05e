"""What is written twice is compared: docs with schema, names with names, figures with figures.

The commands and code of docs/extending.md are tried in pipeline/test_extending.py, those of
docs/reuse.md in pipeline/test_another_domain.py.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from handwritten.config import documentation
from handwritten.plan import drawing

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
RULES = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))


def test_what_is_made_from_the_models_is_up_to_date(tmp_path):
    made = ("config/README.md", "workflow/schemas/config.schema.yaml")
    for file in made:
        (tmp_path / file).parent.mkdir(parents=True)
    documentation.write(tmp_path)
    for file in made:
        assert (ROOT / file).read_text() == (tmp_path / file).read_text(), "run `make docs`"


def test_the_shipped_configuration_fits_the_schema_for_editors():
    schema = yaml.safe_load((ROOT / "workflow/schemas/config.schema.yaml").read_text())
    Draft202012Validator(schema).validate(yaml.safe_load((ROOT / "config.yaml").read_text()))


@pytest.mark.slow
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
    script = f'source workflow/completion.bash; {line}; printf "%s\\n" "${{COMPREPLY[@]}}"'
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    run = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, env={"PATH": path}, text=True, capture_output=True
    )
    assert (run.stdout.split(), run.stderr) == (offered, "")


def test_one_step_one_name():
    rules = set(re.findall(r"^(?:rule|checkpoint) (\w+):", RULES, re.MULTILINE))
    assert rules == {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}
    for rule in rules:
        found = re.search(rf"^\w+ {rule}:\n(.*?)(?=^\w+ \w+:|\Z)", RULES, re.M | re.DOTALL)
        block = found[1]
        assert f'"../scripts/{rule}.py"' in block
        assert f'log("{rule}")' in block or f"/{rule}/" in block
        assert re.match(r'\s+"""', block), f"rule {rule} has no docstring"
        assert "conda:" in block
        assert "run:" not in block


def test_the_readme_draws_every_rule():
    drawn = drawing.DRAWING.search((ROOT / "docs/pipeline.md").read_text())[0]
    assert drawn == drawing.mermaid(yaml.safe_load((ROOT / "config.yaml").read_text())), "make docs"
    names = set(re.findall(r"\b[a-z]\w+\b", drawn)) - {"flowchart", "instead"}
    assert names == {path.stem for path in (ROOT / "workflow/scripts").glob("*.py")}


def test_scripts_are_short_and_the_library_s_inits_empty():
    for path in (ROOT / "workflow/scripts").glob("*.py"):
        if path.stem != "train_phase1":  # the original project, which is one script on purpose
            assert len(path.read_text().splitlines()) < 63, path.name
    for path in (ROOT / "workflow/scripts/handwritten").rglob("__init__.py"):
        assert path.read_text() == "", path


def test_links_in_the_documents_lead_somewhere():
    for document in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text()):
            is_on_github = target.startswith("../../deployments/")  # beside the repository's files
            exists = (document.parent / target).exists()
            assert exists or is_on_github, f"{document.name}: {target}"


def test_only_these_modules_write_files():
    writing = re.compile(r"\.write_(text|bytes)\(|open\([^)]*[\"']w|os\.(rename|replace)\(")
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        if path.name not in (
            "writing.py",
            "checkpoints.py",
            "files.py",
            "lock.py",
            "documentation.py",
        ):
            assert not writing.search(path.read_text()), path


SUFFIXES = "py|js|smk|j2|md|css|toml"
FILE_NAME = re.compile(rf"(?<![\w*{{<>/.$-])((?:[\w-]+/)*[\w-]+\.(?:{SUFFIXES}))\b")
# The page's generated script, a file of another project, and one of Snakemake's.
ELSEWHERE = {"declarations.js", "mnist.py", "dag.py"}


def test_every_file_that_code_and_docs_name_is_there():
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True)
    paths = [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]
    there = {path.name for path in paths} | ELSEWHERE
    for path in paths:
        if path.suffix in (".py", ".js", ".smk", ".j2", ".md") and path.name != "CHANGELOG.md":
            text = path.read_text()
            made = {Path(name).name for name in re.findall(r"[Cc]reate `(.+?)`", text)}
            named = {Path(name).name for name in FILE_NAME.findall(text)}
            in_tests = path.is_relative_to(ROOT / "tests")
            assert in_tests or named <= there | made, path
