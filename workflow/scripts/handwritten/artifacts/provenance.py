"""What made an artifact: its `provenance.json`, and whether its files are still what they were.

writing.py writes it, last of all files of a step.
"""

from pathlib import Path

from handwritten.artifacts import sealed
from handwritten.io.files import read_json, sha256

FORMAT = 2  # of provenance.json and of the files it lists
WITHOUT_CHECKSUM = 1  # the format before


class DamagedArtifactError(ValueError):
    """A file is no longer what the step that made it recorded."""


def provenance(recipe: dict, version: str, folder: Path, inputs: dict[str, str]) -> dict:
    """What made the files in a folder and what they are: the same whenever they are made."""
    return {
        "format": FORMAT,
        "version": version,
        "made_from": recipe,
        "inputs": inputs,
        "files": {file.name: sha256(file) for file in sorted(folder.iterdir())},
    }


def project_path(path: str | Path) -> str:
    """An artifact's path relative to the project's root, also where `path` is a local copy of a
    file that a storage provider keeps."""
    parts = Path(path).parts
    depth = 4 if parts[-4:-3] == ("resources",) else 5  # files in resources belong to no step
    return str(Path(*parts[-depth:]))


def input_sha256(path: Path) -> str:
    """The SHA-256 of a file as it is now.

    DamagedArtifactError: it is not what the step that made the file recorded.
    """
    folder, measured = path.parent, sha256(path)
    recorded = recorded_files(folder) | {"provenance.json": measured}  # which records the others
    if measured != recorded.get(path.name):
        raise DamagedArtifactError(
            f"{path} has SHA-256 {measured[:10]}…, but had {str(recorded.get(path.name))[:10]}… "
            f"when it was made: delete the folder {folder} and run again"
        )
    return measured


def read_record(folder: Path) -> dict:
    """What made an artifact. ValueError: its provenance.json has changed since it was written."""
    path = folder / "provenance.json"
    record = read_json(path)
    number = record.get("format", WITHOUT_CHECKSUM)
    if number not in (WITHOUT_CHECKSUM, FORMAT):
        raise ValueError(
            f"format {number} is not known here: the project is older than its results"
        )
    if number == WITHOUT_CHECKSUM and sealed.KEY not in record:
        return record
    return sealed.read(path)


def recorded_files(folder: Path) -> dict[str, str]:
    """The SHA-256 that each file of an artifact had when it was made, by the file's name.

    DamagedArtifactError: the artifact has no usable record.
    """
    try:
        record = read_record(folder)
        if record["version"] == folder.name:
            return dict(record["files"])
        problem = f"it records version {record['version']}"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
    raise DamagedArtifactError(
        f"the files in {folder} cannot be trusted: its provenance.json cannot be used "
        f"({problem}): delete the folder and run again"
    )
