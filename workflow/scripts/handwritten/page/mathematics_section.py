"""The formulas that the default run was trained with, for the section on mathematics."""

from collections.abc import Mapping
from typing import Any

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.declaration import Declaration
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES

REGISTRIES: dict[str, Mapping[str, Any]] = {
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "initialisation": INITIALISATIONS,
}


def declared(run: dict) -> dict[str, Declaration]:
    """The declarations of all that a run of the page has chosen, by kind; `activation` is there
    always."""
    settings = run["provenance"][0]["made_from"]["settings"]
    chosen = {kind: registry for kind, registry in REGISTRIES.items() if kind in settings}
    return {"activation": ACTIVATIONS[run["activation"]]} | {
        kind: registry[settings[kind]] for kind, registry in chosen.items()
    }
