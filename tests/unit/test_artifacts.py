import errno
import json
import os
import platform
import stat
import subprocess
from pathlib import Path

import numpy as np
import pytest

from handwritten.artifacts import provenance, writing
from handwritten.artifacts.writing import open_artifact
from handwritten.io import files


def make(job, value=1):
    with open_artifact(job) as artifact:
        artifact.json("facts.json", {"value": value})
        artifact.arrays("arrays.npz", a=np.arange(3), b=np.eye(2, dtype=np.float32))
        artifact.table("table.csv", [{"x": 0.1, "y": 2}, {"x": 1e-9, "y": 3}])
        artifact.log("half way")


def test_an_artifact_holds_its_files_and_what_made_them(job):
    make(job)
    place = Path("results/step/0123456789")
    record = files.read_json(place / "provenance.json")
    assert record["version"] == "0123456789"
    assert record["made_from"] == job.params.recipe
    assert set(record["files"]) == {"facts.json", "arrays.npz", "table.csv"}
    for name, digest in record["files"].items():
        assert files.sha256(place / name) == digest
    assert record["inputs"] == {"in/data.txt": files.sha256(Path("in/data.txt"))}
    assert files.read_json(place / "run.json")["threads"] == 1
    assert sorted(p.name for p in place.parent.iterdir()) == ["0123456789"]


def test_what_is_written_can_be_read(job):
    make(job)
    place = Path("results/step/0123456789")
    assert files.read_json(place / "facts.json") == {"value": 1}
    assert files.read_table(place / "table.csv") == [{"x": 0.1, "y": 2}, {"x": 1e-9, "y": 3}]
    arrays = files.read_arrays(place / "arrays.npz")
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
    with pytest.raises(SystemExit) as end, open_artifact(job) as artifact:
        artifact.json("facts.json", {"value": 1})
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
    assert files.read_json(place / "facts.json") == {"value": 2}
    assert not (place / "half.npz").exists()
    assert [p.name for p in place.parent.iterdir()] == ["0123456789"]


def test_what_a_process_leaves_that_is_killed_during_the_step_is_removed(job):
    """It is a zombie by then: nobody has asked how it ended."""
    with subprocess.Popen(["sleep", "60"]) as process:
        began = files._start_time(process.pid)
        left = Path(f"results/step/.0123456789@{platform.node()}@{process.pid}-{began}@filling")
        left.mkdir()
        with open_artifact(job) as artifact:
            artifact.json("facts.json", {})
            assert left.is_dir()
            process.kill()
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert [path.name for path in left.parent.iterdir()] == ["0123456789"]


def test_a_folder_is_open_to_whom_the_umask_says(job):
    old = os.umask(0o027)
    try:
        make(job)
    finally:
        os.umask(old)
    assert stat.S_IMODE(Path("results/step/0123456789").stat().st_mode) == 0o750


def test_an_input_that_is_not_what_its_maker_recorded_stops_the_step(job, capsys):
    record = Path("in/provenance.json").read_text()
    Path("in/provenance.json").write_text(
        json.dumps({"version": "in", "files": {"data.txt": "0" * 64}})
    )
    with pytest.raises(SystemExit):
        make(job)
    assert "in/data.txt has SHA-256" in capsys.readouterr().err
    assert not list(Path("results/step/0123456789").iterdir())
    Path("in/provenance.json").write_text(record)
    make(job)


@pytest.mark.parametrize("before", ["", "/scratch/mine/", ".snakemake/storage/s3/bucket/results/"])
@pytest.mark.parametrize(
    "path", ["results/mnist/evaluate/0123456789/metrics.json", "resources/mnist/0123456789/a.gz"]
)
def test_a_record_names_inputs_from_the_project_s_root_wherever_their_copies_lie(before, path):
    assert provenance.project_path(before + path) == path


NO_RECORDS = ["", "{", "[]", "7", "{}", '{"version": "in"}', '{"version": "in", "files": 1}']


@pytest.mark.parametrize("content", [None, *NO_RECORDS, '{"version": "0123456789", "files": {}}'])
def test_an_input_that_nothing_vouches_for_stops_the_step(job, capsys, content):
    record = Path("in/provenance.json")
    record.unlink() if content is None else record.write_text(content)
    with pytest.raises(SystemExit):
        make(job)
    said = capsys.readouterr().err
    assert "the files in in cannot be trusted:" in said and "delete the folder" in said


def test_a_file_that_its_folder_s_record_does_not_name_stops_the_step(job, capsys):
    Path("in/provenance.json").write_text('{"version": "in", "files": {}}')
    with pytest.raises(SystemExit):
        make(job)
    assert "in/data.txt has SHA-256" in capsys.readouterr().err


def test_an_interrupt_is_one_line(job, capsys):
    with pytest.raises(SystemExit) as end, open_artifact(job):
        raise KeyboardInterrupt
    assert end.value.code == 130
    assert "interrupted" in capsys.readouterr().err
    assert [p.name for p in Path("results/step").iterdir()] == ["0123456789"]


def test_whoever_installs_last_stays_and_nobody_fails(job, monkeypatch):
    """Two processes make the same artifact; the other one is always a moment ahead."""
    place, rename, others = Path("results/step/0123456789"), os.rename, [2]

    def overtaken(source, target):
        rename(source, target)
        if Path(source) == place and others:
            place.mkdir()
            (place / "facts.json").write_text(f"the other's, {others.pop()}")

    monkeypatch.setattr(writing.os, "rename", overtaken)
    (place / "half.npz").write_text("half")
    make(job, value=2)
    assert not others
    assert files.read_json(place / "facts.json") == {"value": 2}
    assert [p.name for p in place.parent.iterdir()] == ["0123456789"]


@pytest.mark.parametrize(
    ("number", "advice"),
    [("ENOSPC", "free space"), ("EROFS", "read-only"), ("EACCES", "permissions")],
)
def test_a_disk_that_takes_no_more_is_named_with_what_to_do(job, capsys, number, advice):
    number = getattr(errno, number)
    with pytest.raises(SystemExit) as end, open_artifact(job):
        raise OSError(number, os.strerror(number))
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert advice in said and "results/step/0123456789" in said and "run again" in said
    assert "Traceback" not in said


def test_too_little_memory_is_said_with_what_to_do(job, capsys):
    with pytest.raises(SystemExit), open_artifact(job):
        raise MemoryError("Unable to allocate 180. MiB")
    said = capsys.readouterr().err
    assert "180. MiB" in said and "make CORES=1" in said


def test_a_log_that_cannot_be_written_is_one_line(job, capsys):
    Path("logs").write_text("a file where the folder should be")
    with pytest.raises(SystemExit) as end:
        make(job)
    assert end.value.code == 1
    assert "logs" in capsys.readouterr().err
