"""What the plan asks of files, on this disk and with a storage provider."""

from types import SimpleNamespace

from handwritten.io.storage import Storage


class Stored:
    """Enough of a storage object of Snakemake's: a file of a store, and its copy on this disk."""

    def __init__(self, store, copies, path):
        self.there, self.copy = store / path, copies / path

    def exists(self):
        return self.there.exists()

    def local_path(self):
        return self.copy

    def retrieve_object(self):
        self.copy.write_bytes(self.there.read_bytes())


class Placed(str):
    """A path with Snakemake's flags on it."""


def placed(path, stored):
    """The path as Snakemake hands it back where there is a default storage provider."""
    found = Placed(path)
    found.flags = {"storage_object": stored}
    return found


def test_without_a_workflow_files_lie_where_their_paths_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.json").write_text("{}")
    storage = Storage()
    assert storage.exists("there.json") and not storage.exists("missing.json")
    assert storage.fetched("there.json").read_text() == "{}"
    assert storage.fetched("missing.json") is None


def test_a_provider_is_asked_and_what_it_has_is_fetched_when_it_is_wanted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store, copies = tmp_path / "store", tmp_path / "copies"
    (store / "results").mkdir(parents=True)
    (store / "results/there.json").write_text("{}")
    (tmp_path / "elsewhere.json").write_text("{}")  # on this disk, which is not what is asked
    modifier = SimpleNamespace(
        apply_default_storage=lambda path: placed(path, Stored(store, copies, path))
    )
    storage = Storage(SimpleNamespace(modifier=SimpleNamespace(path_modifier=modifier)))
    assert storage.exists("results/there.json") and not storage.exists("elsewhere.json")
    assert not copies.exists()
    assert storage.fetched("results/there.json") == copies / "results/there.json"
    assert (copies / "results/there.json").read_text() == "{}"
    assert storage.fetched("elsewhere.json") is None
