"""The code on the page is the code that runs, at the lines that the page says."""

import re
from pathlib import Path

import pytest

from handwritten.io import fingerprints
from handwritten.page import excerpts
from handwritten.page.excerpts import EXCERPTS, Excerpt, ExcerptError

ROOT = Path(__file__).parents[2]
FILE = '''"""A module."""


class Kind:
    def method(self):
        """What it does."""
        first = 1

        # a reason
        return first


# a derivation
def plain(a):
    """What it gives.

    In two paragraphs.
    """
    a = a + 1
    return a + 2  # a shape


def undocumented(): return 3
'''


@pytest.fixture
def cut(tmp_path, monkeypatch):
    """Cuts an excerpt out of `FILE`, of which `edited` is what it is now."""
    monkeypatch.setattr(excerpts, "SCRIPTS", tmp_path)

    def cut(name, first="", last="", edited=FILE, file="a.py"):
        (tmp_path / "a.py").write_text(edited)
        return excerpts.cut(Excerpt(file, name, first, last))

    return cut


@pytest.mark.parametrize("key", EXCERPTS)
def test_every_line_shown_is_the_file_s_line_of_that_number(key):
    excerpt = excerpts.shown()[key]
    lines = (ROOT / "workflow/scripts" / excerpt["file"]).read_text().splitlines()
    found = [lines[number - 1] for number, _ in excerpt["lines"]]
    texts = [text for _, text in excerpt["lines"]]
    indent = len(found[0]) - len(texts[0])
    assert found[0] == " " * indent + texts[0]
    assert [line[indent:] for line in found] == texts
    assert all(line[:indent].strip() == "" for line in found)
    assert excerpt["line"] == excerpt["lines"][0][0]
    numbers = [number for number, _ in excerpt["lines"]]
    assert numbers == sorted(set(numbers))
    assert '"""' not in "".join(texts)
    assert 1 <= len(texts) <= 20


def test_the_page_shows_every_excerpt_and_no_other():
    template = (ROOT / "workflow/report/mathematics/section.html.j2").read_text()
    assert set(re.findall(r'\bcode\("([^"]+)"\)', template)) == set(EXCERPTS)


def test_the_lines_that_a_step_marks_are_in_its_excerpts():
    """Of every excerpt that inside/steps.js names, the texts by which it finds lines to mark."""
    script = (ROOT / "workflow/report/inside/steps.js").read_text()
    sources = script[script.index("const SOURCES") : script.index("/** Show a step")]
    named = re.findall(r'(?:"([^"]+)"|(\w+)): (\[(?:[^\[\]]|\[[^\[\]]*\](?!\]))*\])', sources)
    marks = [
        (quoted or bare, mark)
        for quoted, bare, texts in named
        if (quoted or bare) in EXCERPTS
        for mark in re.findall(r'"([^"]+)"', texts)
    ]
    assert len(marks) > 20
    for name, mark in marks:
        assert any(mark in text for _, text in excerpts.cut(EXCERPTS[name])["lines"]), (name, mark)


def test_a_function_is_shown_without_its_docstring_and_with_its_own_numbers(cut):
    assert cut("plain") == {
        "file": "a.py",
        "name": "plain",
        "line": 14,
        "lines": [
            [14, "def plain(a):"],
            [19, "    a = a + 1"],
            [20, "    return a + 2  # a shape"],
        ],
    }
    assert cut("undocumented")["lines"] == [[23, "def undocumented(): return 3"]]


def test_a_method_is_found_in_its_class_and_a_part_by_its_first_and_last_text(cut):
    assert cut("Kind.method", "first =", "return")["lines"] == [
        [7, "first = 1"],
        [8, ""],
        [9, "# a reason"],
        [10, "return first"],
    ]
    assert cut("Kind.method", "# a")["lines"] == [[9, "# a reason"], [10, "return first"]]
    assert cut("plain", "+ 1", "+ 1")["lines"] == [[19, "a = a + 1"]]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        ({"name": "plain", "file": "b.py"}, "the file"),
        ({"name": "other"}, "'other'"),
        ({"name": "Kind.other"}, "'other'"),
        ({"name": "Other.method"}, "'Other'"),
        ({"name": "plain", "first": "a = 7"}, "'a = 7'"),
        ({"name": "plain", "first": "In two paragraphs"}, "'In two paragraphs'"),
        ({"name": "plain", "first": "return", "last": "a = a"}, "'a = a' after 'return'"),
    ],
)
def test_what_is_gone_is_named(cut, arguments, what):
    with pytest.raises(ExcerptError, match=f"but {re.escape(what)} is not there: bring EXCERPTS"):
        cut(**arguments)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("# a shape", "# another shape", False),
        ("a + 1", "1 + a", False),
        ("# a derivation", "# a long\n# derivation", False),
        ("In two paragraphs", "In two\n    paragraphs", False),
        ("# a derivation", "# another", True),
        ("In two paragraphs", "In 2 paragraphs", True),
        ("return 3", "return 4", True),
    ],
)
def test_the_digest_changes_with_words_and_line_numbers_alone(cut, old, new, same):
    before = fingerprints.digest(cut("plain"))
    assert old in FILE
    assert (fingerprints.digest(cut("plain", edited=FILE.replace(old, new))) == before) == same
