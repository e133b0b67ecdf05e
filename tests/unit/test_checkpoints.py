from pathlib import Path

import numpy as np
import pytest

from handwritten.artifacts.writing import open_artifact
from handwritten.io import files


def checkpoint_of(job):
    return Path(job.output[0]).parent.with_name(".0123456789.checkpoint.npz")


def test_a_checkpoint_outlives_a_failure_and_goes_with_success(job):
    with pytest.raises(SystemExit), open_artifact(job) as artifact:
        assert artifact.checkpoint.read(dict) is None
        artifact.checkpoint.write({"a": np.arange(3)})
        artifact.checkpoint.write({"a": np.arange(4)})
        raise ValueError("no luck")
    assert checkpoint_of(job).exists()
    with open_artifact(job) as artifact:
        arrays = artifact.checkpoint.read(dict)
        assert arrays["a"].tolist() == [0, 1, 2, 3]
        artifact.json("facts.json", {})
    assert not checkpoint_of(job).exists()


def test_the_time_of_interrupted_runs_counts(job):
    with pytest.raises(SystemExit), open_artifact(job) as artifact:
        artifact.checkpoint.started -= 1000
        artifact.checkpoint.write({})
        raise ValueError("no luck")
    with open_artifact(job) as artifact:
        artifact.checkpoint.read(dict)
        artifact.json("facts.json", {})
    run = files.read_json(Path(job.output[0]).parent / "run.json")
    assert 1000 <= run["seconds"] < 1060


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive at all"])
def test_a_damaged_checkpoint_is_as_good_as_none(job, content, capsys):
    checkpoint_of(job).write_bytes(content)
    with open_artifact(job) as artifact:
        assert artifact.checkpoint.read(dict) is None
        artifact.json("facts.json", {})
    assert "starts from scratch" in capsys.readouterr().err


def test_a_checkpoint_that_does_not_fit_is_as_good_as_none(job, capsys):
    def refuse(arrays):
        raise ValueError("no state of this training")

    with pytest.raises(SystemExit), open_artifact(job) as artifact:
        artifact.checkpoint.started -= 1000
        artifact.checkpoint.write({"a": np.arange(3)})
        raise ValueError("no luck")
    with open_artifact(job) as artifact:
        assert artifact.checkpoint.read(refuse) is None
        artifact.json("facts.json", {})
    assert "no state of this training" in capsys.readouterr().err
    assert files.read_json(Path(job.output[0]).parent / "run.json")["seconds"] < 60
