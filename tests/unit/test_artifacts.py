import json
import os
import platform
import stat
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from handwritten.pipeline import artifacts


class Files(list):
    """Enough of Snakemake's list of files: paths in order."""


@pytest.fixture
def job(tmp_path, monkeypatch):
    """A job as Snakemake hands it to a script, its empty folder made beforehand."""
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in/data.txt").write_text("data")
    Path("results/step/0123456789").mkdir(parents=True)
    return SimpleNamespace(
        input=Files(["in/data.txt"]),
        output=Files(["results/step/0123456789/facts.json"]),
        log=Files(["logs/step.log"]),
        params=SimpleNamespace(recipe={"step": "step", "settings": {"seed": 1}}),
        threads=1,
    )


def make(job, value=1):
    with artifacts.making(job) as artifact:
        artifact.facts("facts.json", {"value": value})
        artifact.arrays("arrays.npz", a=np.arange(3), b=np.eye(2, dtype=np.float32))
        artifact.table("table.csv", [{"x": 0.1, "y": 2}, {"x": 1e-9, "y": 3}])
        artifact.log("half way")


def test_an_artifact_holds_its_files_and_what_made_them(job):
    make(job)
    place = Path("results/step/0123456789")
    record = artifacts.read_json(place / "provenance.json")
    assert record["version"] == "0123456789"
    assert record["made_from"] == job.params.recipe
    assert set(record["files"]) == {"facts.json", "arrays.npz", "table.csv"}
    for name, digest in record["files"].items():
        assert artifacts.sha256(place / name) == digest
    assert record["inputs"] == {"in/data.txt": artifacts.sha256(Path("in/data.txt"))}
    assert artifacts.read_json(place / "run.json")["threads"] == 1
    assert sorted(p.name for p in place.parent.iterdir()) == ["0123456789"]


def test_what_is_written_can_be_read(job):
    make(job)
    place = Path("results/step/0123456789")
    assert artifacts.read_json(place / "facts.json") == {"value": 1}
    assert artifacts.read_table(place / "table.csv") == [{"x": 0.1, "y": 2}, {"x": 1e-9, "y": 3}]
    arrays = artifacts.read_arrays(place / "arrays.npz")
    assert arrays["a"].tolist() == [0, 1, 2]
    assert arrays["b"].dtype == np.float32


def test_the_same_bytes_but_for_run_json(job):
    make(job)
    place = Path("results/step/0123456789")
    before = {p.name: p.read_bytes() for p in place.iterdir()}
    make(job)
    changed = [p.name for p in place.iterdir() if p.read_bytes() != before[p.name]]
    assert changed in ([], ["run.json"])


def test_an_error_leaves_nothing_half_made_and_says_what_happened(job, capsys):
    with pytest.raises(SystemExit) as end, artifacts.making(job) as artifact:
        artifact.facts("facts.json", {"value": 1})
        raise ValueError("the label 11 at byte 8")
    assert end.value.code == 1
    place = Path("results/step/0123456789")
    assert not list(place.iterdir())
    assert [p.name for p in place.parent.iterdir()] == ["0123456789"]
    terminal, log = capsys.readouterr().err, Path("logs/step.log").read_text()
    assert "ValueError: the label 11 at byte 8" in terminal
    assert "Traceback" not in terminal
    assert "Traceback" in log


def test_an_older_or_incomplete_folder_is_replaced(job):
    place = Path("results/step/0123456789")
    (place / "half.npz").write_text("half")
    make(job, value=2)
    assert artifacts.read_json(place / "facts.json") == {"value": 2}
    assert not (place / "half.npz").exists()
    assert [p.name for p in place.parent.iterdir()] == ["0123456789"]


def test_a_folder_is_open_to_whom_the_umask_says(job):
    old = os.umask(0o027)
    try:
        make(job)
    finally:
        os.umask(old)
    assert stat.S_IMODE(Path("results/step/0123456789").stat().st_mode) == 0o750


