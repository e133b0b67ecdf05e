"""Text from outside is shown as text or refused, and none of it acts."""

import csv
import json
import re
from html import unescape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from project import STEPS_OF_ABLATION, Project

from handwritten.config import configuration
from handwritten.config.messages import ConfigurationError
from handwritten.page import embedding, index, page, template_files

pytestmark = pytest.mark.promise("hostile text")
MARKUP = [
    "</title><script>alert(1)</script>",
    '" onload="alert(1)',
    "<svg onload=alert(1)>",
    "]]><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "$\\frac{1}{2}$ and $x$",
    "Ünïcödé 数字 \u202e",
    "../../etc/passwd",
    "=1+1",
    "'; DROP TABLE steps",
]
REFUSED = ["", "a\nb", "a\x1b[31m", "\0", "a\u2028b", "x" * 61, "x" * 10_000, "\ud800"]


class Markup(HTMLParser):
    """The elements of a page, their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.attributes, self.text = set(), [], ""
        self.scripts = []  # their attributes and texts
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes += attributes
        if tag == "script":
            self.scripts.append([dict(attributes), ""])

    handle_startendtag = handle_starttag

    def handle_data(self, data):
        if self.cdata_elem == "script":
            self.scripts[-1][1] += data
        else:
            self.text += data


def assert_nothing_acts(html: str) -> Markup:
    """Nothing can act but the scripts of workflow/report, and a policy that allows no others."""
    found = Markup(html)
    ours = [page.script(template_files.name(file)) for file in template_files.REPORT.rglob("*.js")]
    ours.append(page.inline_script("declarations.js", embedding.declarations_script()))
    texts = {script["text"] for script in ours}
    assert all("type" in attributes or text in texts for attributes, text in found.scripts)
    allowed = set(re.findall(r"'(sha256-[^']*)'", html.split("script-src")[1].split('"')[0]))
    assert allowed <= {script["hash"] for script in ours}
    assert not found.elements & {"iframe", "object", "embed", "base", "form"}
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    addresses = [v for name, v in found.attributes if name in ("href", "src", "xlink:href")]
    assert all(
        re.match(r"(#|data:image/png;|[a-z_0-9]+/|report\.html|index\.html)", a) for a in addresses
    )
    return found


def test_pages_have_nothing_that_could_act(built):
    for name in ("report", "index"):
        assert_nothing_acts((built.folder / f"results/generated/{name}.html").read_text())


def with_changes(changes) -> list[dict]:
    steps = [dict(step) for step in STEPS_OF_ABLATION[:1]]
    return steps + [{"change": change, "extends": "phase1", "steps": 31} for change in changes]


@pytest.mark.full
def test_ideas_with_markup_are_shown_as_they_are(tmp_path):
    """In the page, in its figure, in JSON and in CSV, of an ablation study built for real."""
    ablation = {"train": True, "seeds": [1, 2], "steps": with_changes(MARKUP)}
    project = Project.fresh(tmp_path / "project", report=["phase1"], ablation=ablation)
    project.snakemake("--config", "generated={'train': 400, 'test': 100}", "dev_size=100")
    results = project.folder / "results/generated"
    html = (results / "report.html").read_text()
    found = assert_nothing_acts(html)
    assert "default-src 'none'" in html
    assert_nothing_acts((results / "index.html").read_text())
    (figure,) = results.glob("ablation/*/ablation.svg")
    drawn = unescape(figure.read_text())
    with (results / "ablation.csv").open(newline="") as file:
        in_table = {row["change"] for row in csv.DictReader(file)}
    (facts,) = results.glob("ablation/*/ablation.json")
    in_facts = {step["change"] for step in json.loads(facts.read_text())["steps"]}
    for change in MARKUP:
        assert change in found.text
        assert change in drawn
        assert change in in_table and change in in_facts
    outside = {path.name for path in project.folder.parent.iterdir()}
    assert outside == {"project"}


@pytest.mark.parametrize("change", REFUSED)
def test_ideas_that_cannot_be_shown_on_a_line_are_refused(change):
    runs = {"phase1": {"trainer": "phase1"}}
    config = {"runs": runs, "report": ["phase1"], "ablation": {"steps": with_changes([change])}}
    with pytest.raises(ConfigurationError, match=r"ablation\.steps\[1\]\.change is"):
        configuration.validated(config)


@pytest.mark.parametrize(
    "name", [*MARKUP, *REFUSED, "A", "a b", "a-b", "a.b", "a/b", "..", "a" * 41, "1a", "ä"]
)
def test_names_of_runs_are_plain_words(name):
    config = {"runs": {name: {"trainer": "phase1"}}, "report": [name]}
    with pytest.raises(ConfigurationError):
        configuration.validated(config)


@pytest.mark.parametrize("name", [*MARKUP, "../mnist", "mnist/../..", "x" * 10_000])
def test_data_sets_are_those_of_the_registry(name):
    with pytest.raises(ConfigurationError, match="dataset is"):
        configuration.validated({"runs": {"phase1": {"trainer": "phase1"}}, "dataset": name})


@pytest.mark.full
def test_sources_and_their_reasons_are_shown_as_they_are(tmp_path):
    sources = [f"no/{text}" for text in MARKUP if text.isprintable()]
    download = {"sources": [*sources, "x" * 5_000], "timeout_seconds": 1}
    project = Project.fresh(
        tmp_path / "project", dataset="mnist", report=["phase1"], download=download, ablation={}
    )
    project.snakemake()
    html = (project.folder / "results/generated/report.html").read_text()
    text = assert_nothing_acts(html).text
    for source in sources:
        assert source in text


@settings(max_examples=200)
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_in_a_template_stays_text(one, other):
    def rendered(first, second):
        shown = {"kind": first, "version": "0123456789", "content": [first, second]}
        shown |= {"file": "report/0123456789/report.html", "current": False, "built": second}
        return Markup(index.render(first, [], {}, [shown]))

    assert rendered(one, other).elements == rendered("a", "b").elements
    assert rendered(one, other).attributes == rendered("a", "b").attributes
