import json

import pytest

from handwritten.io.cache import Cache


@pytest.fixture
def kept(tmp_path):
    """The path of a cache that knows one result."""
    cache = Cache(tmp_path / "folder" / "cache.json")
    assert cache.get("a", lambda: [1, "b"]) == [1, "b"]
    cache.save()
    return cache.path


def refuse():
    raise AssertionError("it was known")


def test_a_result_is_worked_out_once(kept):
    assert Cache(kept).get("a", refuse) == [1, "b"]
    with pytest.raises(AssertionError):
        Cache(kept).get("b", refuse)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-5],
        lambda text: text.replace("[1,", "[2,"),
        lambda text: "[]",
        lambda text: "{}",
        lambda text: json.dumps(json.loads(text) | {"results": 1}),
        lambda text: json.dumps(json.loads(text) | {"writer": "another"}),
        lambda text: "\0" * 100,
    ],
)
def test_a_damaged_memory_counts_for_nothing_and_is_replaced(kept, damage):
    kept.write_text(damage(kept.read_text()))
    cache = Cache(kept)
    assert cache.get("a", lambda: 3) == 3
    cache.save()
    assert Cache(kept).get("a", refuse) == 3


def test_other_code_works_everything_out_again(kept, tmp_path):
    source = tmp_path / "source.py"
    source.write_text("1")
    cache = Cache(kept, [source])
    cache.get("a", lambda: 1)
    cache.save()
    assert Cache(kept, [source]).get("a", refuse) == 1
    source.write_text("2")
    assert Cache(kept, [source]).get("a", lambda: 2) == 2


def test_a_memory_that_cannot_be_read_or_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file" / "cache.json")
    assert cache.get("a", lambda: 1) == 1
    cache.save()
    assert (tmp_path / "file").read_text() == ""


def test_nothing_is_written_where_nothing_is_new(kept):
    before = kept.stat().st_mtime_ns, kept.stat().st_ino
    cache = Cache(kept)
    cache.get("a", refuse)
    cache.save()
    assert (kept.stat().st_mtime_ns, kept.stat().st_ino) == before


def test_a_memory_that_has_grown_large_drops_what_was_not_asked_for(kept, monkeypatch):
    monkeypatch.setattr("handwritten.io.cache.MOST", 3)
    cache = Cache(kept)
    for key in "bcd":
        cache.get(key, lambda: 1)
    cache.save()
    assert set(Cache(kept).results) == {"b", "c", "d"}