def test_an_input_that_is_not_what_its_maker_recorded_stops_the_step(job, capsys):
    Path("in/provenance.json").write_text(json.dumps({"files": {"data.txt": "0" * 64}}))
    with pytest.raises(SystemExit):
        make(job)
    assert "in/data.txt has SHA-256" in capsys.readouterr().err
    assert not list(Path("results/step/0123456789").iterdir())
    digest = artifacts.sha256(Path("in/data.txt"))
    Path("in/provenance.json").write_text(json.dumps({"files": {"data.txt": digest}}))
    make(job)


def test_what_killed_runs_left_is_swept_away_but_not_what_others_are_writing(job):
    host, gone = platform.node(), subprocess.Popen(["true"])
    gone.wait()
    dead = Path(f"results/step/.0123456789@{host}@{gone.pid}@abc")
    alive = Path(f"results/step/.0123456789@{host}@{os.getppid()}@abc")
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "half.npz").write_text("half")
    half_a_checkpoint = Path(f"results/step/.0123456789@{host}@{gone.pid}@checkpoint.npz")
    half_a_checkpoint.write_text("half")
    make(job)
    assert alive.exists()
    assert not dead.exists() and not half_a_checkpoint.exists()


def test_an_interrupt_is_one_line(job, capsys):
    with pytest.raises(SystemExit) as end, artifacts.making(job):
        raise KeyboardInterrupt
    assert end.value.code == 130
    assert "interrupted" in capsys.readouterr().err
    assert [p.name for p in Path("results/step").iterdir()] == ["0123456789"]


def test_no_nan_in_facts_and_no_pickle_in_arrays(tmp_path):
    with pytest.raises(ValueError):
        artifacts.as_json({"loss": float("nan")})
    np.savez(tmp_path / "objects.npz", a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="pickle"):
        artifacts.read_arrays(tmp_path / "objects.npz")


def test_publishing_replaces_in_one_move(tmp_path):
    source, target = tmp_path / "new", tmp_path / "shown" / "page.html"
    source.write_text("one")
    artifacts.publish(source, target)
    source.write_text("two")
    artifacts.publish(source, target)
    assert target.read_text() == "two"
    assert [p.name for p in target.parent.iterdir()] == ["page.html"]


def checkpoint_of(job):
    return Path(job.output[0]).parent.with_name(".0123456789.checkpoint.npz")


def test_a_checkpoint_outlives_a_failure_and_goes_with_success(job):
    with pytest.raises(SystemExit), artifacts.making(job) as artifact:
        assert artifact.checkpoint.read() is None
        artifact.checkpoint.write({"a": np.arange(3)})
        artifact.checkpoint.write({"a": np.arange(4)})
        raise ValueError("no luck")
    assert checkpoint_of(job).exists()
    with artifacts.making(job) as artifact:
        arrays = artifact.checkpoint.read()
        assert arrays["a"].tolist() == [0, 1, 2, 3]
        artifact.facts("facts.json", {})
    assert not checkpoint_of(job).exists()


def test_the_time_of_interrupted_runs_counts(job):
    with pytest.raises(SystemExit), artifacts.making(job) as artifact:
        artifact.checkpoint.started -= 1000
        artifact.checkpoint.write({})
        raise ValueError("no luck")
    with artifacts.making(job) as artifact:
        artifact.checkpoint.read()
        artifact.facts("facts.json", {})
    run = artifacts.read_json(Path(job.output[0]).parent / "run.json")
    assert 1000 <= run["seconds"] < 1060


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all"])
def test_a_damaged_checkpoint_is_as_good_as_none(job, content, capsys):
    checkpoint_of(job).write_bytes(content)
    with artifacts.making(job) as artifact:
        assert artifact.checkpoint.read() is None
        artifact.facts("facts.json", {})
    assert "starts anew" in capsys.readouterr().err
