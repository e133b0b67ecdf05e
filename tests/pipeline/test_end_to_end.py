"""What the pipeline makes, looked at from outside as its users do."""

import csv
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from html import unescape
from html.parser import HTMLParser
from importlib.util import find_spec

import numpy as np
import pytest
from expected_jobs import ALL
from project import Project

from handwritten.config.configuration import validated
from handwritten.page import formats
from handwritten.plan import drawing
from handwritten.plan.plan import Plan


@pytest.fixture(scope="module")
def results(built):
    return built.folder / "results" / "generated"


@pytest.fixture(scope="module")
def summary(results):
    return json.loads((results / "summary.json").read_text())


def test_the_summary_has_the_form_that_other_tools_rely_on(summary):
    assert set(summary) == {
        *("schema", "dataset", "classes", "image_shape", "fallback", "runs"),
        *("ground", "clear_ground", "prepare", "picture_shape"),  # for predict
    }
    assert summary["image_shape"] == [28, 28]
    assert (summary["schema"], summary["dataset"], summary["fallback"]) == (1, "generated", False)
    assert list(summary["runs"]) == ["phase1", "phase2"]
    for run in summary["runs"].values():
        assert set(run) == {
            *("version", "layer_dims", "parameters", "model", "dev", "test"),
            "temperature",  # for predict, as is the next one
            "threshold",
        }
        assert re.fullmatch("[0-9a-f]{10}", run["version"])
        assert run["version"] in run["model"]
        for split, n in (("dev", 200), ("test", 300)):
            score = run[split]
            assert set(score) == {"n", "errors", "accuracy", "wilson95"}
            assert score["n"] == n
            assert (
                score["accuracy"] == 1 - score["errors"] / n
                or abs(score["accuracy"] - 1 + score["errors"] / n) < 1e-12
            )
            assert score["wilson95"][0] < score["accuracy"] < score["wilson95"][1]
    assert summary["runs"]["phase2"]["parameters"] == 785 * 128 + 129 * 64 + 65 * 10


def test_a_model_is_plain_numpy_and_reproduces_its_score(built, results, summary):
    (test,) = results.glob("parse_idx/*/test.npz")
    with np.load(test) as data:
        x, y = data["x"], data["y"]
    assert x.dtype == y.dtype == np.uint8
    assert (x.min(), x.max()) == (0, 255)
    for run in summary["runs"].values():
        a, layers = x / np.float32(255), len(run["layer_dims"]) - 1
        with np.load(built.folder / run["model"]) as model:
            assert list(model) == [f"{name}{l}" for l in range(1, layers + 1) for name in "Wb"]
            for l in range(1, layers + 1):
                assert model[f"W{l}"].shape == tuple(run["layer_dims"][l - 1 : l + 1])
                a = a @ model[f"W{l}"] + model[f"b{l}"]
                a = np.maximum(a, 0) if l < layers else a
        assert int((a.argmax(axis=1) != y).sum()) == run["test"]["errors"]


def test_the_networks_learned(summary):
    """Few digits and short runs, but far from the 10% of guessing, and phase 2 ahead."""
    phase1, phase2 = (summary["runs"][name]["test"]["accuracy"] for name in ("phase1", "phase2"))
    assert phase1 > 0.3
    assert phase2 > max(0.75, phase1)


