"""What lies at stable paths: copies of the current versions of files."""

from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path

from handwritten.artifacts import sealed, stable_copies
from handwritten.plan.context import Context
from handwritten.plan.steps import File, Step


@dataclass(frozen=True)
class Publication:
    """A step that copies files to stable paths."""

    step: Step
    copies: dict[str, File]  # by the stable path, the file of which it is a copy
    kind: str  # how the name of the marker begins, which lies beside the copies
    folder: str
    index: str | None = None  # a page that is written with the copies

    @property
    def pattern(self) -> str:
        """The marker's path as the rule's output."""
        return f"{self.folder}/{self.kind}-{{version}}{{again}}"

    @cached_property
    def marker(self) -> str:
        """The marker that vouches for the copies; if none does, one that is not there, so that
        Snakemake makes it, and the copies with it."""
        first = f"{self.folder}/{self.kind}-{self.step.version}"
        names = (f"{first}.{i}" if i else first for i in count())
        return self.current or next(name for name in names if not Path(name).exists())

    @property
    def current(self) -> str | None:
        """The marker on disk that says that the copies are those of the current versions."""
        if self.index and not sealed.is_unchanged(Path(self.index)):
            return None
        found = sorted(Path(self.folder).glob(f"{self.kind}-{self.step.version}*"))
        vouching = [path for path in found if stable_copies.are_current(path, self.copies)]
        return str(vouching[0]) if vouching else None


def published(
    context: Context,
    step: str,
    kind: str,
    copies: dict[str, File],
    index: str | None = None,
    folder: str | None = None,
    **more,
) -> Publication:
    """The publication by the step of this name, beside the data set's page or in a `folder`."""
    planned = context.steps.add(step, {"copies": copies}, {"copies": list(copies.values())}, **more)
    return Publication(planned, copies, kind, folder or context.folder, index)
