import os
import platform
import struct
import subprocess
import tracemalloc
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
    with pytest.raises(ValueError, match=r"twice\.npz is not an .*: W1 occurs twice"):
        files.read_arrays(tmp_path / "twice.npz")


def test_no_memory_is_set_apart_for_what_an_archive_only_claims_to_hold(tmp_path):
    files.write_arrays(tmp_path / "claims.npz", {"W1": np.ones(2, np.uint8)})
    data = (tmp_path / "claims.npz").read_bytes()
    small, large = b"(2,), }         ", b"(2000000000,), }"
    sizes = [struct.pack("<I", 128 + length) for length in (2, 2_000_000_000)]
    assert data.count(small) == 1 and data.count(sizes[0]) == 4  # packed, unpacked, both twice
    (tmp_path / "claims.npz").write_bytes(data.replace(small, large).replace(*sizes))
    tracemalloc.start()
    with pytest.raises(ValueError, match="claim 2,000,000,128 bytes, more than it has"):
        files.read_arrays(tmp_path / "claims.npz")
    assert tracemalloc.get_traced_memory()[1] < 10**6
    tracemalloc.stop()


def test_a_file_is_replaced_in_one_move(tmp_path):
    target = tmp_path / "shown" / "page.html"
    for text in ("one", "two"):
        files.replace_file(target, text.encode())
        assert target.read_text() == text
    assert [p.name for p in target.parent.iterdir()] == ["page.html"]


def left_behind(target, process, began):
    """What a process of this machine leaves beside `target` if it is killed."""
    path = target.with_name(f".{target.name}@{platform.node()}@{process}-{began}@filling")
    path.mkdir()
    (path / "half.npz").write_text("half")
    return path


def test_what_killed_processes_left_is_removed_and_not_what_others_are_writing(tmp_path):
    target, gone = tmp_path / "0123456789", subprocess.Popen(["true"])
    gone.wait()
    dead = left_behind(target, gone.pid, files._start_time(os.getpid()))
    alive = left_behind(target, os.getppid(), files._start_time(os.getppid()))
    elsewhere = tmp_path / f".{target.name}@another-machine@{gone.pid}-1@filling"
    checkpoint = dead.with_name(dead.name.replace("filling", "checkpoint.npz"))
    for path in (elsewhere, checkpoint):
        path.write_text("half")
    files.remove_stale(target)
    assert alive.exists() and elsewhere.exists()
    assert not dead.exists() and not checkpoint.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux says when they began")
def test_a_process_that_has_the_number_of_a_killed_one_protects_nothing(tmp_path):
    """Numbers are used again, at the latest when a container starts once more."""
    target = tmp_path / "0123456789"
    for process in (os.getppid(), os.getpid()):
        assert files.is_running(process, files._start_time(process))
        left = left_behind(target, process, "1")
        files.remove_stale(target)
        assert not left.exists()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="only Linux shows zombies")
def test_a_zombie_protects_nothing(tmp_path):
    """A killed process keeps its number until its parent asks how it ended."""
    with subprocess.Popen(["sleep", "60"]) as process:
        left = left_behind(tmp_path / "0123456789", process.pid, files._start_time(process.pid))
        files.remove_stale(tmp_path / "0123456789")
        assert left.exists()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.kill(process.pid, 0)  # it is still there
        files.remove_stale(tmp_path / "0123456789")
        assert not left.exists()


def test_what_this_process_left_itself_is_removed(tmp_path):
    mine = files.temporary_path(tmp_path / "0123456789", "filling")
    mine.mkdir()
    files.remove_stale(tmp_path / "0123456789")
    assert not mine.exists()


def test_where_the_system_does_not_say_when_a_process_began_its_number_has_to_do(monkeypatch):
    monkeypatch.setattr(files, "_start_time", lambda process: files.UNKNOWN)
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert files.is_running(os.getppid(), files.UNKNOWN)
    assert not files.is_running(gone.pid, files.UNKNOWN)