def test_the_confusion_matrix_counts_every_test_digit(results, summary):
    with (results / "confusion_matrix.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["true"] + [f"predicted {digit}" for digit in range(10)]
    assert [row[0] for row in rows] == [f"true {digit}" for digit in range(10)]
    counts = np.array([[int(cell) for cell in row[1:]] for row in rows])
    assert counts.sum() == 300
    assert counts.sum(axis=1).tolist() == [30] * 10
    assert counts.sum() - np.trace(counts) == summary["runs"]["phase2"]["test"]["errors"]


class Page(HTMLParser):
    """The addresses a page refers to, its text, and whether its tags are balanced."""

    VOID = ("meta", "img", "br", "link", "input", "hr", "path", "use")

    def __init__(self, html):
        super().__init__()
        self.addresses, self.text, self.open = [], "", []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.addresses += [v for k, v in attributes if k in ("src", "href", "xlink:href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.addresses += [v for k, v in attributes if k in ("src", "href", "xlink:href")]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(results, summary):
    page = Page((results / "report.html").read_text())
    assert page.open == []
    outside = [a for a in page.addresses if not a.startswith(("#", "data:image/png;base64,"))]
    assert outside == []
    for name, run in summary["runs"].items():
        assert name in page.text
        assert f"{100 * run['test']['accuracy']:.2f}%" in page.text
        assert run["version"] in page.text
    assert "None of its sources answered" not in page.text


def words_of(html):
    """The text, after the first tag's end."""
    return re.sub("<[^>]*>", "", html.split(">", 1)[1]).strip()


def rows_of(html, caption):
    """The cells of the table whose caption begins so, row by row, its head left out."""
    tables = [table.split("</table>")[0] for table in html.split("<table")[1:]]
    titled = (
        table for table in tables if words_of(table.split("</caption>")[0]).startswith(caption)
    )
    table = next(titled)
    body = table.split("<tbody>")[1]
    rows = [re.findall(r"(<t[hd].*?)</t[hd]>", row, re.DOTALL) for row in body.split("</tr>")[:-1]]
    return [[words_of(cell) for cell in cells] for cells in rows]


def test_the_page_s_tables_are_the_metrics(built, results, summary):
    html = (results / "report.html").read_text()
    model = summary["runs"]["phase2"]["version"]
    for path in results.glob("evaluate/*/metrics.json"):
        made_from = json.loads((path.parent / "provenance.json").read_text())["made_from"]
        if made_from["reads"]["model"].split("/")[1] == model:
            test = json.loads(path.read_text())["test"]
    # Of the default run, which comes first.
    scores = rows_of(html, "Scores on the test set by class")
    assert [float(row[2].rstrip("%")) for row in scores] == [
        pytest.approx(100 * score["recall"], abs=0.051) for score in test["classes"]
    ]
    matrix = html.split('class="confusion-matrix')[1].split("<tbody>")[1].split("</tbody>")[0]
    counts = [int(count) for count in re.findall(r'class="confusion-count">(\d+)<', matrix)]
    assert counts == [count for row in test["confusion_matrix"] for count in row]
    halves = rows_of(html, "Scores on the two halves of the test set")
    assert [int(row[1].split()[0]) for row in halves] == [
        half["errors"] for half in test["halves"].values()
    ]


def test_the_page_s_snippet_runs_and_prints_the_accuracy_it_says(built, results, summary):
    html = (results / "report.html").read_text()
    snippet = unescape(html.split("<code>import numpy")[1].split("</code>")[0])
    command = [sys.executable, "-c", "import numpy" + snippet]
    said = subprocess.run(command, cwd=built.folder, capture_output=True, text=True, check=True)
    assert float(said.stdout) == summary["runs"]["phase2"]["test"]["accuracy"]
    assert snippet.rstrip().endswith(f"# {said.stdout.strip()}")


def test_the_page_s_code_is_that_of_the_files_at_the_lines_it_says(built, results):
    section = (results / "report.html").read_text().split('<section id="mathematics"')[1]
    excerpts = re.findall(
        r"<code>(\S+):(\d+)</code>.*?<pre[^>]*><code>(.*?)</code></pre>", section, re.DOTALL
    )
    assert len(excerpts) > 12
    for file, first, shown in excerpts:
        scripts = built.folder / "workflow/scripts"
        path = scripts / file if (scripts / file).exists() else scripts / "handwritten" / file
        lines = path.read_text().splitlines()
        found = re.findall(r'<span data-line="(\d+)"[^>]*>(.*)\n</span>', shown)
        assert found[0][0] == first
        for number, html in found:
            text = unescape(re.sub("</?i>", "", html))
            assert lines[int(number) - 1].endswith(text)
            assert lines[int(number) - 1].strip() == text.strip()


def test_the_page_has_every_gradient_check_of_this_build(results):
    (path,) = results.glob("check_gradients/*/gradients.json")
    facts = json.loads(path.read_text())
    html = (results / "report.html").read_text()
    rows = rows_of(html, "Backpropagation (a)")
    plain = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    for row, check in zip(rows, facts["checks"], strict=True):
        dims = " → ".join(map(str, check["layer_dims"]))
        activation = formats.spelled(check["activation"])
        assert row[:4] == [check["what"], dims, activation, check["loss"]]
        assert int(row[4]) == check["parameters"]
        factor, exponent = re.fullmatch("(?:(.*) × )?10(.*)", row[5]).groups()
        shown = float(f"{factor or 1}e{exponent.translate(plain)}")
        assert shown == pytest.approx(check["error"], rel=0.06)


def test_ids_in_the_page_are_unique(results):
    ids = re.findall(r'\bid="([^"]+)"', (results / "report.html").read_text())
    assert sorted(ids) == sorted(set(ids))


def test_figures_are_svg(results):
    figures = list(results.rglob("*.svg"))
    assert len(figures) == 3
    for figure in figures:
        assert ElementTree.parse(figure).getroot().tag.endswith("svg")


def test_the_index_lists_every_version(results, summary):
    page = Page((results / "index.html").read_text())
    for run in summary["runs"].values():
        assert run["version"] in page.text
    addresses = [address for address in page.addresses if not address.startswith("#")]
    assert addresses
    for address in addresses:
        assert (results / address).exists()


def test_every_artifact_says_what_made_it(results):
    records = list(results.glob("*/*/provenance.json"))
    assert len(records) == sum(ALL.values()) - 2  # digits are made and pages published without one
    for path in records:
        record = json.loads(path.read_text())
        assert record["version"] == path.parent.name
        assert record["made_from"]["step"] == path.parent.parent.name
        assert set(record["files"]) | {"provenance.json", "run.json"} == {
            file.name for file in path.parent.iterdir()
        }
        assert record["inputs"] or record["made_from"]["step"] == "check_gradients"


def test_every_step_wrote_a_log(built):
    logs = list((built.folder / "logs").rglob("*.log"))
    assert len(logs) == sum(ALL.values())
    assert all("done in" in log.read_text() for log in logs)
    benchmarks = list((built.folder / "logs").rglob("*.benchmark.tsv"))
    assert len(benchmarks) == 2


@pytest.mark.slow
def test_layers_are_added_and_removed_in_the_configuration_alone(clone):
    config, layers = clone.config(), {"flat": [784, 10], "deep": [784, 24, 20, 16, 10]}
    for name, dims in layers.items():
        config["runs"][name] = {"extends": "phase2", "layer_dims": dims}
    clone.write_config(config | {"report": list(layers)})
    clone.snakemake()
    summary = json.loads((clone.folder / "results/generated/summary.json").read_text())
    assert {name: run["layer_dims"] for name, run in summary["runs"].items()} == layers
    assert all(run["test"]["accuracy"] > 0.6 for run in summary["runs"].values())


def test_a_bad_configuration_stops_before_any_job(tmp_path):
    project = Project.fresh(tmp_path / "project")
    said = project.snakemake("--config", 'runs={"phase2": {"epochs": 0}}', status=1)
    assert "config: runs.phase2.epochs is '0'; allowed: integer, at least 1" in said
    said = project.snakemake("--config", "dataste=mnist", status=1)
    assert "unknown key dataste; " in said and "did you mean dataset?" in said
    assert not (project.folder / "results").exists()


def test_a_configuration_that_would_run_code_is_refused_before_it_does(tmp_path):
    project = Project.fresh(tmp_path / "project")
    code = "?(__import__('os').system('touch executed'), 1)[1]"
    (project.folder / "config.yaml").write_text(f"__use_yte__: true\nseed: {code}\n")
    assert "config.yaml, line 1, column 1: __use_yte__" in project.snakemake("-n", status=1)
    assert not (project.folder / "executed").exists()


@pytest.mark.slow
def test_snakemake_s_own_report_works(built):
    built.run("--report", "snakemake-report.html")
    html = (built.folder / "snakemake-report.html").read_text()
    assert "Learning curves with one colour" in html


@pytest.mark.slow
@pytest.mark.skipif(find_spec("torch") is not None, reason="PyTorch is here")
def test_a_comparison_without_pytorch_says_what_to_do(clone):
    said = clone.snakemake("--config", "compare_pytorch=true", status=1)
    assert "make reference" in said
    assert clone.snakemake()  # and nothing is lost


@pytest.mark.slow
def test_the_drawing_of_the_steps_is_snakemake_s_own(built):
    targets = ("all", "exports", "crates", "sweeps", "notebooks", "mine")
    on = ("--config", "compare_pytorch=true", 'ablation={"train": true}')
    report = ["phase1", "phase2", "phase2_ensemble"]
    on = (*on, f"report={json.dumps(report)}")
    said = built.snakemake(*targets, *on, "--rulegraph")
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', said))
    arrows = {(names[a], names[b]) for a, b in re.findall(r"(\d+) -> (\d+)", said)}
    config = validated(built.config())
    config |= {"compare_pytorch": True, "ablation": config["ablation"] | {"train": True}}
    config["report"] = report
    plan = Plan(config, storage=drawing.NothingBuilt())
    steps = {name for name, rule in plan.steps.rules.items() if rule.has_script}
    arrows -= {("sweep_round", "sweep_round")}  # a round reads the round before
    assert {arrow for arrow in arrows if steps.issuperset(arrow)} == drawing.edges(plan)
