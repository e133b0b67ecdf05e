"""What a run chooses by name: its activation, initialisation, optimizer and schedule."""

from collections.abc import Mapping
from typing import Any

from handwritten.learning.activations import ACTIVATIONS
from handwritten.learning.batches import DISTORTIONS
from handwritten.learning.declaration import Setting
from handwritten.learning.initialisations import INITIALISATIONS
from handwritten.learning.optimizers import OPTIMIZERS
from handwritten.learning.schedules import SCHEDULES

# By the key that chooses one: everything that can be chosen, by name.
REGISTRIES: dict[str, Mapping[str, Any]] = {
    "activation": ACTIVATIONS,
    "initialisation": INITIALISATIONS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
}


def settings() -> dict[str, Setting]:
    """All settings that any of them declares, by name. ValueError: one name, two meanings."""
    declared: dict[str, Setting] = {}
    for registry in REGISTRIES.values():
        for idea in registry.values():
            for name, setting in idea.settings.items():
                if declared.setdefault(name, setting) != setting:
                    raise ValueError(f"{idea.name} declares {name} otherwise than others do")
    return declared


def without_effect(run: Mapping[str, Any]) -> set[str]:
    """The settings that change nothing, as the others of a run are: those that nothing it has
    chosen declares, and those of distortions where there are none."""
    chosen = [
        registry[run[key]] for key, registry in REGISTRIES.items() if run.get(key) in registry
    ]
    idle = settings().keys() - {name for idea in chosen for name in idea.settings}
    idle |= set() if run.get("elastic") else {"elastic_sigma"}
    return idle | (set() if any(map(run.get, DISTORTIONS)) else {"undistorted"})
