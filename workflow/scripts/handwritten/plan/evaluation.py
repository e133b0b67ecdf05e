"""The steps that measure: predictions of one model or several, errors, robustness."""

from handwritten.plan.context import Context
from handwritten.plan.steps import File, Inputs, Step

PREDICTED_WITH = {"activation": "relu", "test_time_shift": 0}  # settings of a run, with defaults


def prediction_settings(context: Context, run: dict) -> dict:
    """The settings by which a run's network predicts."""
    settings = {key: run.get(key, default) for key, default in PREDICTED_WITH.items()}
    return settings | context.image_shape


def evaluate(context: Context, data: Step, train: Step, run: dict) -> Step:
    """A network's predictions on dev and test, and its errors, also on training images."""
    settings = prediction_settings(context, run) | scoring_settings(context)
    inputs = {
        "model": train.file("model.npz"),
        "train": data.file("train.npz"),
        **dev_and_test(data),
    }
    return context.steps.add("evaluate", settings, inputs)


def ensemble(context: Context, data: Step, members: list[Step]) -> Step:
    """The mean probabilities of several models, given by their evaluations, and its errors."""
    inputs = {**results(members), **dev_and_test(data)}
    return context.steps.add("ensemble", scoring_settings(context), inputs)


def scoring_settings(context: Context) -> dict:
    """The settings by which predictions are scored. The seed of a training that scores itself is
    another one."""
    accepted = {"accepted_error_rate": context.config["accepted_error_rate"]}
    return accepted | {"bootstrap_seed": context.config["seed"]} | context.wrong_labels


def confusion_matrix(context: Context, evaluation: Step) -> Step:
    """Which classes are taken for which others."""
    classes = {"classes": list(context.data_set.classes)}
    return context.steps.add(
        "confusion_matrix", classes, {"metrics": evaluation.file("metrics.json")}
    )


def robustness(context: Context, data: Step, models: list[Step], run: dict) -> Step:
    """The errors of one model or several on corrupted test images, for all runs in the same way."""
    return on_changed_images(context, "robustness", data, models, run)


def out_of_distribution(
    context: Context, data: Step, models: list[Step], evaluation: Step, images: Step, run: dict
) -> Step:
    """Whether a run notices images that show none of the classes."""
    settings = {"activation": run.get("activation", PREDICTED_WITH["activation"])}
    inputs: Inputs = {
        "models": [train.file("model.npz") for train in models],
        "metrics": evaluation.file("metrics.json"),
        "train": data.file("train.npz"),
        **dev_and_test(data),
        "images": images.file("images.npz"),
    }
    return context.steps.add("out_of_distribution", settings, inputs)


def adversarial_images(context: Context, data: Step, models: list[Step], run: dict) -> Step:
    """The errors of one model or several on test images that are changed on purpose."""
    return on_changed_images(context, "adversarial_images", data, models, run)


def baselines(context: Context, data: Step) -> dict[str, File]:
    """Other results that the page shows: JSON files by the names of their sections."""
    files: dict[str, File] = {}
    return files


def results(evaluations: list[Step]) -> Inputs:
    """The metrics and the probabilities of evaluations, in their order."""
    return {
        "metrics": [step.file("metrics.json") for step in evaluations],
        "probabilities": [step.file("probabilities.npz") for step in evaluations],
    }


def dev_and_test(data: Step) -> Inputs:
    """The images and labels that models are measured on."""
    return {"dev": data.file("dev.npz"), "test": data.file("test.npz")}


def on_changed_images(
    context: Context, name: str, data: Step, models: list[Step], run: dict
) -> Step:
    """A step that changes test images, at random or not, and predicts them with a run's models."""
    settings = prediction_settings(context, run) | {"seed": context.config["seed"]}
    inputs: Inputs = {
        "models": [train.file("model.npz") for train in models],
        "test": data.file("test.npz"),
    }
    return context.steps.add(name, settings, inputs)
