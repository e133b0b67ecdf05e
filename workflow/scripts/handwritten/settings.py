"""The settings of a step as attributes, `settings.epochs`: complete and checked by the plan.

The settings of a run are declared in config/run_settings.py, once. Scripts need no checks, and so
not that module either; only type checkers read it, to know which attributes there are and of which
type.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any


class Settings(SimpleNamespace):
    """Settings by name. `settings | {"epochs": 3}` is a copy with another number of epochs."""

    def __or__(self, changes: Mapping[str, Any]) -> "Settings":
        return type(self)(**vars(self) | dict(changes))


def settings_of(job: Any) -> Any:
    """The settings of a job of Snakemake's."""
    return Settings(**job.params.recipe["settings"])


if TYPE_CHECKING:
    from handwritten.config.run_settings import Phase2Settings

    class TrainingSettings(Phase2Settings):
        """What a training of phase 2 reads: the run's settings, and the shape of the images."""

        seed: int
        layer_dims: list[int]  # type: ignore[assignment]  # the words are numbers by now
        image_shape: tuple[int, int]

        def __or__(self, changes: Mapping[str, Any]) -> "TrainingSettings": ...

else:
    TrainingSettings = Settings
