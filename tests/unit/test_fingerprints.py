import pytest

from handwritten.io import fingerprints


def test_a_version_is_ten_digits_of_the_canonical_recipe():
    assert fingerprints.canonical({"b": [1, 0.5], "a": "ä"}) == '{"a":"ä","b":[1,0.5]}'.encode()
    assert fingerprints.version({"b": 1, "a": 2}) == fingerprints.version({"a": 2, "b": 1})
    assert len(fingerprints.version({})) == 10
    assert fingerprints.version({"a": 1}) != fingerprints.version({"a": 2})
    with pytest.raises(ValueError):
        fingerprints.canonical({"a": float("nan")})


def test_text_files_count_with_their_comments(tmp_path):
    file = tmp_path / "page.css"
    file.write_text("body {}")
    before = fingerprints.text(file)
    file.write_text("body {} /* all of it */")
    assert fingerprints.text(file) != before
