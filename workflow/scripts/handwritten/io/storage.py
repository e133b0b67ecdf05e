"""Where artifacts lie while a build is planned: on this disk, or with a storage provider of
Snakemake's (`--default-storage-provider`), for machines that share no disk."""

from pathlib import Path


class Storage:
    """The files of a Snakemake `workflow`, wherever it keeps them; without one, those on disk."""

    def __init__(self, workflow=None):
        self.workflow = workflow

    def exists(self, path: str) -> bool:
        """Whether there is such a file; nothing is fetched for that."""
        stored = self._stored(path)
        return stored.exists() if stored else Path(path).exists()

    def fetched(self, path: str) -> Path | None:
        """The file on this disk, fetched if need be, or None where there is none."""
        if not self.exists(path):
            return None
        stored = self._stored(path)
        if not stored:
            return Path(path)
        stored.local_path().parent.mkdir(parents=True, exist_ok=True)
        stored.retrieve_object()
        return stored.local_path()

    def _stored(self, path: str):
        """What the storage provider calls a path's object; None for no provider."""
        if self.workflow is None:
            return None
        placed = self.workflow.modifier.path_modifier.apply_default_storage(path)
        return getattr(placed, "flags", {}).get("storage_object")
