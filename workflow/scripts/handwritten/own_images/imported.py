"""What was imported from a user's own files, for when these have moved or stayed elsewhere.

`import.json` beside the imported images says what they are, and `run.json` which files they were
made from. A crate carries both, so it runs where the files that its configuration names never were.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from handwritten.io import files, reading
from handwritten.own_images.class_names import listed

NAME, RUN = "import.json", "run.json"


@dataclass(frozen=True)
class Record:
    """An earlier import: its folder, its settings, and what import.json says."""

    folder: Path
    settings: dict
    facts: dict

    @property
    def classes(self) -> list[str]:
        """The names of the classes."""
        return self.facts["classes"]

    @property
    def image_shape(self) -> tuple[int, int]:
        """Rows and columns of an image."""
        rows, columns = self.facts["image_shape"]
        return rows, columns

    @property
    def training_images(self) -> int:
        """How many images there are to train on, those of dev included."""
        return self.facts["training_images"]


def missing(sources: list[Path]) -> list[str]:
    """The names of the files and folders that are not there."""
    return [reading.shown(path) for path in sources if not exists(path)]


def exists(path: Path) -> bool:
    """Whether there is anything at this path; a path that no file can have is for others to say."""
    try:
        return os.path.lexists(path)
    except ValueError:
        return True


def paths(own: dict) -> list[str]:
    """The paths of the files or the folder, as the configuration says them."""
    pictures = isinstance(own["images"], str)
    return [own["images"]] if pictures else own["images"] + own["labels"]


def instead(own: dict, sources: list[Path], options: dict) -> Record | None:
    """The newest import of these files with these options, where the files are no longer there."""
    if not missing(sources):
        return None
    records = map(read, Path("resources", own["name"]).glob(f"*/{NAME}"))
    fitting = [each for each in records if each and fits(each, own, options)]
    return max(fitting, key=lambda record: record.folder.stat().st_mtime, default=None)


def read(path: Path) -> Record | None:
    """The import whose import.json this is; None where it is not whole."""
    try:
        settings = files.read_json(path.with_name("provenance.json"))["made_from"]["settings"]
        run = files.read_json(path.with_name(RUN))["measured"]
        return Record(path.parent, settings, files.read_json(path) | run)
    except (OSError, ValueError, LookupError, TypeError):
        return None


def fits(record: Record, own: dict, options: dict) -> bool:
    """Whether an import is what the configuration asks for."""
    asked, classes = record.settings["options"] == options, own.get("classes", record.classes)
    if record.facts.get("sources") != paths(own):
        return False
    if "labels" in own:  # then the names of the classes are not part of what is imported
        return asked and record.settings["classes"] == len(classes)
    return asked and record.classes == classes


def warning(record: Record, sources: list[Path]) -> str:
    """What to say where an import stands in for the files that it was made from."""
    return (
        f"dataset: {listed(missing(sources))} cannot be found. What was imported "
        f"from there is still in {record.folder} and is used instead."
    )
