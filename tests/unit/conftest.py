import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from matplotlib.figure import Figure

from handwritten.io import files
from handwritten.page import figures


class Files(list):
    """Enough of Snakemake's list of files: paths in order."""


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job as Snakemake hands it to a script, its empty folder made beforehand."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/data.txt").write_text("data")
    digest = files.sha256(Path("in/data.txt"))
    Path("in/provenance.json").write_text(
        json.dumps({"version": "in", "files": {"data.txt": digest}})
    )
    Path("results/step/0123456789").mkdir(parents=True)
    return SimpleNamespace(
        input=Files(["in/data.txt"]),
        output=Files(["results/step/0123456789/facts.json"]),
        log=Files(["logs/step.log"]),
        params=SimpleNamespace(recipe={"step": "step", "settings": {"seed": 1}}),
        threads=1,
    )


@pytest.fixture
def drawing(monkeypatch):
    """The figure that a function draws, instead of its SVG."""

    def to_svg(width, height, draw):
        figure = Figure(figsize=(width, height))
        draw(figure)
        return figure

    monkeypatch.setattr(figures, "to_svg", to_svg)


@pytest.fixture
def record():
    """record(folder, made_from, **files) writes a version's folder, its other JSON files too."""

    def written(folder, made_from, **files):
        folder.mkdir(parents=True)
        (folder / "provenance.json").write_text(json.dumps({"made_from": made_from}))
        for name, content in files.items():
            (folder / f"{name}.json").write_text(json.dumps(content))

    return written
