import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from handwritten.pipeline import files


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
