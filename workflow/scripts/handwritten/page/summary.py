"""The results as JSON for other programs."""

from handwritten.settings import Settings

# What holds for published data sets: images are white on black, and pictures are prepared as
# MNIST's were.
PUBLISHED = {"ground": "dark", "clear_ground": True, "prepare": "mnist", "picture_shape": None}


def summary(settings: Settings, metrics: dict[str, dict], imported: dict | None = None) -> dict:
    """Every run's version, size and scores; `metrics` are by the run's name, and `imported` is what
    import.json says of a user's own images."""
    how = {key: (imported or PUBLISHED)[key] for key in PUBLISHED}
    return {
        "schema": 1,
        "dataset": settings.dataset,
        "classes": settings.classes,
        "image_shape": settings.image_shape,
        **how,
        "fallback": settings.fallback is not None,
        "runs": {run["name"]: of_run(run, metrics[run["name"]]) for run in settings.runs},
    }


def of_run(run: dict, metrics: dict) -> dict:
    """One run's entry: a single network has a `model`, an ensemble its `members`. The temperature
    is the one at which its probabilities are calibrated, and the threshold the calibrated
    confidence from which on it answers; null where it never does."""
    keys = ("n", "errors", "accuracy", "wilson95")
    scores = {split: {key: metrics[split][key] for key in keys} for split in ("dev", "test")}
    models = {"members": run["models"]} if run["ensemble"] else {"model": run["models"][0]}
    size = {key: metrics[key] for key in ("layer_dims", "parameters")}
    confidence = {
        "temperature": metrics["calibration"]["temperature"],
        "threshold": metrics["answering"]["threshold"],
    }
    return {"version": run["version"]} | size | models | scores | confidence
