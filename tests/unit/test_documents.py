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
    sections = (ROOT / "docs/ablation.md").read_text().split("\n## ")
    for part, section in zip(("steps", "baselines", "left_out"), sections, strict=True):
        rows = rows_of(section)
        for step in measured[part]:
            parameters, _, dev, test, *_ = rows[step["change"]]
            assert parameters == (f"{step['parameters']:,}" if step["parameters"] else "–")
            for split, cell in (("dev", dev), ("test", test)):
                assert step[split]["mean"] == pytest.approx(fmean(step[split]["errors"]))
                assert cell.startswith(formats.percent(step[split]["mean"]))


@pytest.fixture(scope="module")
def steps() -> dict[str, dict]:
    """The steps of the ablation study that docs/ablation.json describes, by their changes."""
    measured = json.loads((ROOT / "docs/ablation.json").read_text())
    return {step["change"]: step for step in measured["steps"]}


def error(step: dict) -> str:
    """The mean test error of a step."""
    return formats.percent(step["test"]["mean"])


def points(step: dict) -> str:
    """What a step takes off the test error of the step below it, in percentage points."""
    return f"{-100 * step['comparison']['difference']['mean']:.2f}"


STARTS = {
    "784-10-10": ("Phase 1", "He's start"),
    "784-128-10": ("Width, without He's start", "Width"),
    "784-128-64-10": ("Depth, without He's start", "Depth"),
}


def test_the_documents_say_what_the_ablation_study_has_shown(steps):
    words, results = " ".join(README.split()), (ROOT / "docs/results.md").read_text()
    told = " ".join(results.split())
    wide, cnn = steps["A wider network"], steps["A convolutional network"]
    first, ensemble = error(steps["Phase 1"]), error(steps["Ensemble"])
    for text in (words, told):
        assert f"from {first} for phase 1 to {ensemble} for an ensemble]" in text
        assert f"falls from {first} to **{error(wide)}**" in text
        assert f"{error(wide)}** (mean over five seeds" in text
        assert "784-800-400-10" in text and wide["parameters"] == 784 * 800 + 800 * 401 + 4410
    assert f"{ensemble} for an ensemble of five" in words
    assert f"in PyTorch gets {error(cnn)} wrong" in words
    assert f"An ensemble of five such networks has {ensemble}." in told
    for step, before in (wide, "over five seeds, "), (cnn, f"has {error(cnn)} ("):
        low, high = (f"{100 * step['test'][end]:.2f}" for end in ("low", "high"))
        assert f"{before}{low} to {high})" in told


def test_the_documents_say_what_depth_and_the_start_have_done(steps):
    words, results = " ".join(README.split()), (ROOT / "docs/results.md").read_text()
    told = " ".join(results.split())
    for network, changes in STARTS.items():
        assert rows_of(results)[network] == [error(steps[change]) for change in changes]
    start, wide, deep = (
        points(steps[change]) for change in ("He's start", STARTS["784-128-10"][0], "Depth")
    )
    bare = steps[STARTS["784-128-64-10"][0]]
    assert (
        f"Alone, He's start takes {start} points off phase 1's error and a wider layer {wide};"
        in words
    )
    assert f"a second hidden layer takes off {deep} more, and without He's start no gain" in words
    assert (
        f"Alone, He's start takes {start} points off the error and width takes off {wide}." in told
    )
    assert f"With He's start, depth takes off another {deep}." in told
    assert f"depth takes off {points(bare)}, and no difference is shown" in told
    assert bare["comparison"]["verdict"] == "no difference shown"


def test_the_documents_say_which_steps_help(steps):
    told = " ".join((ROOT / "docs/results.md").read_text().split())
    helping = [change for change, step in steps.items() if not step["aside"] and helps(step)]
    assert helping == [
        "He's start",
        "Width",
        "Depth",
        "Mini-batches",
        "Cosine schedule",
        "Shifts",
        "A wider network",
    ]
    assert (
        "He's start, width, depth, mini-batches, the cosine schedule, shifts, and the wider network"
        in told
    )
    left_out = json.loads((ROOT / "docs/ablation.json").read_text())["left_out"]
    missed = [
        step["change"] for step in left_out if helps(step) and not helps(steps[step["change"]])
    ]
    assert missed == ["Ten times the learning rate", "Four times the epochs"]
    (smooth,) = (step for step in left_out if step["change"] == "Label smoothing")
    said = (
        f"without it the error is {error(smooth)} instead of {error(steps['Elastic distortions'])}"
    )
    assert said in told
    assert smooth["comparison"]["p"] < 0.05 <= smooth["comparison"]["holm_p"]


def helps(step: dict) -> bool:
    """Whether a comparison has shown, after the correction, that a change helps."""
    return step["comparison"] is not None and step["comparison"]["verdict"] == "helps"


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
