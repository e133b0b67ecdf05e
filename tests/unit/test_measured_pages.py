"""Pages say what they were measured on, and which of them are older than that is found out."""

import pytest

from handwritten.io import measured_pages


@pytest.fixture
def root(tmp_path):
    for folder in ("docs", "code/inner"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "code/a.py").write_text("a = 1  # a comment\n")
    (tmp_path / "code/inner/rules.smk").write_text("rule a:\n")
    page = measured_pages.signed("# A page\n", tmp_path, "code")
    (tmp_path / "docs/page.md").write_text(page)
    (tmp_path / "docs/written.md").write_text("A page that nothing measures.\n")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "older"),
    [
        ("code/a.py", "a = 1\n\n# another comment\n", []),
        ("code/a.py", "a = 2\n", ["page.md"]),
        ("code/inner/rules.smk", "rule b:\n", ["page.md"]),
        ("code/inner/b.py", "", ["page.md"]),
        ("code/inner/__pycache__/a.pyc", "", []),
        ("docs/written.md", "Another text.\n", []),
    ],
)
def test_a_page_is_older_than_code_that_does_something_else(root, file, text, older):
    assert list(measured_pages.stale(root)) == []
    (root / file).parent.mkdir(exist_ok=True)
    (root / file).write_text(text)
    assert list(measured_pages.stale(root)) == older


def test_a_page_whose_code_is_gone_is_older(root):
    (root / "code").rename(root / "elsewhere")
    assert measured_pages.stale(root) == {"page.md": "code"}


def test_a_page_that_is_measured_again_has_one_line(root):
    page = (root / "docs/page.md").read_text()
    (root / "code/a.py").write_text("a = 2\n")
    again = measured_pages.signed(page, root, "code")
    assert len(measured_pages.LINE.findall(again)) == 1
    (root / "docs/page.md").write_text(again)
    assert measured_pages.stale(root) == {}
