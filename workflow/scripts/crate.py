"""The finished run as an RO-Crate, to be kept, cited or sent to somebody."""

from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.export import crate
from handwritten.settings import settings_of

project = Path(__file__).resolve().parents[2]
with open_artifact(snakemake) as artifact:
    folders = list(dict.fromkeys(Path(path).parent for path in snakemake.input))
    run = crate.of(folders, project, settings_of(snakemake))
    artifact.bytes("crate.zip", b"".join(run.stream_zip()))
    files, size = len(run.data_entities), (artifact.folder / "crate.zip").stat().st_size
    artifact.log(f"{len(folders)} artifacts, {files} files in all, {size / 1e6:.1f} MB")
