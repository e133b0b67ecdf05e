import pytest

from handwritten.data.local_files import FILE_NAMES, find


@pytest.mark.parametrize("place", ["resources/mnist", "resources/mnist/0123456789", "../mnist"])
def test_the_files_are_found_where_a_user_or_the_pipeline_has_put_them(tmp_path, place):
    root, folder = tmp_path / "project", tmp_path / "project" / place
    root.mkdir()
    folder.mkdir(parents=True)
    for name in FILE_NAMES:
        (folder / name).touch()
    sources = ["resources/{dataset}", "../{dataset}", "https://example.org/{dataset}", "mirrors"]
    assert find(root, sources, "mnist") == [folder / name for name in FILE_NAMES]


def test_the_home_folder_may_be_written_as_a_tilde(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "data/mnist").mkdir(parents=True)
    for name in FILE_NAMES:
        (tmp_path / "data/mnist" / name).touch()
    found = find(tmp_path / "project", ["~/data/{dataset}"], "mnist")
    assert found == [tmp_path / "data/mnist" / name for name in FILE_NAMES]


def test_missing_files_are_named_with_what_to_do(tmp_path):
    (tmp_path / "resources" / "mnist").mkdir(parents=True)
    for name in FILE_NAMES[:3]:
        (tmp_path / "resources" / "mnist" / name).touch()
    with pytest.raises(
        FileNotFoundError, match=r"looked into .*mnist.*put them into resources/mnist"
    ):
        find(tmp_path, ["resources/{dataset}"], "mnist")
