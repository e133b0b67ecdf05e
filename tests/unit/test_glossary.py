"""The glossary: its words are links where a section has them first, and nowhere else."""

import re

import pytest

from handwritten.page import glossary, template_files

TEMPLATES = sorted(template_files.REPORT.rglob("*.html.j2"))


def found(html: str) -> list[str]:
    """The words that become links."""
    return re.findall('<a class="term" href="#[^"]+">([^<]+)</a>', glossary.linked(html)[0])


def test_a_word_is_a_link_where_it_stands_first():
    html = "<p>The logits, and the <b>softmax</b> of these logits.</p><p>A Softmax.</p>"
    assert found(html) == ["logits", "softmax"]
    text, terms = glossary.linked(html)
    assert re.sub("<a class[^>]*>|</a>", "", text) == html
    assert [term.name for term in terms] == ["logit", "softmax"]


@pytest.mark.parametrize(
    "tag",
    ["a", "button", "code", "dt", "h3", "label", "math", "option", "pre", "svg", "thead", "script"],
)
def test_code_headings_and_controls_stay_as_they_are(tag):
    html = f'<{tag} title="softmax">the softmax</{tag}>'
    assert glossary.linked(f"<!-- softmax -->{html}")[0] == f"<!-- softmax -->{html}"
    assert found(f"{html}<p>softmax</p>") == ["softmax"]


def test_words_of_headings_and_controls_are_in_the_glossary_too():
    html = "<h3>The softmax</h3><button>Save as IDX</button><pre>the logit</pre>"
    text, terms = glossary.linked(html)
    assert text == html
    assert [term.name for term in terms] == ["softmax", "IDX"]


def test_the_name_of_a_run_leads_to_what_its_phase_is():
    html = "<p><code>phase1</code> or <code>wide</code> or <code>phase1</code></p>"
    link = '<code><a class="term" href="#term-phase-1">phase1</a></code>'
    assert glossary.linked(html)[0] == html.replace("<code>phase1</code>", link, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("its expected calibration error", ["expected calibration error"]),
        ("full-batch training on mini-batches", ["full-batch"]),
        ("the L2 penalty in nats", ["L2", "nats"]),
        ("biased, unitary and weighted", []),
        ("a 95% interval", ["95% interval"]),
        ("Wilson’s 95%\n  intervals", ["Wilson’s 95%\n  intervals"]),
        ("Student’s 95% interval", ["Student’s 95% interval"]),
        (
            "bootstrap 95% intervals from bootstrap samples",
            ["bootstrap 95% intervals", "bootstrap samples"],
        ),
        ("McNemar’s exact test", ["McNemar’s exact test"]),
        ("in double precision, unlike precision", ["double precision", "precision"]),
        ("noise of 0.3 sd, a standard deviation", ["sd"]),
        ("phase 1, phase 2, phase 3", ["phase 1", "phase 2"]),
    ],
)
def test_whole_words_are_linked_in_their_forms(text, words):
    assert found(f"<p>{text}</p>") == words


@pytest.mark.parametrize("term", glossary.TERMS, ids=lambda term: term.name)
def test_every_word_has_a_sentence_and_is_found_under_its_name(term):
    assert re.fullmatch(r"[A-Z0-9].*\w[)]?\.", term.meaning)
    assert glossary.linked(f"<p>{term.name}</p>")[1] == [term]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.parent.name)
def test_a_95_interval_is_called_by_its_name_and_leads_to_it(template):
    text = re.sub("<thead>.*?</thead>", "", template.read_text(), flags=re.DOTALL)
    for before, interval in re.findall(r"(\S+)\s+(95%\s+intervals?(?: of the median)?)", text):
        if "median" in interval:  # of which there is only one kind
            continue
        (term,) = glossary.linked(f"{before} {interval}")[1]
        assert term.name in ("Wilson interval", "Student’s interval", "bootstrap interval")


def test_words_have_addresses_of_their_own():
    addresses = [term.id for term in glossary.TERMS]
    assert len(set(addresses)) == len(addresses)


def test_the_entries_are_those_of_words_that_sections_have():
    _, terms = glossary.linked("<p>temperature of the logits</p>")
    logit, temperature = glossary.entries({"one": terms, "two": terms[:1]})
    assert (logit["term"].name, logit["sections"]) == ("logit", ["one"])
    assert (temperature["term"].name, temperature["sections"]) == ("temperature", ["one", "two"])
