import ast
import json
import shutil
from pathlib import Path

import pytest

from handwritten.io import fingerprints

SCRIPTS = Path(__file__).parents[2] / "workflow" / "scripts"


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A copy of all scripts and the library that a test may edit."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts")
    monkeypatch.setattr(fingerprints, "LIBRARY", tmp_path / "scripts" / "handwritten")

    class Library:
        def edit(self, file, old, new):
            path = tmp_path / "scripts" / file
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))

        def code(self, script):
            fingerprints.tree.cache_clear()
            fingerprints.without_comments.cache_clear()
            fingerprints.imports.cache_clear()
            fingerprints.code.cache_clear()
            return fingerprints.code(tmp_path / "scripts" / f"{script}.py")

    return Library()


def test_a_version_is_ten_digits_of_the_canonical_recipe():
    assert fingerprints.canonical({"b": [1, 0.5], "a": "ä"}) == '{"a":"ä","b":[1,0.5]}'.encode()
    assert fingerprints.version({"b": 1, "a": 2}) == fingerprints.version({"a": 2, "b": 1})
    assert len(fingerprints.version({})) == 10
    assert fingerprints.version({"a": 1}) != fingerprints.version({"a": 2})
    with pytest.raises(ValueError):
        fingerprints.canonical({"a": float("nan")})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a[l] += b", "a[l] += b  # the biases"),
        ("a[l] += b", "a[l] += (b)"),
        ("SLICE = 1024", "\n\nSLICE   =   1024"),
        ('"""Buffers for', '"""All buffers for'),
        ("# (n, d_in) @", "# shapes: (n, d_in) @"),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(library, old, new):
    before = library.code("train_phase2")
    library.edit("handwritten/learning/network.py", old, new)
    assert library.code("train_phase2") == before


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("handwritten/learning/network.py", "a[l] += b", "a[l] -= b"),
        ("handwritten/learning/network.py", "SLICE = 1024", "SLICE = 1025"),
        ("handwritten/learning/network.py", "below", "underneath"),
        ("handwritten/learning/losses.py", "delta -= y", "delta += y"),
        ("handwritten/artifacts/progress.py", "+ 1", "+ 2"),
        ("train_phase2.py", "history.csv", "curve.csv"),
    ],
)
def test_logic_counts_in_the_script_and_in_all_it_imports(library, file, old, new):
    before = library.code("train_phase2")["sha256"]
    library.edit(file, old, new)
    assert library.code("train_phase2")["sha256"] != before


@pytest.mark.parametrize(
    ("file", "script"),
    [
        ("handwritten/page/figures.py", "train_phase2"),
        ("handwritten/learning/network.py", "train_phase1"),
        ("handwritten/data/idx.py", "evaluate"),
        ("handwritten/plan/plan.py", "report"),
        ("handwritten/download/sources.py", "parse_idx"),
    ],
)
def test_code_that_a_script_does_not_import_does_not_count(library, file, script):
    before = library.code(script)
    library.edit(
        file,
        '"""',
        '"""',
    )
    with (fingerprints.LIBRARY.parent / file).open("a") as end:
        end.write("\nADDED = 1\n")
    assert library.code(script) == before


def test_packages_are_those_imported_on_the_way(library):
    assert set(library.code("train_phase2")["packages"]) == {"numpy", "threadpoolctl"}
    assert set(library.code("confusion_matrix")["packages"]) == {"numpy", "matplotlib"}
    assert set(library.code("report")["packages"]) == {
        "Jinja2",
        "MarkupSafe",
        "matplotlib",
        "numpy",
    }
    library.edit(
        "train_phase2.py",
        "from handwritten.learning import",
        "import nowhere_to_be_found\nfrom handwritten.learning import",
    )
    assert library.code("train_phase2")["packages"]["nowhere_to_be_found"] == "not installed"


def test_a_relative_import_is_refused_since_it_would_not_be_followed(library):
    library.edit("train_phase2.py", "from handwritten.learning import", "from .learning import")
    with pytest.raises(ImportError, match="write the module's full name"):
        library.code("train_phase2")


def test_no_project_code_imports_what_the_fingerprint_cannot_see():
    for file in SCRIPTS.rglob("*.py"):
        names = {
            node.id for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Name)
        }
        assert not names & {"__import__", "importlib", "exec", "eval"}, file


def test_text_files_count_with_their_comments(tmp_path):
    file = tmp_path / "page.css"
    file.write_text("body {}")
    before = fingerprints.text(file)
    file.write_text("body {} /* all of it */")
    assert fingerprints.text(file) != before


def test_the_files_behind_a_script_are_those_it_imports_and_they_in_turn():
    script = SCRIPTS / "publish_notebooks.py"
    names = ("artifacts/logs", "io/files", "page/publication")
    imported = [SCRIPTS / "handwritten" / f"{name}.py" for name in names]
    assert fingerprints.project_files(script) == [*imported, script]


def test_a_file_is_as_long_as_its_code(tmp_path):
    file = tmp_path / "module.py"
    file.write_text(
        '"""A module."""\n\n\n'
        'def twice(x):\n    """Say it again."""\n    # why\n    y = (\n        x\n    )\n'
        "    return y + x\n\n\n"
        'def nothing():\n    """To be done."""\n'
    )
    # def twice(x): y = x; return y + x; def nothing(): pass
    assert fingerprints.lines(file) == 5


def test_a_notebook_counts_with_its_words_and_the_project_code_of_its_cells(tmp_path):
    file = tmp_path / "story.ipynb"

    def counted(words="See `import handwritten`.", code="import numpy\n"):
        cells = [
            {"cell_type": "markdown", "source": ["# A story\n", words]},
            {"cell_type": "code", "source": [code, "from handwritten.learning import losses"]},
        ]
        file.write_text(json.dumps({"cells": cells}))
        return fingerprints.notebook(file)

    first = counted()
    losses = fingerprints.code(SCRIPTS / "handwritten" / "learning" / "losses.py")
    assert set(first) == {"story.ipynb", "handwritten.learning.losses"}
    assert first["handwritten.learning.losses"] == losses["sha256"]
    assert counted() == first
    for other in (counted(words="Other words."), counted(code="import math\n")):
        assert other["story.ipynb"] != first["story.ipynb"]
        assert other["handwritten.learning.losses"] == losses["sha256"]
