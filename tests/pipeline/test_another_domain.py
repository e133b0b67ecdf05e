"""The pipeline of docs/reuse.md, which counts words: what makes rebuilds exact works for it too."""

import csv
import re

import pytest
from project import ROOT, Project

pytestmark = pytest.mark.slow

FILES = re.findall(
    r"Create `(.+?)`:\n\n```\w+\n(.*?)```", (ROOT / "docs/reuse.md").read_text(), re.DOTALL
)
COUNT, COMPARE = {"count_words": 1}, {"compare_words": 1}


@pytest.fixture
def words(tmp_path) -> Project:
    """A built pipeline about three texts."""
    texts = {"a": "The cat and the dog.", "b": "The end.", "c": "The cat, again"}
    for name, content in [*FILES, *((f"books/{name}.txt", text) for name, text in texts.items())]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    project = Project(tmp_path)
    project.snakemake()
    return project


def table(project: Project) -> list[dict]:
    """The newest table."""
    tables = project.folder.glob("results/books/compare_words/*/words.csv")
    with max(tables, key=lambda path: path.stat().st_mtime).open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_short():
    assert sum(len(content.splitlines()) for _, content in FILES) <= 100


def test_it_counts_words(words):
    assert table(words)[0] == {
        "word": "the",
        "books/a.txt": "2",
        "books/b.txt": "1",
        "books/c.txt": "1",
    }
    (record,) = words.folder.glob("results/books/compare_words/*/provenance.json")
    assert record.read_text().count("counts.json") == 6  # three as what it was made from, and read


def test_an_edit_runs_exactly_what_depends_on_it(words):
    assert words.jobs() == {}
    for file in words.folder.rglob("*.py"):
        file.write_text(f"# A comment.\n{file.read_text()}")
        file.touch()
    assert words.jobs() == {}
    words.edit("Snakefile", "number=3", "number=2")
    assert words.jobs() == COMPARE
    words.edit("books/b.txt", "end", "cat")
    assert words.jobs() == COUNT | COMPARE
    words.snakemake()
    assert [row["word"] for row in table(words)] == ["the", "cat"]
    assert words.jobs() == {}
    words.edit("Snakefile", 'counts="counts.json"', 'words="counts.json"')
    assert words.jobs() == {"count_words": 3} | COMPARE
    words.edit("Snakefile", 'words="counts.json"', 'counts="counts.json"')
    assert words.jobs() == {}
    words.edit("scripts/words.py", "[a-z]", "[a-z0-9]")
    assert words.jobs() == {"count_words": 3} | COMPARE


def test_a_damaged_file_is_noticed(words):
    counts = next(words.folder.glob("results/books/count_words/*/counts.json"))
    counts.write_text(counts.read_text().replace("1", "2"))
    words.edit("Snakefile", "number=3", "number=2")
    assert f"{counts.parent.name}" in words.snakemake(status=1)
