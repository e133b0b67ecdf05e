"""The formulas that the default run was trained with, for the section on mathematics."""

from typing import Any

from handwritten.learning import registries


def declared(run: dict) -> dict[str, Any]:
    """The declarations of all that a run of the page has chosen, by kind; `activation` is there
    always."""
    settings = run["provenance"][0]["made_from"]["settings"] | {"activation": run["activation"]}
    return {
        kind: registry[settings[kind]]
        for kind, registry in registries.REGISTRIES.items()
        if kind in settings
    }
