"""The verdicts on all submissions as tables and as a page."""

from pathlib import Path

from handwritten.artifacts.writing import open_artifact
from handwritten.io import files
from handwritten.page import grades
from handwritten.settings import settings_of

settings = settings_of(snakemake)
with open_artifact(snakemake) as artifact:
    known = {
        Path(path).parent.name: files.read_json(path)["verdicts"]
        for path in snakemake.input.verdicts
    }
    students = [
        grades.Student(name, version, known[version]) for name, version in settings.submissions
    ]
    artifact.table("grades.csv", grades.table(students))
    artifact.table("mistakes.csv", grades.mistakes(students) or [grades.NO_MISTAKE])
    artifact.text("grades.html", grades.page(students, settings.others))
    artifact.log(f"{len(students)} submissions: {snakemake.output.page}")
