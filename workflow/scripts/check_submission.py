"""Check what somebody has handed in, in a process of its own with limits."""

import tempfile
from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.exercises import grading, submissions
from handwritten.settings import settings_of

settings = settings_of(snakemake)
paths = {name: Path(path) for name, path in snakemake.params.files.items()}
with open_artifact(snakemake) as artifact, tempfile.TemporaryDirectory() as folder:
    if submissions.described(paths) != settings.files:
        raise ValueError(f"{', '.join(map(str, paths.values()))} changed meanwhile: run again")
    problems = submissions.lay_out(paths, Path(folder))
    verdicts = list(grading.verdicts(Path(folder), problems))
    artifact.json("verdicts.json", {"verdicts": verdicts})
    right = sum(verdict["state"] == "right" for verdict in verdicts)
    artifact.log(f"{right} of {len(verdicts)} exercises are right")
