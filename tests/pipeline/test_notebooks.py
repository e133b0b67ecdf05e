"""The notebooks, run by the pipeline on few and generated digits."""

import re
import shutil


def test_they_run_offline_and_come_out_the_same(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    assert project.jobs("notebooks") == {"run_notebook": 2, "notebooks": 1}
    project.snakemake("notebooks")
    assert project.jobs("notebooks") == {}
    folder = project.folder / "results/generated/run_notebook"
    pages = {path: path.read_text() for path in folder.glob("*/notebook.html")}
    assert len(pages) == 2
    for text in pages.values():
        assert text.count("<svg") >= 2 and "Traceback (most recent" not in text
        assert "of dev right" in text or "dev images wrong" in text
        assert not re.search(r"<script|(src|href)=\W?https?:", text)
    shutil.rmtree(folder)
    project.snakemake("notebooks")
    for path, text in pages.items():
        assert path.read_text().splitlines() == text.splitlines()  # says which line differs


def test_a_notebook_that_fails_stops_with_what_its_cell_said(built, tmp_path):
    project = built.clone(tmp_path / "clone")
    project.edit(
        "notebooks/nn-implementation.ipynb", "source(phase1.forward)", "source(phase1.back)"
    )
    assert "has no attribute 'back'" in project.snakemake("notebooks", status=1)
