"""The notebooks, run by the pipeline on few and generated digits."""

import re
import shutil

import pytest

from handwritten.plan.notebooks import RUN_OF

pytestmark = pytest.mark.slow

BESIDE = {"publish_notebooks": 1, "notebooks": 1}


def test_they_run_offline_and_come_out_the_same(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    assert project.jobs("notebooks") == {"run_notebook": 2} | BESIDE
    said = project.snakemake("notebooks")
    assert project.jobs("notebooks") == {} == project.jobs()
    folder = project.folder / "results/generated/run_notebook"
    pages = {path: path.read_text() for path in folder.glob("*/notebook.html")}
    beside = [folder.parent / f"{name}.html" for name in RUN_OF]
    assert sorted(pages.values()) == sorted(path.read_text() for path in beside)
    assert all(f"A notebook: results/generated/{path.name}" in said for path in beside)
    for text in pages.values():
        assert text.count("<svg") >= 2 and "Traceback (most recent" not in text
        assert "dev accuracy" in text or "dev images wrong" in text
        assert not re.search(r"(src|href)=\W?https?:", text)
        assert text.count("<script") == 1  # the page's own, for the colours
    shutil.rmtree(folder)
    project.snakemake("notebooks")
    for path, text in pages.items():
        assert path.read_text().splitlines() == text.splitlines()  # says which line differs


def test_a_notebook_that_fails_stops_with_what_its_cell_said(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    project.edit(
        "notebooks/nn-implementation.ipynb", "Source(phase1.forward)", "Source(phase1.back)"
    )
    assert "has no attribute 'back'" in project.snakemake("notebooks", status=1)


def test_what_lies_beside_the_report_is_what_the_configuration_asks_for(built, tmp_path):
    """Stand-ins for the pages, since running notebooks takes long and is not what this is about."""
    project = built.clone(tmp_path / "clone")
    project.edit(
        "workflow/scripts/run_notebook.py",
        "notebook_page.render(Path(snakemake.params.source), run)",
        '(f"{settings} on {run}", "")',
    )
    faster = ["--config", 'runs={"phase1": {"learning_rate": 0.05}}']
    page = project.folder / "results/generated/nn-implementation.html"
    project.snakemake("notebooks")
    first = page.read_text()
    project.snakemake("notebooks", *faster)
    assert page.read_text() != first
    assert project.jobs("notebooks") == BESIDE
    project.snakemake("notebooks")
    assert page.read_text() == first
    page.unlink()
    assert project.jobs("notebooks") == BESIDE
