"""When and where an artifact was made: read if it is whole, and otherwise named and left out."""

import pytest

from handwritten.artifacts import run_record, sealed

RUN = {"started": "2026-01-02T03:04:05Z", "seconds": 1.5, "threads": 2, "host": "h"}


@pytest.mark.parametrize("text", [sealed.as_text(RUN), sealed.as_json(RUN)])
def test_a_whole_record_is_read_also_one_without_checksum(tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    assert run_record.read(tmp_path, pytest.fail) == RUN


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"started": 1}',
        b'{"seconds"',
        b"\xff",
        b"[" * 10_000,
        sealed.as_text(RUN).replace("1.5", "1.6").encode(),
        sealed.as_text(RUN).replace("checksum", "checksun").encode(),
    ],
)
def test_a_damaged_record_is_named_and_left_out(tmp_path, content):
    (tmp_path / "run.json").write_bytes(content)
    said = []
    assert run_record.read(tmp_path, said.append) == {}
    assert len(said) == 1 and str(tmp_path / "run.json") in said[0]


def test_no_record_is_no_fault(tmp_path):
    assert run_record.read(tmp_path, pytest.fail) == {}
