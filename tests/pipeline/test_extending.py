"""docs/extending.md, followed literally in a copy of the project."""

import base64
import hashlib
import re
import shlex
import subprocess
import sys

import pytest
from project import ROOT, Project, words_of

from handwritten.io.files import read_arrays, read_json

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "docs/extending.md").read_text()


def blocks(title: str) -> list[tuple[str, str, str]]:
    """The code blocks of a section: the line above each, its language, its code."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)[1]
    return re.findall(r"([^\n]*)\n\n```(\w+)\n(.*?)```", section, re.DOTALL)


def follow(title: str, project: Project) -> list[list[str]]:
    """Do what a section says, and return the commands of Snakemake's that it ends with."""
    commands = []
    for above, language, code in blocks(title):
        if language == "console":
            commands += [shlex.split(line)[1:] for line in code.splitlines()]
        elif place := re.search(r"At the end of `(.+?)`", above):
            path = project.folder / place[1]
            path.write_text(f"{path.read_text()}\n\n{code}")
        elif place := re.search(r"Create `(.+?)`", above):
            path = project.folder / place[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(code)
        elif place := re.search(r"In `(.+?)`, below `(.+?)`", above):
            project.edit(place[1], f"{place[2]}\n", f"{place[2]}\n{code}")
        else:
            subprocess.run([sys.executable, "-c", code], cwd=project.folder, check=True)
    return commands


def test_an_activation_an_optimizer_and_a_schedule(tmp_path):
    project = Project.fresh(tmp_path / "project")
    results = project.folder / "results/generated"

    def shown_after(title: str) -> str:
        (command,) = follow(title, project)
        project.run(*command, "dev_size=200")
        return (results / "report.html").read_text()

    html = shown_after("An activation function")
    assert "a = z / (1 + np.exp(-z))" in html.split('<section id="mathematics"')[1]
    assert (
        "value: (z) => z * (1 + Math.tanh(z / 2)) / 2," in html
        and 'id="array-weights-phase2"' in html
    )
    project.snakemake("exports", "--config", "runs={'phase2': {'activation': 'silu'}}")
    assert list(results.glob("export_onnx/*/model.onnx"))
    assert "s = rms_decay * s" in shown_after("An optimizer")
    assert "factor = 1 - progress" in shown_after("A schedule")
    records = results.glob("check_gradients/*/gradients.json")
    checks = read_json(max(records, key=lambda path: path.stat().st_mtime))
    assert "silu" in {row["activation"] for row in checks["checks"]}
    assert {"silu", "rmsprop", "linear"} <= {row["name"] for row in checks["formulas"]}
    said = project.snakemake("--config", "runs={'phase2': {'rms_decay': 1}}", status=1)
    assert "runs.phase2.rms_decay is '1'; allowed: number, at least 0, below 1" in said


def test_an_activation_without_other_forms(tmp_path):
    project = Project.fresh(tmp_path / "project")
    ((_, _, code),) = [block for block in blocks("An activation function") if block[1] == "python"]
    without = re.sub(r"    (torch|onnx)=.*\n|    javascript=(.*\n)*?    \),\n", "", code)
    assert not re.search("torch|javascript|onnx", without)
    path = project.folder / "workflow/scripts/handwritten/learning/activations.py"
    path.write_text(f"{path.read_text()}\n\n{without}")
    runs = "runs={'phase2': {'activation': 'silu'}}"
    said = project.snakemake("all", "exports", "--config", runs)
    assert "`silu` has no ONNX form: there is no model.onnx" in said
    html = (project.folder / "results/generated/report.html").read_text()
    assert "silu, has no JavaScript form" in html and 'id="array-weights-phase2"' not in html


def test_a_setting(tmp_path):
    project = Project.fresh(tmp_path / "project")
    (command,) = follow("A setting", project)
    plain = mean_size_of_weights(project, "--cores", "2")
    assert mean_size_of_weights(project, *command) < 0.99 * plain
    said = project.snakemake("--config", "runs={'phase2': {'l1': -1}}", status=1)
    assert "runs.phase2.l1 is '-1'; allowed: number, at least 0, at most 100" in said
    said = project.snakemake("--config", "runs={'phase2': {'L1': 1}}", status=1)
    assert "did you mean l1?" in said


def mean_size_of_weights(project: Project, *arguments: str) -> float:
    """The mean of abs(W2) after a new training of phase 2."""
    before = set(project.folder.glob("results/generated/train_phase2/*"))
    project.run("phase2", *arguments)
    (made,) = set(project.folder.glob("results/generated/train_phase2/*")) - before
    return float(abs(read_arrays(made / "model.npz")["W2"]).mean())


def test_a_data_set(tmp_path):
    project = Project.fresh(tmp_path / "project")
    (command,) = follow("A data set", project)
    project.run("phase2", *command, "runs={'phase2': {'epochs': 20}}")
    (metrics,) = project.folder.glob("results/stripes/evaluate/*/metrics.json")
    assert read_json(metrics)["test"]["accuracy"] > 0.9
    said = project.snakemake("--config", "dataset=Stripes", status=1)
    assert "did you mean stripes?" in said


def test_a_step_and_its_section_of_the_page(clone):
    before = files(clone)
    (command,) = follow("A step", clone)
    clone.run(*command)
    after = files(clone)
    assert len({name for name in after if after[name] != before.get(name)}) == 4
    (scores,) = clone.folder.glob("results/generated/nearest_neighbours/*/nearest_neighbours.json")
    test = read_json(scores)["test"]
    assert test["accuracy"] > 0.5
    page = (clone.folder / "results/generated/report.html").read_text()
    section = page.split('<section id="nearest_neighbours"')[1].split("</section>")[0]
    assert f"{100 * test['accuracy']:.2f}% of the test images" in words_of(section)
    assert clone.jobs() == {}
    clone.edit("workflow/scripts/nearest_neighbours.py", "# falls", "# it falls")
    assert clone.jobs() == {}
    clone.edit("workflow/rules/evaluate.smk", "scores=", "result=")
    assert clone.jobs() == {"nearest_neighbours": 1, "report": 1, "publish": 1}


def files(project: Project) -> dict[str, bytes]:
    """The content of every file of the workflow."""
    paths = (project.folder / "workflow").rglob("*")
    return {
        str(path): path.read_bytes()
        for path in paths
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_a_section_of_the_page(clone):
    follow("A section of the page", clone)
    assert clone.jobs() == {"report": 1, "publish": 1}
    clone.snakemake()
    page = (clone.folder / "results/generated/report.html").read_text()
    titles = re.findall(r'<a href="#(\w+)">([^<]+)</a>', page)
    here = titles.index(("class_sizes", "Class sizes"))
    assert titles[here + 1] == ("calibration", "Calibration")
    assert "#class_sizes {\n.bars { list-style: none;" in page
    scripts = re.findall(r'<script id="class_sizes/class_sizes.js">(.*?)</script>', page, re.DOTALL)
    (script,) = scripts
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.partition("</head>")[0]
    assert page.count('<meter max="') == 10
