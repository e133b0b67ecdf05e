"""The check of a folder of submissions: `snakemake --cores 4 grade --config submissions=<folder>`.

A job checks a submission, and is named after what is in the files, not after whose they are: what
has not changed is not checked again, and equal submissions are checked once.
"""

from pathlib import Path

from handwritten.config.messages import ConfigurationError
from handwritten.exercises import submissions
from handwritten.exercises.submissions import Submission
from handwritten.io import reading
from handwritten.page import template_files
from handwritten.plan.context import Context, template_hashes
from handwritten.plan.publication import published
from handwritten.plan.steps import Inputs, Step

FOLDER = "results/grades"
CALL = "snakemake --cores 4 grade --config submissions=<folder>"


class Grading:
    """The steps that check the submissions of a configuration, and their table."""

    def __init__(self, context: Context):
        self.context, self.files = context, dict[str, dict[str, str]]()
        found, others = self.find()
        checks = [self.check(each) for each in found]
        settings = {
            "submissions": [
                [each.name, step.version] for each, step in zip(found, checks, strict=True)
            ],
            "others": others,
        }
        versions = {step.version: step for step in checks}
        inputs: Inputs = {"verdicts": [step.file("verdicts.json") for step in versions.values()]}
        templates = template_hashes(template_files.page_files("grades"))
        root = f"{FOLDER}/grade_table"
        self.table = context.steps.add(
            "grade_table", settings, inputs, root=root, templates=templates
        )
        names = ("grades.csv", "mistakes.csv", "grades.html")
        copies = {f"{FOLDER}/{name}": self.table.file(name) for name in names}
        self.publication = published(context, "publish_grades", "grades", copies, folder=FOLDER)

    def find(self) -> tuple[list[Submission], list[str]]:
        """The submissions, and other files. ConfigurationError: there is no such folder."""
        folder = self.context.config.get("submissions")
        if folder is None:
            raise ConfigurationError(f"submissions: grade needs a folder: {CALL}", ("submissions",))
        try:
            found, others = submissions.find(Path(folder).expanduser())
        except reading.UnreadableFileError as problem:
            raise ConfigurationError(f"submissions: {problem}", ("submissions",)) from None
        if not found:
            expected = "expected a folder for each, with phase1.py or phase2.py in it"
            message = f"submissions: {folder} has no submission; {expected}"
            raise ConfigurationError(message, ("submissions",))
        return found, others

    def check(self, submission: Submission) -> Step:
        """The check of what is in a submission's files."""
        settings = {"files": submissions.described(submission.files)}
        root = f"{FOLDER}/check_submission"
        step = self.context.steps.add("check_submission", settings, root=root)
        paths = {name: str(path) for name, path in submission.files.items()}
        self.files.setdefault(step.version, paths)
        return step
