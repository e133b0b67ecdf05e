"""What is written twice is compared: docs with schema, names with names, figures with figures.

The commands and code of docs/extending.md are tried in pipeline/test_extending.py, those of
docs/reuse.md in pipeline/test_another_domain.py.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import fmean

import pytest
import yaml
from jsonschema import Draft202012Validator

import tables
from handwritten.config import documentation
from handwritten.page import formats
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


def rows_of(document: str) -> dict[str, list[str]]:
    """The cells of a document's table rows, by what the first cell has in bold or at all."""
    lines = [line for line in document.splitlines() if line.startswith("| ")]
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {re.sub(r"\*\*(.*)\*\*.*", r"\1", first): others for first, *others in rows}


def test_the_ablation_study_s_document_states_what_was_measured():
    measured = json.loads((ROOT / "docs/ablation.json").read_text())
    rows = rows_of((ROOT / "docs/ablation.md").read_text())
    for step in measured["steps"]:
        parameters, _, dev, test, *_ = rows[step["change"]]
        assert parameters == f"{step['parameters']:,}"
        for split, cell in (("dev", dev), ("test", test)):
            assert step[split]["mean"] == pytest.approx(fmean(step[split]["errors"]))
            assert cell.startswith(formats.percent(step[split]["mean"]))
    best = measured["steps"][-2]["test"]["mean"]
    assert f"**{100 * best:.2f}%** (mean over five seeds" in README.replace("\n", " ")


def test_the_record_s_document_states_what_was_measured():
    measured = json.loads((ROOT / "docs/record.json").read_text())
    document = (ROOT / "docs/record.md").read_text()
    rates = [model["errors"] / model["n"] for model in measured["models"]]
    for model, rate in zip(measured["models"], rates, strict=True):
        errors, percent, *_ = rows_of(document)[str(model["seed"])]
        assert (errors, percent) == (str(model["errors"]), formats.percent(rate))
    together = formats.percent(measured["ensemble"]["errors"] / measured["ensemble"]["n"])
    assert f"**{formats.percent(fmean(rates))} test error**" in document
    assert f"All 3 together: **{together}**" in document
    for key, value in measured["settings"].items():
        assert f"    {key}: {value}\n" in document or key == "image_shape"
    words = README.replace("\n", " ")
    assert f"**{formats.percent(fmean(rates))}** of the test digits wrong" in words
    assert f"together {together}" in words


def test_the_documents_state_the_speed_that_was_measured():
    record = json.loads((ROOT / "docs/benchmarks.json").read_text())
    measured = {goal.title: goal.row()[2] for goal in tables.goals(record)}
    words = " ".join(README.split())
    results = " ".join((ROOT / "docs/results.md").read_text().split())
    for title, peer in (
        (tables.BEST, "the time of PyTorch's fastest form with autograd"),
        ("scikit-learn", "scikit-learn's time"),
    ):
        share = measured[f"epoch of 784-128-64-10, batch 128, 1 thread, momentum / {title}"]
        assert f"{share} of {peer}" in words and f"{share} of {peer}" in results
    wide = measured[f"epoch of 784-800-800-10, batch 128, 1 thread, momentum / {tables.BEST}"]
    assert f"one of 784-800-800-10 took {wide} of PyTorch's" in results
    assert (
        f"98% on dev was reached in {measured[f'time to 98% on dev / {tables.BEST}']} of" in results
    )
    assert f"99% after {measured['time to 99% on dev']}" in results


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
