"""How the page's networks were trained, in the words of the section that trains one in the page, so
that it can say what differs."""

from handwritten.learning import registries
from handwritten.page import formats

# The settings of a run that the section has as well, and what its script calls them.
SHARED = {
    "initialisation": "start",
    "optimizer": "optimizer",
    "learning_rate": "rate",
    "batch_size": "batch",
    "l2": "l2",
    "dropout": "dropout",
}
# Those that are compared by what they led to, and those that do not say how training went on.
APART = {
    *("activation", "classes", "epochs", "hidden_units", "image_shape", "initial_range"),
    *("layer_dims", "seed", "steps", "train_on"),
}
PHASE1 = {"optimizer": "gradient_descent", "batch_size": "full", "l2": 0, "dropout": 0}
PLAIN = {"schedule": "constant"}  # what a network is trained with in the page; otherwise it is 0


def facts(run: dict, train: int, dev: int) -> dict:
    """What a run's networks were trained with; None for what is not known of a trainer.

    `train` and `dev` are numbers of images. `others` are the settings that the section does not
    have, as text by their names in words.
    """
    settings = run["provenance"][0]["made_from"]["settings"]
    if "initial_range" in settings:
        most = formats.words(settings["initial_range"])
        settings = settings | PHASE1 | {"initialisation": f"uniform from −{most} to {most}"}
    return {
        "images": train + (dev if run["learnt_dev"] else 0),
        "epochs": epochs(run, settings),
        "networks": len(run["models"]),
        **{name: settings.get(key) for key, name in SHARED.items()},
        "others": others(settings | {"test_time_shift": run["test_time_shift"]}),
    }


def epochs(run: dict, settings: dict) -> int | None:
    """How often every training image was used; not known of several that may have stopped early."""
    if run["history"]:
        return int(next(iter(run["history"][-1].values())))  # a step of phase 1 is an epoch
    return None if settings.get("early_stopping") else settings.get("epochs", settings.get("steps"))


def others(settings: dict) -> dict[str, str]:
    """The settings that are in use, and that the page's own training does not have."""
    declared = {name: setting.default for name, setting in registries.settings().items()}
    plain = declared | PLAIN
    apart = APART | SHARED.keys() | registries.without_effect(settings)
    return {
        key.replace("_", " "): formats.words(value)
        for key, value in settings.items()
        if key not in apart and value != plain.get(key, 0)
    }
