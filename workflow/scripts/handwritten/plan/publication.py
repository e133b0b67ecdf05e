"""What lies at stable paths: copies of the current versions of files."""

from dataclasses import dataclass
from pathlib import Path

from handwritten.plan.context import Context
from handwritten.plan.steps import File, Step


@dataclass(frozen=True)
class Publication:
    """A step that copies files to stable paths."""

    step: Step
    copies: dict[str, File]  # by the stable path, the file of which it is a copy
    marker: str  # a file beside the copies whose name changes with the versions that they show

    @property
    def is_current(self) -> bool:
        """Whether the copies are those of the current versions."""
        return Path(self.marker).exists()


def published(
    context: Context, step: str, name: str, copies: dict[str, File], **more
) -> Publication:
    """The publication by the step of this name; `name` begins the marker's."""
    planned = context.steps.add(step, {"copies": copies}, {"copies": list(copies.values())}, **more)
    return Publication(planned, copies, f"{context.folder}/{name}-{planned.version}")
