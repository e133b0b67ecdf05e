"""Files from outside: regular ones, up to a limit, opened in one place."""

import re
from pathlib import Path

import pytest

from handwritten.io import reading

LIBRARY = Path(reading.__file__).parents[1]
OPENING = re.compile(r"\.read_bytes\(|\.read_text\(|\bopen\((?!io\.BytesIO|file, )")


def test_a_file_may_have_as_many_bytes_as_are_allowed(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    assert reading.read(file, 5) == b"12345"
    digest = "5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5"
    assert reading.sha256(file, 5) == digest
    for read in (reading.read, reading.sha256):
        with pytest.raises(
            reading.UnreadableFileError, match="file has 5 bytes; allowed: at most 4"
        ):
            read(file, 4)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux has such files")
def test_files_that_hide_their_size_are_read_up_to_the_limit():
    """The system's own files have 0 bytes, whatever comes when they are read."""
    with pytest.raises(reading.UnreadableFileError, match="at most 5"):
        reading.read("/proc/self/status", 5)


def test_a_message_names_a_file_on_one_line():
    assert reading.shown("a b") == "a b"
    assert reading.shown("a\nb") == r"'a\nb'"
    assert reading.shown("\udcff") == r"'\udcff'"
    assert len(reading.shown("a" * 5000)) == 301


def test_entries_come_by_name_and_of_folders_only(tmp_path):
    for name in "cab":
        (tmp_path / name).touch()
    assert [path.name for path in reading.entries(tmp_path)] == ["a", "b", "c"]
    with pytest.raises(reading.UnreadableFileError, match="a cannot be read: Not a directory"):
        reading.entries(tmp_path / "a")


@pytest.mark.parametrize("part", ["config", "data", "download", "predict.py"])
def test_files_from_outside_are_opened_in_one_place(part):
    paths = [LIBRARY / part] if part.endswith(".py") else (LIBRARY / part).glob("*.py")
    for path in paths:
        lines = path.read_text().splitlines()
        found = [line for line in lines if OPENING.search(line) and "def " not in line]
        assert not found, path
