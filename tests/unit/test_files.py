import os
import platform
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest

from handwritten.io import files


def test_no_nan_in_facts_and_no_pickle_in_arrays(tmp_path):
    with pytest.raises(ValueError):
        files.as_json({"loss": float("nan")})
    np.savez(tmp_path / "objects.npz", a=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="of object"):
        files.read_arrays(tmp_path / "objects.npz")


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_a_file_with_one_name_twice_is_not_read(tmp_path):
    files.write_arrays(tmp_path / "twice.npz", {"W1": np.ones(2)})
    with zipfile.ZipFile(tmp_path / "twice.npz", "a") as archive:
        archive.writestr("W1.npy", archive.read("W1.npy"))
    with pytest.raises(ValueError, match=r"twice\.npz is no .*: W1 stands there a second time"):
        files.read_arrays(tmp_path / "twice.npz")


def test_a_file_is_replaced_in_one_move(tmp_path):
    target = tmp_path / "shown" / "page.html"
    for text in ("one", "two"):
        files.replace_file(target, text.encode())
        assert target.read_text() == text
    assert [p.name for p in target.parent.iterdir()] == ["page.html"]


def test_what_killed_runs_left_is_swept_away_but_not_what_others_are_writing(tmp_path):
    host, gone = platform.node(), subprocess.Popen(["true"])
    gone.wait()
    dead = Path(f"{tmp_path}/.0123456789@{host}@{gone.pid}@abc")
    alive = Path(f"{tmp_path}/.0123456789@{host}@{os.getppid()}@abc")
    for folder in (dead, alive):
        folder.mkdir()
        (folder / "half.npz").write_text("half")
    half_a_checkpoint = Path(f"{tmp_path}/.0123456789@{host}@{gone.pid}@checkpoint.npz")
    half_a_checkpoint.write_text("half")
    files.sweep(tmp_path / "0123456789")
    assert alive.exists()
    assert not dead.exists() and not half_a_checkpoint.exists()


def test_what_a_killed_process_of_the_same_number_left_is_swept_as_well(tmp_path):
    """In a container that starts anew numbers come again."""
    mine = files.temporary(tmp_path / "0123456789", "filling")
    mine.mkdir()
    files.sweep(tmp_path / "0123456789")
    assert not mine.exists()
