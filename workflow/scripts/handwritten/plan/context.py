"""What every topic of the plan is given: the configuration, its data set, and where steps go."""

from dataclasses import dataclass
from pathlib import Path

from handwritten.data.datasets import DataSet
from handwritten.io import fingerprints
from handwritten.io.files import sha256
from handwritten.io.storage import Storage
from handwritten.page import template_files
from handwritten.plan.steps import Step, Steps

SCRIPTS = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Fallback:
    """The data set that was asked for, and why each of its sources could not serve it."""

    asked_for: str
    reasons: dict[str, str]

    def __str__(self) -> str:
        lines = [f"  {source}: {reason}" for source, reason in self.reasons.items()]
        return "\n".join([f"No source of {self.asked_for} answers:", *lines])


@dataclass(frozen=True)
class Context:
    """A validated configuration on its way to becoming steps."""

    config: dict
    data_set: DataSet
    steps: Steps
    storage: Storage
    fallback: Fallback | None

    @property
    def image_shape(self) -> dict:
        """An image's rows and columns, as a setting of steps that move or show images."""
        return {"image_shape": list(self.data_set.image_shape)}

    @property
    def wrong_labels(self) -> dict:
        """Which test labels are known to be wrong, as a setting of steps that count errors."""
        return {"wrong_labels": list(self.data_set.wrong_labels)}

    @property
    def folder(self) -> str:
        """Where the results of this data set lie, and the stable copies among them."""
        return f"results/{self.data_set.name}"

    def is_built(self, step: Step | None) -> bool:
        """Whether there is such a step and all its files are in place."""
        return step is not None and self.storage.exists(step.record)


def template_hashes(files: list[Path]) -> dict[str, str]:
    """The SHA-256 of templates, styles, scripts and fonts of pages."""
    hash_of = {template_files.FONT_SUFFIX: sha256}
    return {
        template_files.name(file): hash_of.get(file.suffix, fingerprints.text)(file)
        for file in files
    }
